"""What the tests of people and access share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine


@pytest.fixture
def time_machine_at() -> Callable[..., AbstractContextManager[object]]:
    """The clock some time after the test began: `with time_machine_at(hours=2): …`."""
    began = datetime.now(UTC)
    return lambda **delay: time_machine.travel(began + timedelta(**delay), tick=True)

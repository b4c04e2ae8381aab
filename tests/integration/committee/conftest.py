"""What the tests of the committee share."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.integration.committee.scene import Scene
from tests.integration.committee.scene import scene as made


@pytest.fixture
def scene(app: Flask) -> Scene:
    return made(app)

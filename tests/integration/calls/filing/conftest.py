"""An open call, and the association that answers it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.calls.filing.scene import Filer, Scene, filer, scene


@pytest.fixture
def it(app: Any) -> Scene:
    return scene()


@pytest.fixture
def owner(app: Any, it: Scene) -> Filer:
    return filer(app, it.owner)


@pytest.fixture
def draft(owner: Filer, it: Scene) -> int:
    """The id of an application just begun."""
    return owner.begin(it)

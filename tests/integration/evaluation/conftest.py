import pytest

from tests.integration.evaluation.world import World, build


@pytest.fixture
def world(app) -> World:
    return build()

"""What the tests share. Unit tests (tests/unit) have no app and no database."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from portal import create_app
from portal.extensions import db, limiter
from portal.settings import Settings
from tests.databases import CleanDatabase, database_url
from tests.mailbox import Mailbox
from tests.visitors import Visitor

# How long an example takes says how busy the machine is, nothing of the code.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


@pytest.fixture(scope="session")
def session_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app of the whole run; use `app`, which has a clean database."""
    folder = tmp_path_factory.mktemp("instance")
    settings = Settings(
        instance_path=folder,
        database_url=database_url(folder),
        redis_url=os.environ.get("TEST_REDIS_URL"),
        secret_key="test",
        testing=True,
    )
    app = create_app(settings)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def clean_database(session_app: Flask) -> CleanDatabase:
    return CleanDatabase(session_app)


@pytest.fixture
def app(session_app: Flask, clean_database: CleanDatabase, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app with an empty database, inside its context."""
    if "unit" in Path(str(request.node.path)).parts:
        pytest.fail("a unit test cannot reach the database")
    clean_database.empty()
    limiter.enabled = False  # tests sign in hundreds of times
    with session_app.app_context():
        yield session_app
        assert not (db.session.new or db.session.dirty), "the test leaves uncommitted changes"
        db.session.remove()


@pytest.fixture
def anonymous(app: Flask) -> Visitor:
    """Somebody signed out."""
    return Visitor(app)


@pytest.fixture
def mailbox(app: Flask) -> Mailbox:
    """The mails that leave during the test."""
    return Mailbox(app)


@pytest.fixture
def large_bodies() -> Iterator[None]:
    """For tests that send much: what the test client leaves open is closed within the test."""
    yield
    gc.collect()

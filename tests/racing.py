"""Two writers at the same instant, told apart without chance."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine


def until_somebody_waits(engine: Engine) -> None:
    """Until another connection waits for ours. SQLite gives its one place of writer by itself."""
    if engine.dialect.name == "sqlite":
        return
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    pause = threading.Event()
    for _ in range(500):
        with engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
        pause.wait(0.02)
    pytest.fail("nobody waits")

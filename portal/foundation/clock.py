"""The one place that tells the time, so that it can be held."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_held: ContextVar[datetime | None] = ContextVar("portal_clock", default=None)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _held.get() or datetime.now(UTC)


@contextmanager
def held(at: datetime) -> Iterator[None]:
    """Make it `at` (aware) for a while: the demonstration tells a past year, a test a deadline."""
    token = _held.set(at)
    try:
        yield
    finally:
        _held.reset(token)

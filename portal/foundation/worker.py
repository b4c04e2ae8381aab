"""RQ's entry points: each calls plain functions, within the worker's app or one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import has_app_context

from portal.foundation import delivery


@contextmanager
def _app_context() -> Iterator[None]:
    """`portal worker` runs each job in its app's context; a bare RQ worker gets one made here."""
    if has_app_context():
        yield
        return
    from portal import create_app

    with create_app().app_context():
        yield


def drain_outbox() -> None:
    with _app_context():
        delivery.drain()


def run_task(task_id: int) -> None:
    with _app_context():
        delivery.run_task(task_id)


def tick() -> None:
    with _app_context():
        delivery.tick()

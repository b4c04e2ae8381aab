"""RQ's entry points: each makes an app context, then calls plain functions."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask

from portal.foundation import delivery


@lru_cache(maxsize=1)
def _app() -> Flask:
    from portal import create_app

    return create_app()


def drain_outbox() -> None:
    with _app().app_context():
        delivery.drain()


def run_task(task_id: int) -> None:
    with _app().app_context():
        delivery.run_task(task_id)


def tick() -> None:
    with _app().app_context():
        delivery.tick()

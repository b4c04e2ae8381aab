"""Commands of the foundation: the database's schema and the minute's tick."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
from flask_migrate import upgrade

from portal.foundation import delivery


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command's body inside the app's context."""

    @functools.wraps(command)
    def wrapped(*args: Any, **values: Any) -> Any:
        from portal import create_app

        with create_app().app_context():
            return command(*args, **values)

    return wrapped


@click.command("migrate")
@with_app
def migrate() -> None:
    """Met la base de données au dernier schéma."""
    upgrade()


@click.command("tick")
@with_app
def tick() -> None:
    """Fait ce que le temps demande : rappels, clôtures, envois en attente."""
    delivery.tick()


commands = [migrate, tick]

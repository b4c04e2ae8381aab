"""The commands that run processes."""

from __future__ import annotations

import click
import redis
from flask import Flask

from portal.extensions import redis_connection
from portal.foundation.processes import clock as clock_process
from portal.foundation.processes import up as up_process
from portal.foundation.processes import worker as worker_process
from portal.foundation.processes.refusal import CannotStart
from portal.settings import Settings, SettingsError


@click.command()
def up() -> None:
    """Démarre tout le portail sur cette machine, jusqu’à Ctrl+C."""
    try:
        up_process.run(Settings.from_environment())
    except (CannotStart, SettingsError) as refusal:
        raise click.ClickException(str(refusal)) from refusal


@click.command()
def worker() -> None:
    """Exécute les tâches de la file (courriels, PDF…)."""
    worker_process.run(_app_with_queue())


@click.command()
def clock() -> None:
    """Déclenche chaque minute ce que le temps apporte (rappels, clôtures…)."""
    clock_process.run(_app_with_queue())


def _app_with_queue() -> Flask:
    """The application, once the queue server is known to answer."""
    from portal import create_app

    app = create_app()
    with app.app_context():
        try:
            redis_connection().ping()
        except redis.RedisError as error:
            raise click.ClickException(
                "La file de tâches ne répond pas. Lancez « portal up », qui la démarre, "
                "ou indiquez dans REDIS_URL un serveur Redis ou Valkey en marche."
            ) from error
    return app


commands = [up, worker, clock]

"""`portal up`: everything one machine needs, in one command."""

from __future__ import annotations

import errno
import http.client
import socket
import subprocess
import sys
import time
from functools import partial

import click

from portal.foundation.processes import supervisor, valkey
from portal.foundation.processes.lock import only_one
from portal.foundation.processes.refusal import CannotStart
from portal.foundation.processes.supervisor import Program
from portal.settings import Settings

HEALTH_PATH = "/sante"
PORT_FREE_WITHIN = 3.0  # seconds, for a predecessor that is still closing


def run(settings: Settings) -> None:
    """Bring the database to the current schema, then run the portal's processes.

    Returns when asked to stop. Raises CannotStart, with the reason.
    """
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    address = f"http://{_reachable(settings.bind)}:{settings.port}/"
    with only_one(settings.instance_path, address):
        _check_port(settings)
        _update_schema()
        supervisor.keep_running(
            programs(settings),
            started=partial(_answers, settings),
            announce=lambda: click.echo(f"Le portail répond : {address} (Ctrl+C pour l’arrêter)"),
        )
    click.echo("Le portail est arrêté.")


def programs(settings: Settings) -> list[Program]:
    """What to run, in starting order; the queue server only if REDIS_URL names no other."""
    web = [
        *(sys.executable, "-m", "gunicorn"),
        *("--config", "python:portal.foundation.processes.gunicorn_settings"),
        *("--bind", f"{settings.bind}:{settings.port}"),
        "portal:create_app()",
    ]
    ours = [
        Program("web", web),
        Program("worker", [sys.executable, "-m", "portal", "worker"]),
        Program("clock", [sys.executable, "-m", "portal", "clock"]),
    ]
    if settings.redis_url:
        return ours
    instance = settings.instance_path
    ready = partial(valkey.answers, instance)
    return [Program("valkey", valkey.server_command(instance), ready=ready), *ours]


def _update_schema() -> None:
    """In a process of its own: this one stays small and without threads, since it forks."""
    if subprocess.run([sys.executable, "-m", "portal", "migrate"], check=False).returncode:
        raise CannotStart("La base de données n’a pas pu être préparée : la raison est ci-dessus.")


def _reachable(bind: str) -> str:
    """An address of this machine where a server bound to `bind` answers."""
    return {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(bind, bind)  # noqa: S104 (compared only)


def _check_port(settings: Settings) -> None:
    """Raise CannotStart if somebody else listens on our port."""
    deadline = time.monotonic() + PORT_FREE_WITHIN
    while _taken(settings.bind.strip("[]"), settings.port):
        if time.monotonic() > deadline:
            raise CannotStart(
                f"Le port {settings.port} est déjà pris par un autre programme : "
                "choisissez-en un autre avec PORTAL_PORT."
            )
        time.sleep(0.1)


def _taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As gunicorn does: a connection of the former run that lingers is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise CannotStart(
                f"Impossible d’écouter sur {host}:{port} ({error.strerror}) : voyez PORTAL_BIND et PORTAL_PORT."
            ) from error
    return False


def _answers(settings: Settings) -> bool:
    host = _reachable(settings.bind).strip("[]")
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", HEALTH_PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

"""`portal up`: everything one machine needs, in one command."""

from __future__ import annotations

import errno
import http.client
import socket
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
    """Start the queue server (unless REDIS_URL names one), the web, the worker and the clock.

    Returns when asked to stop. Raises CannotStart, with the reason.
    """
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    address = f"http://{_reachable(settings.bind)}:{settings.port}/"
    with only_one(settings.instance_path, address):
        _check_port(settings)
        supervisor.keep_running(
            programs(settings),
            started=partial(_answers, settings),
            announce=lambda: click.echo(f"Le portail répond : {address} (Ctrl+C pour l’arrêter)"),
        )
    click.echo("Le portail est arrêté.")


def programs(settings: Settings) -> list[Program]:
    """What to run, in starting order."""
    queue_server = Program(
        "valkey",
        valkey.server_command(settings.instance_path),
        ready=partial(valkey.answers, settings.instance_path),
    )
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
    return ours if settings.redis_url else [queue_server, *ours]


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
                f"Impossible d’écouter sur {host}:{port} ({error.strerror}) : "
                "voyez PORTAL_BIND et PORTAL_PORT."
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

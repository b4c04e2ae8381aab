"""A `portal up` in an instance folder of its own, and what a test wants to know of it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from redis import Redis

from portal.foundation.processes.valkey import socket_path

DEADLINE = 180.0  # seconds; generous, the machine may be busy with another run
PAUSE = 0.05  # between two looks at a condition

# The back ends of this run, unless the embedded default.
DATABASE_URL = os.environ.get("TEST_DATABASE_URL")
REDIS_URL = os.environ.get("TEST_REDIS_URL")

# How each child shows in the list of processes.
MARKS = {
    "web": "gunicorn",
    "worker": "-m portal worker",
    "clock": "-m portal clock",
} | ({} if REDIS_URL else {"valkey": "valkey-server"})

Answer = TypeVar("Answer")


def until(condition: Callable[[], Answer], what: str) -> Answer:
    """The first true answer of `condition`, asked again until the deadline."""
    limit = time.monotonic() + DEADLINE
    while not (answer := condition()):
        assert time.monotonic() < limit, f"not within {DEADLINE:.0f} s: {what}"
        time.sleep(PAUSE)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningPortal:
    """`portal up` as a person starts it: its own process, settings by environment."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        self.port = free_port()
        self.log = instance.with_suffix(".log")
        self.settings: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def command(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `portal …` to its end on this instance."""
        return subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            env=self.environment() | settings,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "up"], env=self.environment(), stdout=log, stderr=log
            )
        until(lambda: self._ended() or self.answers(), "the portal answers")
        assert not self._ended(), self.log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sante")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """The processes `portal up` runs now: pid by name."""
        assert self.process is not None
        pid = self.process.pid
        pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {name: int(child) for child in pids for name, mark in MARKS.items() if mark in _command_line(child)}

    def all_children(self) -> dict[str, int]:
        """The same, once all are there."""
        return until(lambda: len(found := self.children()) == len(MARKS) and found, "all processes run")

    def queue(self) -> Redis:
        """A client of the queue server that this portal uses."""
        return Redis.from_url(REDIS_URL or f"unix://{socket_path(self.instance)}")

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        ours = ("PORTAL_", "DATABASE_URL", "REDIS_URL", "TEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        given = {"DATABASE_URL": DATABASE_URL, "REDIS_URL": REDIS_URL}
        return (
            kept
            | {name: value for name, value in given.items() if value}
            | {
                "PORTAL_INSTANCE": str(self.instance),
                "PORTAL_PORT": str(self.port),
                "PORTAL_SECRET_KEY": "of a test, long enough for whoever checks lengths",
            }
            | self.settings
        )


def is_alive(pid: int) -> bool:
    return bool(_command_line(str(pid)))


def _command_line(pid: str) -> str:
    """Empty for a process that has ended, waited for or not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""

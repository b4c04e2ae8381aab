"""Keeps programs running: starts them in order, restarts whichever dies, stops them all.

A single thread and no handler that does anything: signals arrive as bytes in a socket that the
loop waits on. (The kernel ties a child to the *thread* that made it, see `parent`.)
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from portal.foundation.processes.parent import die_with_parent
from portal.foundation.processes.refusal import CannotStart

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})

FIRST_DELAY = 0.2  # seconds before the first restart; doubled at each further death
LONGEST_DELAY = 10.0
STABLE_AFTER = 30.0  # seconds of life after which earlier deaths are forgotten
STOP_WITHIN = 15.0  # seconds given to the children to finish what they are doing
DEATHS_ALLOWED_AT_START = 4
POLL_WHILE_STARTING = 0.1  # seconds
POLL_WHEN_STARTED = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Program:
    """A command to keep running. `ready` tells whether those listed after it may start."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = lambda: True


def restart_delay(deaths: int) -> float:
    """Seconds to wait before starting again a program that died `deaths` times in a row."""
    return min(FIRST_DELAY * 2 ** (deaths - 1), LONGEST_DELAY)


class Child:
    """A program and the process that runs it now, if any."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.started_at = 0.0
        self.start_after = 0.0

    @property
    def due(self) -> bool:
        """Whether it does not run and has waited long enough."""
        return self.process is None and time.monotonic() >= self.start_after

    def start(self) -> None:
        supervisor = os.getpid()

        def before_exec() -> None:
            die_with_parent(supervisor)

        # A session of its own: Ctrl+C in a terminal reaches the supervisor alone, which then stops
        # each child once and in order.
        self.process = subprocess.Popen(
            self.program.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=before_exec,  # noqa: PLW1509 (safe: this process has one thread)
        )
        self.started_at = time.monotonic()

    def note_death(self) -> None:
        """If its process has ended, plan the next start."""
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started_at > STABLE_AFTER:
            self.deaths = 0
        self.deaths += 1
        delay = restart_delay(self.deaths)
        self.start_after = time.monotonic() + delay
        log.warning(
            "process_died",
            process=self.program.name,
            status=self.process.returncode,
            restart_in=delay,
        )
        self.process = None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process_killed", process=self.program.name)
            self.process.kill()
            self.process.wait()


def keep_running(programs: Sequence[Program], *, started: Callable[[], bool], announce: Callable[[], None]) -> None:
    """Run the programs until SIGTERM, SIGINT or SIGHUP; `announce` once when `started` is true.

    Raises CannotStart when a program keeps dying before that.
    """
    children = [Child(program) for program in programs]
    announced = False
    with _signals() as wait:
        try:
            while not wait(POLL_WHEN_STARTED if _settled(children, announced) else POLL_WHILE_STARTING):
                for child in children:
                    child.note_death()
                _start_due(children)
                if not announced:
                    _give_up_on_the_hopeless(children)
                    announced = started()
                    if announced:
                        announce()
        finally:
            _stop(children)


def _settled(children: Sequence[Child], announced: bool) -> bool:
    return announced and all(child.process is not None for child in children)


def _start_due(children: Sequence[Child]) -> None:
    for child in children:
        if child.due:
            child.start()
        if child.process is None or not child.program.ready():
            return  # those after it need it


def _give_up_on_the_hopeless(children: Sequence[Child]) -> None:
    for child in children:
        if child.deaths > DEATHS_ALLOWED_AT_START:
            raise CannotStart(f"« {child.program.name} » ne démarre pas : la raison est dans les lignes ci-dessus.")


def _stop(children: Sequence[Child]) -> None:
    """Stop them all; the first, on which the others rely, once the others have ended."""
    deadline = time.monotonic() + STOP_WITHIN
    first, others = children[:1], children[1:]
    for group in (others, first):
        for child in group:
            child.ask_to_stop()
        for child in group:
            child.wait_or_kill(deadline)


@contextmanager
def _signals() -> Iterator[Callable[[float], bool]]:
    """A function that waits for a signal or a delay and tells whether to stop."""
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        signal.set_wakeup_fd(writer.fileno())
        watched = [signal.SIGCHLD, *STOP_SIGNALS]
        former = {number: signal.signal(number, lambda *_: None) for number in watched}

        def wait(seconds: float) -> bool:
            if not select.select([reader], [], [], seconds)[0]:
                return False
            return not STOP_SIGNALS.isdisjoint(reader.recv(4096))

        try:
            yield wait
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in former.items():
                signal.signal(number, handler)

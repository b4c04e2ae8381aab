"""`portal up` seen from outside: it starts, survives, refuses a second one, stops."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError
from rq import Queue

from tests.integration.processes.running import MARKS, RunningPortal, is_alive, until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads /proc: Linux only"),
]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    running = RunningPortal(tmp_path / "instance")
    running.instance.mkdir()
    yield running
    if running.process is not None and running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def kill(portal: RunningPortal, name: str) -> None:
    """Kill one child without warning and wait until another has taken its place."""
    former = portal.all_children()[name]
    os.kill(former, signal.SIGKILL)
    until(lambda: portal.children().get(name, former) != former, f"{name} runs again")


def a_job_gets_done(portal: RunningPortal) -> None:
    """Ask for a job as the portal does; the answer comes from a process of the worker."""

    def enqueued() -> object:
        try:
            return Queue("default", connection=client).enqueue("os.getppid")
        except RedisError:
            return None

    with portal.queue() as client:
        job = until(enqueued, "the queue accepts a job")
        assert until(job.return_value, "the worker does a job") == portal.all_children()["worker"]


def test_killing_any_child_is_survived(portal: RunningPortal) -> None:
    portal.start()
    a_job_gets_done(portal)
    for name in MARKS:
        kill(portal, name)
        until(portal.answers, f"the portal answers after {name} was killed")
        a_job_gets_done(portal)


def test_a_second_start_is_refused_with_the_address_of_the_first(portal: RunningPortal) -> None:
    portal.start()
    second = portal.command("up")
    assert second.returncode == 1
    assert second.stderr == (
        f"Error: Le portail est déjà démarré pour le dossier {portal.instance} : {portal.address}\n"
    )
    assert portal.answers()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_asked_and_leaves_no_process(portal: RunningPortal, number: signal.Signals) -> None:
    portal.start()
    children = portal.all_children().values()
    assert portal.stop(number) == 0
    assert [pid for pid in children if is_alive(pid)] == []
    assert not portal.answers()


def test_killed_itself_it_takes_its_children_along_and_starts_again(portal: RunningPortal) -> None:
    portal.start()
    children = portal.all_children().values()
    portal.stop(signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in children), "its children are dead")
    portal.start()
    until(portal.answers, "it answers again")


def test_a_port_taken_by_another_program_is_said_plainly(portal: RunningPortal, tmp_path: Path) -> None:
    portal.start()
    other = RunningPortal(tmp_path / "other")
    other.port = portal.port
    refused = other.command("up")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Error: Le port {portal.port} est déjà pris par un autre programme : "
        "choisissez-en un autre avec PORTAL_PORT.\n"
    )


@pytest.mark.parametrize("name", ["worker", "clock"])
def test_without_the_queue_server_a_process_says_how_to_start_it(portal: RunningPortal, name: str) -> None:
    refused = portal.command(name, REDIS_URL="")
    assert refused.returncode == 1
    assert refused.stderr == (
        "Error: La file de tâches ne répond pas. Lancez « portal up », qui la démarre, "
        "ou indiquez dans REDIS_URL un serveur Redis ou Valkey en marche.\n"
    )

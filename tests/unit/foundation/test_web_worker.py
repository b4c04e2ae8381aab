"""A request is dated when it comes in, not when a thread is free to answer it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from gunicorn.workers.gthread import ThreadWorker

from portal.foundation.processes.web_worker import NotingWorker
from portal.foundation.web import receiving

IN_TIME = datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 17, 0, 31, tzinfo=UTC)


@pytest.fixture
def line() -> Iterator[tuple[Any, socket.socket]]:
    """A connection as the worker holds it, and its other end."""
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        yield SimpleNamespace(sock=here), there


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> NotingWorker:
    """A worker whose threads are all busy, and whose application says when its request came in."""
    monkeypatch.setattr(ThreadWorker, "enqueue_req", lambda _self, _conn: None)
    monkeypatch.setattr(ThreadWorker, "handle_request", lambda _self, _req, _conn: receiving.received_at())
    return NotingWorker.__new__(NotingWorker)


def test_a_request_that_waits_for_a_thread_keeps_the_instant_it_came_in(worker, line):
    conn, applicant = line
    applicant.send(b"POST /dossiers/1/depot HTTP/1.1\r\n")
    with time_machine.travel(IN_TIME, tick=False):
        worker.enqueue_req(conn)
    with time_machine.travel(LATER, tick=False):
        assert worker.handle_request(None, conn) == IN_TIME


def test_a_connection_opened_in_time_that_says_nothing_gains_nothing(worker, line):
    conn, applicant = line
    with time_machine.travel(IN_TIME, tick=False):
        worker.enqueue_req(conn)
    applicant.send(b"POST /dossiers/1/depot HTTP/1.1\r\n")
    with time_machine.travel(LATER, tick=False):
        assert worker.handle_request(None, conn) == LATER


def test_the_next_request_of_the_thread_is_not_dated_by_the_last(worker, line):
    conn, applicant = line
    applicant.send(b"x")
    with time_machine.travel(IN_TIME, tick=False):
        worker.enqueue_req(conn)
        worker.handle_request(None, conn)
    with time_machine.travel(LATER, tick=False):
        assert receiving.received_at() == LATER

"""Asking clamd: what it may answer, and what it means that it does not."""

from __future__ import annotations

import socket
import threading

import pytest

from portal.foundation import antivirus
from portal.foundation.antivirus import Address, Unreachable, Verdict
from tests import clamd


@pytest.fixture
def fake(tmp_path):
    with clamd.running(tmp_path) as running:
        yield running


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 200_000)
    return path


def test_a_clean_file_is_sent_whole_in_chunks(fake, file):
    assert antivirus.ask(fake.address, file) == Verdict("clean")
    assert fake.received == [file.read_bytes()]


def test_a_virus_is_named(fake, file):
    file.write_bytes(b"%PDF-1.4\n" + clamd.EICAR)
    assert antivirus.ask(fake.address, file) == Verdict("infected", "Eicar-Test-Signature")


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [("error", "Can't allocate memory ERROR"), ("limit", "INSTREAM size limit exceeded. ERROR")],
)
def test_an_answer_that_says_nothing_of_the_file_is_an_error(fake, file, behaviour, told):
    fake.behaviour = behaviour
    # Less than what a socket holds, so that the whole is sent before the answer is read.
    file.write_bytes(b"x" * 20)
    assert antivirus.ask(fake.address, file) == Verdict("error", told)


def test_a_connection_cut_before_the_answer_is_no_answer(fake, file):
    fake.behaviour = "drop"
    with pytest.raises(Unreachable):
        antivirus.ask(fake.address, file)


def test_a_clamd_that_says_nothing_is_given_up(fake, file, monkeypatch):
    fake.behaviour = "mute"
    monkeypatch.setattr(antivirus, "TIMEOUT", 0.2)
    with pytest.raises(Unreachable, match="timed out"):
        antivirus.ask(fake.address, file)


def test_no_clamd_is_unreachable(tmp_path, file):
    with pytest.raises(Unreachable):
        antivirus.ask(Address(path=str(tmp_path / "nothing")), file)


def test_it_is_asked_over_tcp_too(file):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            connection, _ = listener.accept()
            with connection:
                clamd._read(connection)
                connection.sendall(b"stream: OK\0")

        thread = threading.Thread(target=answer)
        thread.start()
        assert antivirus.ask(Address(host="127.0.0.1", port=listener.getsockname()[1]), file) == Verdict("clean")
        thread.join()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("unix:/run/clamav/clamd.ctl", Address(path="/run/clamav/clamd.ctl")),
        ("tcp:localhost:3310", Address(host="localhost", port=3310)),
        ("tcp://[::1]:3310", Address(host="::1", port=3310)),
    ],
)
def test_an_address_is_read(text, address):
    assert Address.parse(text) == address

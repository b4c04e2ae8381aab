"""A clamd of the tests: it speaks INSTREAM over a real socket and answers what the test wants."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.foundation.antivirus import Address

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The text that every antivirus takes for a virus, harmless; in two parts, lest this file be taken for one."""


class FakeClamd:
    """`behaviour`: "check" looks for EICAR; "error", "limit", "drop", "mute" go wrong as a real one may."""

    def __init__(self, path: Path) -> None:
        self.address = Address(path=str(path))
        self.behaviour = "check"
        self.received: list[bytes] = []
        self.asked = 0
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        # Closing alone does not wake a thread that waits for a connection.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(5)
                self.asked += 1
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if self.behaviour == "drop":
            connection.recv(12)
            return
        if self.behaviour == "limit":
            connection.recv(64)
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            return
        content = _read(connection)
        self.received.append(content)
        if self.behaviour == "mute":
            connection.recv(1)  # until the portal gives up
            return
        if self.behaviour == "error":
            connection.sendall(b"stream: Can't allocate memory ERROR\0")
            return
        found = EICAR in content
        connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


def _read(connection: socket.socket) -> bytes:
    assert _exactly(connection, 10) == b"zINSTREAM\0"
    content = b""
    while size := struct.unpack("!I", _exactly(connection, 4))[0]:
        content += _exactly(connection, size)
    return content


def _exactly(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        chunk = connection.recv(size - len(got))
        if not chunk:
            raise OSError("cut")
        got += chunk
    return got


@contextmanager
def running(folder: Path) -> Iterator[FakeClamd]:
    fake = FakeClamd(folder / "clamd.ctl")
    try:
        yield fake
    finally:
        fake.close()

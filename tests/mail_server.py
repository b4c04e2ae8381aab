"""A mail server of the tests: it speaks SMTP over a real socket, and hangs up where the test wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class FakeMailServer:
    """`hangs_up_at` names the command after which the connection is cut without an answer ("connect" first of all);
    `refuses`: it knows nobody of that name."""

    def __init__(self) -> None:
        self.hangs_up_at: str | None = None
        self.refuses = False
        self.taken: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listener.getsockname()[1]}"
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
                self._speak(connection)

    def _speak(self, connection: socket.socket) -> None:
        if self.hangs_up_at == "connect":
            return
        lines = connection.makefile("rb")
        connection.sendall(b"220 essai\r\n")
        while line := lines.readline():
            command = line[:4].strip().decode().lower()
            if command == "data":
                connection.sendall(b"354 dites\r\n")
                self.taken.append(_message(lines))
            if self.hangs_up_at == command:
                return
            refused = self.refuses and command == "rcpt"
            quiet = b"221 au revoir\r\n" if command == "quit" else b"250 bien\r\n"
            connection.sendall(b"550 inconnu\r\n" if refused else quiet)


def _message(lines: object) -> str:
    told = iter(lines.readline, b".\r\n")  # type: ignore[attr-defined]  # a socket's file, which has no simple name
    return b"".join(told).decode()


@contextmanager
def fake_mail_server() -> Iterator[FakeMailServer]:
    server = FakeMailServer()
    try:
        yield server
    finally:
        server.close()

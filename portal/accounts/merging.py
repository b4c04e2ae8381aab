"""What follows an organisation into the one that absorbs it.

A room tells what it holds of organisations, in its setup; the lines then move with the rest:

    merging.register(Mover("application", "dossier", "dossiers", count, move, obstacles))

Every table that names an organisation has its mover (tests/integration/accounts/test_merging.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.accounts.models import Organisation
from portal.foundation.actors import Actor


def nothing_in_the_way(_absorbed: Organisation, _successor: Organisation) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Mover:
    """How the lines of one table follow: how many, what forbids it (in words), the moving itself."""

    table: str
    one: str
    many: str
    count: Callable[[Organisation], int]
    move: Callable[[Organisation, Organisation, Actor], None]
    obstacles: Callable[[Organisation, Organisation], Sequence[str]] = nothing_in_the_way


_movers: dict[str, Mover] = {}


def register(mover: Mover) -> None:
    """Said twice for a table, the last word holds."""
    _movers[mover.table] = mover


def movers() -> list[Mover]:
    """In the order they were told: a room's after those it stands on."""
    return list(_movers.values())

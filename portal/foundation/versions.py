"""Optimistic locking: whoever writes second sees both values and chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal.foundation.refusals import Conflict

CHANGED_MEANWHILE = (
    "Quelqu’un a modifié cette fiche pendant que vous l’aviez sous les yeux. Comparez les deux versions ; "
    "validez à nouveau pour garder la vôtre."
)


def claim(thing: Any, version: int, *, theirs: Mapping[str, object], mine: Mapping[str, object]) -> None:
    """Take `thing` from `version` to the next, or raise Conflict with both values.

    One UPDATE … WHERE version = :v: two writers that read the same version cannot both pass.
    """
    from portal.extensions import db

    table = type(thing).__table__
    moved = db.session.execute(
        sa.update(table)
        .where(table.c.id == thing.id, table.c.version == version)
        .values(version=version + 1)
        .returning(table.c.id)
    )
    if moved.one_or_none() is None:
        raise Conflict(CHANGED_MEANWHILE, theirs=dict(theirs), mine=dict(mine))
    db.session.refresh(thing, ["version"])

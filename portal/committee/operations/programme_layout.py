"""What somebody keeps of how they lay the programming table out: a taste, of which the journal has nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.committee.models import ProgrammeColumns
from portal.committee.rules.programme_layout import Column
from portal.extensions import db


def keep_columns(person_id: int, columns: Collection[Column]) -> None:
    """Show these columns from now on, in every call's table."""
    words = [column.value for column in Column if column in columns]
    kept = sa.update(ProgrammeColumns).where(ProgrammeColumns.person_id == person_id).values(columns=words)
    if not cast(CursorResult[Any], db.session.execute(kept)).rowcount:
        db.session.add(ProgrammeColumns(person_id=person_id, columns=words))

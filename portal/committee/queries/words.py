"""Pieces of select shared by this room's reads."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person


def full_name() -> sa.ColumnElement[str]:
    """A person's name as shown."""
    # A literal rather than a bound value: the same words may stand in SELECT DISTINCT and ORDER BY.
    return Person.given_name.op("||")(sa.literal_column("' '")).op("||")(Person.family_name)


def whole_sum(amount: Any) -> sa.ColumnElement[int | None]:
    """The sum of amounts all known, else NULL: an unknown part makes the whole unknown, never smaller."""
    return sa.case((sa.func.count() == sa.func.count(amount), sa.func.sum(amount)))

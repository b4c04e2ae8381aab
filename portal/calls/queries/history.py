"""What was done to a call, in words: who, what, when, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.calls.rules.call_history import WORDS, told_changes
from portal.foundation.events import Event
from portal.foundation.pagination import Page, paged
from portal.foundation.web.formats import date_fr, datetime_fr


@dataclass(frozen=True)
class HistoryLine:
    """One thing done; `changes` are (what, before, after), before None when it is not told."""

    at: datetime
    by: str
    what: str
    changes: tuple[tuple[str, str | None, str], ...]


def history_page(call_id: int, page: int) -> Page:
    """What was done to a call, the latest first: a page of HistoryLine, two queries."""
    found = paged(
        sa.select(Event.at, Event.action, Event.details, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .where(Event.subject_type == "call", Event.subject_id == call_id, Event.action.in_(WORDS))
        .order_by(Event.id.desc()),
        page,
    )
    return Page([_line(row) for row in found.rows], found.number, found.per_page, found.total)


def _line(row: sa.Row[Any]) -> HistoryLine:
    by = f"{row.given_name} {row.family_name}" if row.given_name else "Le portail"
    return HistoryLine(row.at, by, WORDS[row.action], told_changes(_dated(row.details)))


def _dated(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details with their dates in French: the journal keeps them as ISO text."""
    return {name: [_plain(each) for each in value] if isinstance(value, list) else _plain(value)
            for name, value in details.items()}  # fmt: skip


def _plain(value: Any) -> Any:
    if not isinstance(value, str) or len(value) < 10 or not value[:4].isdecimal():
        return value
    try:
        return datetime_fr(datetime.fromisoformat(value)) if "T" in value else date_fr(date.fromisoformat(value))
    except ValueError:
        return value

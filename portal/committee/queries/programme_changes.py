"""What changed in the part of the programming table that a page shows, since the revision it saw."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.calls.models import Application, Call, FundingLine
from portal.committee.models import ProgrammeColumns
from portal.committee.queries.programme import Filters, Reader, rows_among, shown_funders
from portal.committee.queries.programme_rows import TableLine, TableRow
from portal.committee.rules.programme_layout import Layout
from portal.extensions import db
from portal.foundation.money import format_euros


@dataclass(frozen=True)
class Change:
    """A line that somebody else than the reader changed: who, and what it says now, in words."""

    line_id: int
    by: str
    words: str


@dataclass(frozen=True)
class Changes:
    """`rows` are those to show anew, `gone` the applications that the reader sees no more."""

    rows: tuple[TableRow, ...]
    gone: tuple[int, ...]
    told: tuple[Change, ...]


def changes(
    call: Call, reader: Reader, filters: Filters, layout: Layout, *, since: int, shown: Collection[int]
) -> Changes:
    """What became of the applications shown (ids) after the revision `since`, as the reader may see it."""
    touched = _touched(call, reader, filters, since, shown)
    found = rows_among(call, reader, filters, layout, [each for each, moved in touched.items() if moved])
    rows = tuple(row for rows in found.values() for row in rows)
    gone = tuple(sorted(set(shown) - set(touched)))
    return Changes(rows, gone, tuple(_told(rows, since, reader.person_id)))


def _touched(call: Call, reader: Reader, filters: Filters, since: int, shown: Collection[int]) -> dict[int, bool]:
    """Those of the applications shown that the reader still sees: whether something of theirs is later than `since`."""
    line = sa.select(FundingLine.id).where(
        FundingLine.application_id == Application.id, FundingLine.table_revision > since
    )
    funders = shown_funders(reader, filters)
    if funders is not None:
        line = line.where(FundingLine.funder_id.in_(funders))
    moved = sa.or_(Application.table_revision > since, line.exists())
    rows = db.session.execute(
        sa.select(Application.id, moved).where(
            Application.id.in_(shown), Application.id.in_(reader.applications(call.id))
        )
    )
    return {row[0]: bool(row[1]) for row in rows}


def _told(rows: Iterable[TableRow], since: int, reader_id: int) -> Iterable[Change]:
    for row in rows:
        for line in row.lines:
            if line.revision > since and line.author_id != reader_id:
                yield Change(
                    line.id, line.author or "le portail", f"{line.funder}, dossier {row.reference} : {_now(line)}"
                )


def _now(line: TableLine) -> str:
    """The latest amount said of a line, with its state."""
    said = (line.granted_cents, line.arbitrated_cents, line.proposed_cents)
    cents = next((each for each in said if each is not None), None)
    return line.status.label if cents is None else f"{line.status.label.lower()}, {format_euros(cents)}"


def colleague_behind(line: FundingLine, person_id: int | None) -> str:
    """Who changed a line last, when it is known and somebody else than this person."""
    if line.table_author_id is None or line.table_author_id == person_id:
        return ""
    return db.session.get_one(Person, line.table_author_id).display_name


def columns_kept(person_id: int) -> list[str] | None:
    """The columns that a person keeps, by their words; None when they never chose."""
    kept = sa.select(ProgrammeColumns.columns).where(ProgrammeColumns.person_id == person_id)
    return db.session.execute(kept).scalar_one_or_none()

"""The notes of a file, and visits by file or by call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.accounts.rules import HeldGrant
from portal.calls.models import Application, Call
from portal.calls.queries.visibility import visible_applications
from portal.committee.models import FileNote, Visit
from portal.committee.queries.words import full_name
from portal.committee.states import VisitStatus
from portal.extensions import db
from portal.foundation.pagination import Page, paged


@dataclass(frozen=True)
class NoteLine:
    """A note as its readers see it."""

    id: int
    author_id: int
    author: str
    body: str
    written_at: datetime


def notes_of(application_id: int, at_most: int = 100) -> list[NoteLine]:
    """The last first."""
    rows = db.session.execute(
        sa.select(FileNote.id, FileNote.author_id, full_name(), FileNote.body, FileNote.written_at)
        .join(Person, Person.id == FileNote.author_id)
        .where(FileNote.application_id == application_id)
        .order_by(FileNote.id.desc())
        .limit(at_most)
    )
    return [NoteLine(*row) for row in rows]


def note_on(application_id: int, note_id: int, author_id: int) -> FileNote | None:
    """A note of that file by that author."""
    note = db.session.get(FileNote, note_id)
    if note is None or (note.application_id, note.author_id) != (application_id, author_id):
        return None
    return note


def visits_of(application_id: int) -> list[Visit]:
    """The visits of a file, the latest day first."""
    statement = sa.select(Visit).where(Visit.application_id == application_id).order_by(Visit.day.desc(), Visit.id)
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class VisitLine:
    """A visit in the list of a call."""

    id: int
    day: date
    hour: str
    place: str
    status: VisitStatus
    application_id: int
    number: int
    title: str
    organisation: str


def visits_of_call(
    call: Call, person_id: int, grants: Sequence[HeldGrant], status: VisitStatus | None, number: int
) -> Page:
    """A page of VisitLine, by day, of the files that somebody sees."""
    statement = (
        sa.select(
            Visit.id,
            Visit.day,
            Visit.hour,
            Visit.place,
            Visit.status,
            Application.id,
            Application.number,
            Application.title,
            Organisation.name,
        )
        .join(Application, Application.id == Visit.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.call_id == call.id, Application.id.in_(visible_applications(person_id, grants)))
        .order_by(Visit.day, Visit.id)
    )
    if status is not None:
        statement = statement.where(Visit.status == status)
    page = paged(statement, number)
    return Page([VisitLine(*row) for row in page.rows], page.number, page.per_page, page.total)

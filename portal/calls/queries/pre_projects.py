"""The notes d'opportunité: an organisation's own, and the queue of the Direction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.access import organisations_of_person
from portal.accounts.models import Grant, Organisation, Person
from portal.accounts.rules import LEVELS_INCLUDED, MemberLevel, Role, ScopeKind
from portal.calls.models import Call, PreProject, Recusal
from portal.calls.queries.visibility import recused_applications
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.pre_projects import NotesWindow, NoteWords
from portal.calls.states import PreProjectStatus
from portal.extensions import db
from portal.foundation.pagination import Page, paged


def notes_window(call: Call) -> NotesWindow:
    """What decides whether the call takes notes."""
    return NotesWindow(call.status, call.pre_projects_enabled, call.pre_projects_until, call.closes_at)


@dataclass(frozen=True)
class NoteLine:
    """A note in a list."""

    id: int
    title: str
    status: PreProjectStatus
    organisation: str
    call_title: str
    sent_at: datetime | None
    answered_at: datetime | None
    budget_cents: int | None
    application_id: int | None
    as_sent: dict[str, Any] | None


_LINES = (
    sa.select(
        PreProject.id, PreProject.title, PreProject.status, Organisation.name, Call.title, PreProject.sent_at,
        PreProject.answered_at, PreProject.budget_cents, PreProject.application_id, PreProject.as_sent,
    )
    .join(Organisation, Organisation.id == PreProject.organisation_id)
    .join(Call, Call.id == PreProject.call_id)
)  # fmt: skip


def my_notes(person_id: int, page: int) -> Page:
    """The notes of the person's organisations, the latest first."""
    mine = PreProject.organisation_id.in_(organisations_of_person(person_id))
    return _paged(_LINES.where(mine).order_by(PreProject.id.desc()), page)


def has_notes(person_id: int) -> bool:
    """Whether the person's organisations have begun any note."""
    mine = sa.select(PreProject.id).where(PreProject.organisation_id.in_(organisations_of_person(person_id)))
    return bool(db.session.execute(sa.select(mine.exists())).scalar())


def _paged(statement: sa.Select[Any], page: int) -> Page:
    found = paged(statement, page)
    return Page([NoteLine(*row) for row in found.rows], found.number, found.per_page, found.total)


# -- the Direction's side -------------------------------------------------------------------------------


def _seen_by(person_id: int) -> list[sa.ColumnElement[bool]]:
    """Sent once at least, and not of a structure or project that the person stepped out of."""
    running = sa.and_(Recusal.person_id == person_id, Recusal.ended_at.is_(None), Recusal.organisation_id.is_not(None))
    return [
        PreProject.sent_at.is_not(None),
        PreProject.organisation_id.not_in(sa.select(Recusal.organisation_id).where(running)),
        sa.or_(
            PreProject.application_id.is_(None),
            PreProject.application_id.not_in(recused_applications(person_id)),
        ),
    ]


def queue(call_id: int, person_id: int, status: PreProjectStatus | None, page: int) -> Page:
    """The notes sent in a call: those to answer first, the oldest above; a page of NoteLine."""
    waiting = sa.case((PreProject.status == PreProjectStatus.SENT, 0), else_=1)
    statement = _LINES.where(PreProject.call_id == call_id, *_seen_by(person_id))
    if status is not None:
        statement = statement.where(PreProject.status == status)
    found = _paged(statement.order_by(waiting, PreProject.sent_at, PreProject.id), page)
    return Page([_line_as_sent(line) for line in found.rows], found.number, found.per_page, found.total)


def _line_as_sent(line: NoteLine) -> NoteLine:
    if line.as_sent is None:
        return line
    return replace(line, title=line.as_sent["title"], budget_cents=line.as_sent["budget_cents"])


@dataclass(frozen=True)
class ShownNote(NoteWords):
    """What a page shows of a note."""

    organisation: str
    quartiers: tuple[str, ...]


def shown(note: PreProject, *, to_direction: bool) -> ShownNote:
    """A note as its organisation writes it, or as the Direction received it last."""
    said: dict[str, Any] = {name: getattr(note, name) for name in NoteWords.__dataclass_fields__}
    said["quartiers"] = [quartier.name for quartier in note.quartiers]
    if to_direction:
        said |= note.as_sent or {}
    return ShownNote(**(said | {"organisation": note.organisation.name, "quartiers": tuple(said["quartiers"])}))


def to_answer(contract_ids: list[int], person_id: int) -> dict[int, int]:
    """How many notes wait for an answer, by call: {call id: notes}."""
    rows = db.session.execute(
        sa.select(PreProject.call_id, sa.func.count().label("waiting"))
        .join(Call, Call.id == PreProject.call_id)
        .where(Call.contract_id.in_(contract_ids), PreProject.status == PreProjectStatus.SENT, *_seen_by(person_id))
        .group_by(PreProject.call_id)
    )
    return {row.call_id: row.waiting for row in rows}


def is_recused_from_note(person_id: int, note: PreProject) -> bool:
    """Whether the person stepped out of the structure, or of the application made from the note."""
    seen = sa.select(PreProject.id).where(PreProject.id == note.id, *_seen_by(person_id)[1:])
    return not db.session.execute(sa.select(seen.exists())).scalar()


# -- who is written to ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Addressee:
    person_id: int
    given_name: str
    email: str


def _reachable(*conditions: sa.ColumnElement[bool]) -> list[Addressee]:
    rows = db.session.execute(
        sa.select(Person.id, Person.given_name, Person.email)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.ended_at.is_(None), Person.confirmed_at.is_not(None), Person.disabled_at.is_(None), *conditions)
        .distinct()
        .order_by(Person.id)
    )
    return [Addressee(*row) for row in rows]


def direction_for(note: PreProject) -> list[Addressee]:
    """Those of the Direction who may answer a note; nobody who stepped out of its structure."""
    stepped_out = sa.select(Recusal.person_id).where(
        Recusal.organisation_id == note.organisation_id, Recusal.ended_at.is_(None)
    )
    return _reachable(
        Grant.role.in_(DIRECTION),
        Grant.scope_kind == ScopeKind.CONTRACT,
        Grant.scope_id == note.call.contract_id,
        Person.id.not_in(stepped_out),
    )


def authors_for(note: PreProject) -> list[Addressee]:
    """The members who may write for the note's organisation."""
    return _reachable(
        Grant.role == Role.APPLICANT,
        Grant.scope_kind == ScopeKind.ORGANISATION,
        Grant.scope_id == note.organisation_id,
        Grant.level.in_(LEVELS_INCLUDED[MemberLevel.EDITOR]),
    )


# -- around ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenNotes:
    """A call that takes notes now."""

    id: int
    title: str
    last_instant: datetime


def calls_taking_notes(now: datetime) -> list[OpenNotes]:
    """The published calls that take notes now, the first to stop first."""
    found = db.session.scalars(
        sa.select(Call).where(Call.pre_projects_enabled, Call.closes_at >= now).order_by(Call.closes_at, Call.id)
    )
    windows = [(call, notes_window(call)) for call in found]
    return [OpenNotes(call.id, call.title, window.last_instant()) for call, window in windows if window.takes(now)]


def untouched_note(call_id: int, organisation_id: int, person_id: int) -> PreProject | None:
    """The note that this person began here and left empty (a double click)."""
    return db.session.scalars(
        sa.select(PreProject)
        .where(
            PreProject.call_id == call_id,
            PreProject.organisation_id == organisation_id,
            PreProject.created_by_id == person_id,
            PreProject.status == PreProjectStatus.DRAFT,
            PreProject.version == 1,
        )
        .order_by(PreProject.id)
        .limit(1)
    ).one_or_none()


@dataclass(frozen=True)
class BornFrom:
    """The note from which an application was begun."""

    id: int
    status: PreProjectStatus
    answered_at: date | None


def note_of_application(application_id: int) -> BornFrom | None:
    row = db.session.execute(
        sa.select(PreProject.id, PreProject.status, PreProject.answered_at)
        .where(PreProject.application_id == application_id)
        .order_by(PreProject.id)
        .limit(1)
    ).one_or_none()
    return BornFrom(*row) if row else None

"""How a call fills up, without a word of what the drafts hold; and whom a reminder would reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.calls.models import Application, Call, CallQuestion, SectionDraft
from portal.calls.queries.calling import Beginner, beginners
from portal.calls.queries.visibility import recused_applications
from portal.calls.rules.progress import DayCount, DraftStage, by_day, stages
from portal.calls.rules.reminders import Selection, chosen
from portal.calls.states import ApplicationStatus, Origin, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.events import Event
from portal.foundation.periods import to_paris


@dataclass(frozen=True)
class Progress:
    """How a call fills up. `idle`: drafts that nobody touched for a week."""

    days: Sequence[DayCount]
    drafts: int
    filed: int
    stages: Sequence[DraftStage]
    idle: int


def progress_of(call: Call, person_id: int) -> Progress:
    """Counts alone; those that the reader stepped out of are left out. Three queries."""
    now = clock.now()
    rows = db.session.execute(
        sa.select(
            Application.created_at, Application.submitted_at, Application.status, _sections_saved(), _touched_at()
        ).where(
            Application.call_id == call.id,
            Application.origin != Origin.IMPORTED,
            Application.status != ApplicationStatus.ABANDONED,
            Application.id.not_in(recused_applications(person_id)),
        )
    ).all()
    drafts = [row for row in rows if row.status is ApplicationStatus.DRAFT]
    filed = [row.submitted_at for row in rows if row.submitted_at is not None]
    first = to_paris(call.opens_at).date()
    last = max(first, to_paris(min(now, call.closes_at)).date())
    return Progress(
        days=by_day([row.created_at for row in rows], filed, first, last),
        drafts=len(drafts),
        filed=len(filed),
        stages=stages([row.saved for row in drafts], _sections_of(call)),
        idle=len(chosen(drafts, Selection.IDLE, now)),
    )


def _sections_saved() -> sa.Label[int]:
    saved = sa.select(sa.func.count()).where(
        SectionDraft.application_id == Application.id,
        SectionDraft.typed_version == SectionDraft.version,
        SectionDraft.section.not_in((Section.DOCUMENTS, Section.SIGNATURE)),
    )
    return saved.correlate(Application).scalar_subquery().label("saved")


def _touched_at() -> sa.Label[datetime]:
    """When somebody last wrote in a draft, at its beginning otherwise."""
    written = sa.select(sa.func.max(SectionDraft.updated_at)).where(SectionDraft.application_id == Application.id)
    return sa.func.coalesce(
        written.correlate(Application).scalar_subquery(), Application.created_at, type_=Application.created_at.type
    ).label("touched_at")


def _sections_of(call: Call) -> int:
    """How many sections are typed: documents are joined, the signature comes with the filing."""
    asks = db.session.execute(
        sa.select(sa.exists().where(CallQuestion.call_id == call.id, CallQuestion.retired_at.is_(None)))
    ).scalar()
    return len(Section) - 2 - (0 if asks else 1)


# -- reminders ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReminderLine:
    """An organisation that a reminder would reach. `people` counts those written to."""

    organisation: str
    drafts: int
    people: int
    touched_at: datetime


@dataclass(frozen=True)
class ReminderList:
    """Whom a reminder would reach. `mark` names this very selection; `hidden` organisations are a recusal's."""

    beginners: Sequence[Beginner]
    lines: Sequence[ReminderLine]
    hidden: int
    mark: str

    @property
    def people(self) -> int:
        return len({beginner.person_id for beginner in self.beginners})


def reminder_list(call: Call, selection: Selection, person_id: int) -> ReminderList:
    """The members to write to in a selection, told by organisation, never by project; three queries."""
    touched = _last_touched(call.id)
    now = clock.now()
    drafts = {row.id: row for row in chosen(touched, selection, now)}
    found = [beginner for beginner in beginners(call.id) if beginner.application_id in drafts]
    recused = set(db.session.scalars(recused_applications(person_id).where(Application.call_id == call.id)))
    names: dict[int, list[Any]] = {}
    for row in drafts.values():
        if row.id not in recused:
            names.setdefault(row.organisation_id, []).append(row)
    lines = [
        ReminderLine(
            rows[0].organisation,
            len(rows),
            len({each.person_id for each in found if each.application_id in {row.id for row in rows}}),
            max(row.touched_at for row in rows),
        )
        for rows in names.values()
    ]
    hidden = len({row.organisation_id for row in drafts.values() if row.id in recused})
    mark = "-".join(str(application_id) for application_id in sorted(drafts))
    return ReminderList(found, sorted(lines, key=lambda line: line.organisation), hidden, mark)


def _last_touched(call_id: int) -> Sequence[Any]:
    return db.session.execute(
        sa.select(
            Application.id,
            Application.organisation_id,
            Organisation.name.label("organisation"),
            _touched_at(),
        )
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.call_id == call_id, Application.status == ApplicationStatus.DRAFT)
        .order_by(Application.id)
    ).all()


@dataclass(frozen=True)
class PastReminder:
    """A reminder sent: who sent it, to which organisations, with which words."""

    at: datetime
    by: str
    people: int
    selection: str
    message: str
    organisations: Sequence[str]


def past_reminders(call_id: int, person_id: int) -> list[PastReminder]:
    """The reminders of a call, the latest first; an organisation of a recusal is not named. Three queries."""
    rows = db.session.execute(
        sa.select(Event.at, Event.details, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .where(Event.subject_type == "call", Event.subject_id == call_id, Event.action == "call.reminded")
        .order_by(Event.id.desc())
    ).all()
    applications = {id_ for row in rows for id_ in row.details.get("applications", [])}
    named = _names(applications, person_id)
    return [
        PastReminder(
            row.at,
            f"{row.given_name} {row.family_name}" if row.given_name else "",
            row.details.get("people", 0),
            row.details.get("selection", ""),
            row.details.get("message", ""),
            sorted({named[id_] for id_ in row.details.get("applications", []) if id_ in named}),
        )
        for row in rows
    ]


def _names(application_ids: set[int], person_id: int) -> dict[int, str]:
    rows = db.session.execute(
        sa.select(Application.id, Organisation.name)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.id.in_(application_ids), Application.id.not_in(recused_applications(person_id)))
    )
    return {row.id: row.name for row in rows}


def last_reminder_on(call_id: int) -> date | None:
    """The day of Paris of the last reminder sent to those who have begun."""
    at = db.session.execute(
        sa.select(sa.func.max(Event.at)).where(
            Event.subject_type == "call", Event.subject_id == call_id, Event.action == "call.reminded"
        )
    ).scalar()
    return to_paris(at).date() if at else None

"""The applicant's list of applications, and what it takes to begin one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Grant, Organisation
from portal.accounts.rules import LEVELS_INCLUDED, MemberLevel, Role
from portal.calls.models import AgreementYear, Application, Call, CarriedSection, Exemption, SectionDraft
from portal.calls.queries.messages import unread_of
from portal.calls.queries.questions import asks_questions
from portal.calls.rules.calling import CallWindow
from portal.calls.states import ApplicationStatus, CallStatus, MessageSide, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.pagination import Page, paged
from portal.foundation.periods import to_paris


@dataclass(frozen=True)
class MyApplication:
    """One line of « Mes dossiers »."""

    id: int
    call_id: int
    number: int
    title: str
    status: ApplicationStatus
    outcome_known_at: datetime | None
    submitted_at: datetime | None
    call_title: str
    call_year: int
    call_status: CallStatus
    closes_at: datetime
    organisation: str
    sections_saved: int
    unread: int
    asks_questions: bool

    @property
    def sections(self) -> int:
        """How many sections it has: those of the questions only when the call asks some."""
        return len(Section) - (not self.asks_questions)

    @property
    def reference(self) -> str:
        return f"{self.call_year}-{self.number:03d}"


def my_applications(person_id: int, page: int) -> Page:
    """The applications of the person's organisations, the most recent first; drafts above the rest."""
    saved = (
        sa.select(sa.func.count())
        .where(SectionDraft.application_id == Application.id, SectionDraft.typed_version == SectionDraft.version)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            Application.id, Application.call_id, Application.number, Application.title, Application.status,
            Application.outcome_known_at, Application.submitted_at, Call.title, Call.year, Call.status,
            last_instant(), Organisation.name, saved, unread_of(MessageSide.ORGANISATION), asks_questions(),
        )
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.organisation_id.in_(_mine(person_id)))
        .order_by(sa.case((Application.status == ApplicationStatus.DRAFT, 0), else_=1), Application.id.desc())
    )  # fmt: skip
    found = paged(statement, page)
    return Page([MyApplication(*row) for row in found.rows], found.number, found.per_page, found.total)


def last_instant() -> sa.ColumnElement[datetime]:
    """Beside each application and its call, the last instant at which it may be filed."""
    exemption = _latest_exemption()
    return sa.case((exemption > Call.closes_at, exemption), else_=Call.closes_at)


def _latest_exemption() -> sa.ScalarSelect[datetime]:
    """Beside each application of a select, until when an exemption lets it be filed; NULL without any."""
    return (
        sa.select(sa.func.max(Exemption.until))
        .where(
            Exemption.call_id == Application.call_id,
            Exemption.organisation_id == Application.organisation_id,
            sa.or_(Exemption.application_id.is_(None), Exemption.application_id == Application.id),
            Exemption.ended_at.is_(None),
        )
        .correlate(Application)
        .scalar_subquery()
    )


def _mine(person_id: int, level: MemberLevel = MemberLevel.READER) -> sa.Select[tuple[int]]:
    return sa.select(Grant.scope_id).where(
        Grant.person_id == person_id,
        Grant.role == Role.APPLICANT,
        Grant.ended_at.is_(None),
        Grant.level.in_(LEVELS_INCLUDED[level]),
    )


def organisations_to_file_for(person_id: int) -> list[tuple[int, str]]:
    """The organisations for which the person may begin an application."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(
            Organisation.id.in_(_mine(person_id, MemberLevel.EDITOR)),
            sa.or_(Organisation.dissolved_on.is_(None), Organisation.dissolved_on > to_paris(clock.now()).date()),
        )
        .order_by(Organisation.name_fold)
    )
    return [(row.id, row.name) for row in rows]


@dataclass(frozen=True)
class OpenCall:
    id: int
    title: str
    year: int
    closes_at: datetime


def open_calls(now: datetime) -> list[OpenCall]:
    """The calls that take applications now, the first to close first."""
    rows: Any = db.session.execute(
        sa.select(Call.id, Call.title, Call.year, Call.closes_at)
        .where(Call.status == CallStatus.PUBLISHED, Call.opens_at <= now, Call.closes_at >= now)
        .order_by(Call.closes_at, Call.id)
    )
    return [OpenCall(*row) for row in rows]


def window_of(call: Call) -> CallWindow:
    """What decides whether the call still takes applications."""
    return CallWindow(call.status, call.opens_at, call.closes_at, call.grace_seconds)


def previous_applications(organisation_id: int, before_year: int) -> list[tuple[int, str]]:
    """The organisation's applications of earlier years that this one may renew."""
    rows = db.session.execute(
        sa.select(Application.id, Call.year, Application.title)
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.organisation_id == organisation_id,
            Call.year < before_year,
            Application.status.not_in([ApplicationStatus.DRAFT, ApplicationStatus.ABANDONED]),
        )
        .order_by(Call.year.desc(), Application.title_fold)
    )
    return [(row.id, f"{row.year} — {row.title}") for row in rows]


def untouched_draft(call_id: int, organisation_id: int, person_id: int) -> Application | None:
    """The draft that this person began here and in which nothing was saved yet (a double click)."""
    # What was typed, taken from an earlier application, or filled from an agreement.
    touched = sa.or_(
        *(
            sa.select(table.id).where(table.application_id == Application.id).exists()
            for table in (SectionDraft, CarriedSection, AgreementYear)
        )
    )
    return db.session.execute(
        sa.select(Application)
        .where(
            Application.call_id == call_id,
            Application.organisation_id == organisation_id,
            Application.created_by_id == person_id,
            Application.status == ApplicationStatus.DRAFT,
            ~touched,
        )
        .order_by(Application.id)
        .limit(1)
    ).scalar_one_or_none()


def last_number(call_id: int) -> int:
    """The highest number given in the call."""
    return db.session.execute(
        sa.select(sa.func.coalesce(sa.func.max(Application.number), 0)).where(Application.call_id == call_id)
    ).scalar_one()

"""The instruction queue: what each application of a call waits for, read in one select."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine, Placement, Reception
from portal.calls.queries.agreement import is_later_year
from portal.calls.queries.messages import unread_of
from portal.calls.queries.visibility import recused_applications, visible_applications
from portal.calls.states import (
    UNANSWERED,
    ApplicationStatus,
    CallStatus,
    Confirmation,
    MessageSide,
    Origin,
)
from portal.committee.models import (
    AdmissibilityProposal,
    Assessment,
    Assignment,
    ChangeRequest,
    CompletenessCheck,
    Opinion,
)
from portal.committee.queries.words import whole_sum
from portal.committee.rules.desk import Stage
from portal.committee.states import AssessmentStatus, ChangeRequestStatus, CheckResult, Outcome
from portal.contracts.models import Theme
from portal.extensions import db
from portal.foundation.folding import fold
from portal.foundation.pagination import Page, paged
from portal.quartiers.models import Quartier

DESK_ROLES = frozenset({Role.OFFICER, Role.MANAGER, Role.DELEGATE})


@dataclass(frozen=True)
class DeskCall:
    """A call with how many applications its desk shows."""

    id: int
    year: int
    title: str
    status: CallStatus
    closes_at: datetime
    applications: int


def desk_calls(person_id: int, grants: Sequence[HeldGrant]) -> list[DeskCall]:
    """The calls that somebody instructs or follows, the last first."""
    contracts = [g.scope_id for g in grants if g.role in DESK_ROLES and g.scope_kind is ScopeKind.CONTRACT]
    filed = (
        sa.select(Application.call_id, sa.func.count().label("number"))
        .where(Application.id.in_(visible_applications(person_id, grants)))
        .group_by(Application.call_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Call.id, Call.year, Call.title, Call.status, Call.closes_at, sa.func.coalesce(filed.c.number, 0))
        .outerjoin(filed, filed.c.call_id == Call.id)
        .where(Call.contract_id.in_(contracts), Call.status != CallStatus.DRAFT)
        .order_by(Call.year.desc(), Call.closes_at.desc(), Call.id.desc())
    )
    return [DeskCall(*row) for row in rows]


@dataclass(frozen=True)
class DeskFilter:
    """What the address asks of the queue; empty values ask for nothing."""

    words: str = ""
    status: ApplicationStatus | None = None
    stage: Stage | None = None
    quartier_id: int | None = None
    theme_id: int | None = None
    funder_id: int | None = None
    unread: bool = False
    order: str = ""


@dataclass(frozen=True)
class DeskRow:
    """One application of the queue. `requested_cents` None when a part of it is not communicated."""

    id: int
    number: int
    title: str
    organisation: str
    status: ApplicationStatus
    origin: Origin
    confirmation: Confirmation | None
    submitted_at: datetime | None
    requested_cents: int | None
    lines: int
    due_on: date | None
    proposal: Outcome | None
    stage_code: str
    unread: int
    is_later_year: bool

    @property
    def stage(self) -> Stage:
        return Stage(self.stage_code)


ORDERS: dict[str, tuple[Any, ...]] = {
    "": (Application.number,),
    "numero": (Application.number,),
    "-numero": (Application.number.desc(),),
    "titre": (Application.title_fold, Application.id),
    "-titre": (Application.title_fold.desc(), Application.id),
    "porteur": (Organisation.name_fold, Application.number),
    "-porteur": (Organisation.name_fold.desc(), Application.number),
}


class DeskQueue:
    """The queue of one call for one person at one day: three selects whatever its length."""

    def __init__(self, call: Call, person_id: int, grants: Sequence[HeldGrant], today: date) -> None:
        self.call = call
        self._mine = visible_applications(person_id, grants)
        self._request = _open_requests()
        self._stage = _stage(self._request, today)

    def page(self, wanted: DeskFilter, number: int) -> Page:
        """One page of DeskRow."""
        statement = self._narrow(self._rows(), wanted).order_by(*ORDERS.get(wanted.order, ORDERS[""]))
        found = paged(statement, number)
        rows = [DeskRow(*row) for row in found.rows]
        return Page(rows, found.number, found.per_page, found.total)

    def matching(self, wanted: DeskFilter, at_most: int) -> list[DeskRow]:
        """The rows of every page, as far as `at_most`."""
        statement = self._narrow(self._rows(), wanted).order_by(Application.number).limit(at_most)
        return [DeskRow(*row) for row in db.session.execute(statement)]

    def chosen(self, ids: Collection[int]) -> list[DeskRow]:
        """The rows of these applications that the person sees, by number."""
        statement = self._rows().where(Application.id.in_(ids)).order_by(Application.number)
        return [DeskRow(*row) for row in db.session.execute(statement)]

    def _rows(self) -> sa.Select[Any]:
        asked = _asked()
        statement = self._from(
            sa.select(
                Application.id,
                Application.number,
                Application.title,
                Organisation.name,
                Application.status,
                Application.origin,
                Reception.confirmation,
                Application.submitted_at,
                asked.c.requested,
                sa.func.coalesce(asked.c.lines, 0),
                self._request.c.due_on,
                AdmissibilityProposal.outcome,
                self._stage,
                unread_of(MessageSide.DIRECTION),
                is_later_year(),
            )
        )
        return statement.outerjoin(asked, asked.c.application_id == Application.id).outerjoin(
            Reception, Reception.application_id == Application.id
        )

    def stage_of(self, application_id: int) -> Stage | None:
        """What one application waits for; None when the person does not see it."""
        found = db.session.execute(self._from(sa.select(self._stage)).where(Application.id == application_id))
        code = found.scalar_one_or_none()
        return Stage(code) if code is not None else None

    def by_status(self) -> dict[ApplicationStatus, int]:
        """How many applications are in each state, the order of the cycle kept."""
        counted = self._from(sa.select(Application.status, sa.func.count())).group_by(Application.status)
        found = {row[0]: row[1] for row in db.session.execute(counted)}
        return {status: found[status] for status in ApplicationStatus if status in found}

    def by_stage(self) -> dict[Stage, int]:
        """How many applications wait for each thing, in the order of the work."""
        each = self._from(sa.select(self._stage.label("stage"))).subquery()
        counted = sa.select(each.c.stage, sa.func.count()).group_by(each.c.stage)
        found = {Stage(row[0]): row[1] for row in db.session.execute(counted)}
        return {stage: found[stage] for stage in Stage if stage in found}

    def _from(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        return (
            statement.select_from(Application)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .outerjoin(self._request, self._request.c.application_id == Application.id)
            .outerjoin(AdmissibilityProposal, AdmissibilityProposal.application_id == Application.id)
            .where(Application.call_id == self.call.id, Application.id.in_(self._mine))
        )

    def _narrow(self, statement: sa.Select[Any], wanted: DeskFilter) -> sa.Select[Any]:
        if wanted.words:
            words = fold(wanted.words)
            title = Application.title_fold.contains(words, autoescape=True)
            statement = statement.where(sa.or_(title, Organisation.name_fold.contains(words, autoescape=True)))
        if wanted.status is not None:
            statement = statement.where(Application.status == wanted.status)
        if wanted.stage is not None:
            statement = statement.where(self._stage == wanted.stage.value)
        if wanted.quartier_id is not None:
            placed = sa.select(Placement.application_id).where(Placement.quartier_id == wanted.quartier_id)
            statement = statement.where(Application.id.in_(placed))
        if wanted.theme_id is not None:
            under = sa.select(Theme.id).where(sa.or_(Theme.id == wanted.theme_id, Theme.parent_id == wanted.theme_id))
            statement = statement.where(Application.main_theme_id.in_(under))
        if wanted.funder_id is not None:
            asked = sa.select(FundingLine.application_id).where(FundingLine.funder_id == wanted.funder_id)
            statement = statement.where(Application.id.in_(asked))
        if wanted.unread:
            statement = statement.where(unread_of(MessageSide.DIRECTION) > 0)
        return statement


def among_visible(ids: Collection[int], person_id: int, grants: Sequence[HeldGrant]) -> set[int]:
    """Those of these applications that a person may read."""
    seen = visible_applications(person_id, grants).where(Application.id.in_(ids))
    return set(db.session.execute(seen).scalars())


def leaves_out(call: Call, person_id: int) -> bool:
    """Whether the person stepped out of some of the call's applications, which no list nor total shows."""
    found = recused_applications(person_id).where(Application.call_id == call.id).exists()
    return bool(db.session.execute(sa.select(found)).scalar())


def quartiers_of(call: Call) -> list[tuple[int, str]]:
    """The quartiers where the call's applications take place, for the filter."""
    rows = db.session.execute(
        sa.select(Quartier.id, Quartier.name)
        .join(Placement, Placement.quartier_id == Quartier.id)
        .join(Application, Application.id == Placement.application_id)
        .where(Application.call_id == call.id)
        .distinct()
        .order_by(Quartier.name)
    )
    return [(row[0], row[1]) for row in rows]


def _asked() -> sa.Subquery:
    return (
        sa.select(
            FundingLine.application_id,
            sa.func.count().label("lines"),
            whole_sum(FundingLine.requested_cents).label("requested"),
        )
        .group_by(FundingLine.application_id)
        .subquery()
    )


def _open_requests() -> sa.Subquery:
    return (
        sa.select(ChangeRequest.application_id, ChangeRequest.status, ChangeRequest.due_on)
        .where(ChangeRequest.status != ChangeRequestStatus.ACCEPTED)
        .subquery()
    )


def _stage(request: sa.Subquery, today: date) -> sa.ColumnElement[str]:
    """What the application waits for, first answer first."""
    filed, admitted = ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE
    check = _exists(CompletenessCheck)
    unsettled = _exists(
        CompletenessCheck,
        CompletenessCheck.officer_says.is_(None),
        CompletenessCheck.automatic != CheckResult.OK,
    )
    given = sa.and_(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    sheet = sa.select(Assessment.id).where(given).correlate(Assignment).exists()
    assigned = _exists(Assignment, Assignment.ended_at.is_(None))
    owed = _exists(Assignment, Assignment.ended_at.is_(None), ~sheet)
    silent = _exists(FundingLine, FundingLine.status.in_(UNANSWERED), ~_answered())
    cases: list[tuple[sa.ColumnElement[bool], Stage]] = [
        (Application.status.not_in([filed, admitted]), Stage.NOTHING),
        (
            sa.and_(request.c.status == ChangeRequestStatus.ASKED, request.c.due_on < today),
            Stage.CORRECTIONS_LATE,
        ),
        (request.c.status == ChangeRequestStatus.ASKED, Stage.CORRECTIONS_AWAITED),
        (request.c.status == ChangeRequestStatus.ANSWERED, Stage.CORRECTIONS_TO_READ),
        (sa.and_(Application.status == filed, sa.or_(~check, unsettled)), Stage.CHECK),
        (sa.and_(Application.status == filed, AdmissibilityProposal.id.is_(None)), Stage.PROPOSE),
        (Application.status == filed, Stage.PRONOUNCE),
        (sa.and_(~assigned, ~is_later_year()), Stage.ASSIGN),
        (owed, Stage.ASSESSMENTS_AWAITED),
        (silent, Stage.OPINIONS_AWAITED),
    ]
    return sa.case(*[(condition, stage.value) for condition, stage in cases], else_=Stage.ARBITRATE.value)


def _exists(table: Any, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    found = sa.select(table.id).where(table.application_id == Application.id, *conditions)
    return found.correlate(Application).exists()


def _answered() -> sa.ColumnElement[bool]:
    found = sa.select(Opinion.id).where(
        Opinion.application_id == FundingLine.application_id, Opinion.funder_id == FundingLine.funder_id
    )
    return found.correlate(FundingLine).exists()

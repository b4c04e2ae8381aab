"""What the Direction reads of its calls while it prepares and runs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Grant, Person
from portal.accounts.rules import LEVELS_INCLUDED, MemberLevel, Role, ScopeKind
from portal.calls.models import (
    Application,
    Call,
    CallIndicator,
    CallMilestone,
    CallQuartier,
    Criterion,
    CriterionLevel,
    DocumentRequirement,
    Envelope,
)
from portal.calls.rules.calling import CallContents, CallDates, CallWindow
from portal.calls.rules.publishing import Advised
from portal.calls.states import ApplicationStatus, CallKind, CallStatus
from portal.contracts.models import Contract
from portal.extensions import db

LEVELS = 5


@dataclass(frozen=True)
class CallLine:
    """A call in a list; `drafts` counts those begun, `filed` those the reader may see."""

    id: int
    title: str
    year: int
    kind: CallKind
    status: CallStatus
    opens_at: datetime
    closes_at: datetime
    contract_id: int
    contract_name: str
    drafts: int
    filed: int


@dataclass(frozen=True)
class Beginner:
    """Somebody to write to about an application begun: a member who may edit it."""

    application_id: int
    title: str
    person_id: int
    given_name: str
    email: str


def window_of(call: Call) -> CallWindow:
    """What `closing_verdict` judges on."""
    return CallWindow(call.status, call.opens_at, call.closes_at, call.grace_seconds)


def dates_of(call: Call) -> CallDates:
    return CallDates(call.opens_at, call.closes_at, call.actions_start_on, call.actions_end_on, call.bilan_due_on)


# -- lists ----------------------------------------------------------------------------------------


def calls_of(contract_ids: Iterable[int], seen: sa.Select[tuple[int]]) -> list[CallLine]:
    """The calls of these contracts, the latest first; `seen` are the ids of the applications counted as filed."""

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        counted = sa.select(sa.func.count()).where(Application.call_id == Call.id, *conditions)
        return counted.correlate(Call).scalar_subquery()

    rows = db.session.execute(
        sa.select(
            Call.id,
            Call.title,
            Call.year,
            Call.kind,
            Call.status,
            Call.opens_at,
            Call.closes_at,
            Call.contract_id,
            Contract.name,
            count(Application.status == ApplicationStatus.DRAFT),
            count(Application.status != ApplicationStatus.DRAFT, Application.id.in_(seen)),
        )
        .join(Contract, Contract.id == Call.contract_id)
        .where(Call.contract_id.in_(list(contract_ids)))
        .order_by(Call.year.desc(), Call.opens_at.desc(), Call.id.desc())
    )
    return [CallLine(*row) for row in rows]


def models_for(contract_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """The calls that a new one may start from: id, title, contract name; the latest first."""
    rows = db.session.execute(
        sa.select(Call.id, Call.title, Contract.name)
        .join(Contract, Contract.id == Call.contract_id)
        .where(Call.contract_id.in_(list(contract_ids)), Call.kind != CallKind.PAST)
        .order_by(Call.year.desc(), Call.id.desc())
    )
    return [(row.id, row.title, row.name) for row in rows]


def latest_year(contract_ids: Iterable[int]) -> int | None:
    """The year of the latest annual call of these contracts."""
    return db.session.scalar(
        sa.select(sa.func.max(Call.year)).where(Call.contract_id.in_(list(contract_ids)), Call.kind == CallKind.ANNUAL)
    )


def yearly_call(contract_id: int, year: int) -> int | None:
    """The id of the contract's annual call of a year."""
    return db.session.execute(
        sa.select(Call.id)
        .where(Call.contract_id == contract_id, Call.year == year, Call.kind == CallKind.ANNUAL)
        .limit(1)
    ).scalar_one_or_none()


# -- what a call holds ------------------------------------------------------------------------------


def contents_of(call: Call) -> CallContents:
    """How much a call holds of each thing that publication asks for; two queries."""
    counts = db.session.execute(
        sa.select(
            _count(CallQuartier.call_id == call.id),
            _count(DocumentRequirement.call_id == call.id),
            _count(Envelope.call_id == call.id),
        )
    ).one()
    described = sa.func.count(CriterionLevel.id)
    grid = db.session.execute(
        sa.select(Criterion.label, Criterion.weight, described)
        .outerjoin(CriterionLevel, CriterionLevel.criterion_id == Criterion.id)
        .where(Criterion.call_id == call.id)
        .group_by(Criterion.id, Criterion.label, Criterion.weight, Criterion.position)
        .order_by(Criterion.position)
    ).all()
    return CallContents(
        closes_at=call.closes_at,
        has_presentation=bool(call.presentation.strip() and call.who_may_apply.strip()),
        quartiers=counts[0],
        documents=counts[1],
        envelopes=counts[2],
        scoring_enabled=call.scoring_enabled,
        weights=[line.weight for line in grid],
        criteria_without_levels=[line.label for line in grid if line[2] < LEVELS],
    )


def advised_of(call: Call) -> Advised:
    """How much a call holds of what is advised before publication; two queries."""
    counts = db.session.execute(
        sa.select(_count(CallMilestone.call_id == call.id), _count(CallIndicator.call_id == call.id))
    ).one()
    contract = call.contract
    return Advised(
        has_contact=any((contract.contact_address, contract.contact_email, contract.contact_phone)),
        steps=counts[0],
        indicators=counts[1],
        has_bilan_date=call.bilan_due_on is not None,
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).where(condition).scalar_subquery()


def offered_indicators(call_id: int) -> dict[int, bool]:
    """The catalogue entries that a call offers: {indicator id: compulsory}, in the call's order."""
    rows = db.session.execute(
        sa.select(CallIndicator.indicator_id, CallIndicator.is_compulsory)
        .where(CallIndicator.call_id == call_id)
        .order_by(CallIndicator.position, CallIndicator.id)
    )
    return {row.indicator_id: row.is_compulsory for row in rows}


# -- those who have begun -----------------------------------------------------------------------------


def drafts_begun(call_id: int) -> int:
    """How many applications are begun and not filed. What they hold is their organisations' alone."""
    return int(
        db.session.execute(
            sa.select(sa.func.count()).where(
                Application.call_id == call_id, Application.status == ApplicationStatus.DRAFT
            )
        ).scalar_one()
    )


def beginners(call_id: int) -> list[Beginner]:
    """The members who may edit an application begun in the call, one line for each and each application."""
    may_edit = LEVELS_INCLUDED[MemberLevel.EDITOR]
    rows = db.session.execute(
        sa.select(Application.id, Application.title, Person.id, Person.given_name, Person.email)
        .join(
            Grant,
            sa.and_(
                Grant.role == Role.APPLICANT,
                Grant.scope_kind == ScopeKind.ORGANISATION,
                Grant.scope_id == Application.organisation_id,
                Grant.level.in_(may_edit),
                Grant.ended_at.is_(None),
            ),
        )
        .join(Person, Person.id == Grant.person_id)
        .where(
            Application.call_id == call_id,
            Application.status == ApplicationStatus.DRAFT,
            Person.confirmed_at.is_not(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Application.id, Person.id)
    )
    return [Beginner(*row) for row in rows]


def undecided(call_id: int) -> int:
    """How many filed applications still wait for their decision."""
    waiting = (ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE)
    return int(
        db.session.execute(
            sa.select(sa.func.count()).where(Application.call_id == call_id, Application.status.in_(waiting))
        ).scalar_one()
    )

"""Which bilans are due, who waits for them, and what one bilan holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Grant, Organisation, Person
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine
from portal.calls.states import ApplicationStatus, CallStatus, FundingStatus, PreviousBilansRule
from portal.contracts.models import Contract
from portal.evaluation.models import Bilan
from portal.evaluation.rules.cycle import ANSWERED, EDITABLE, awaited_kind, satisfies
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db
from portal.foundation.periods import to_paris

FUNDED = frozenset({FundingStatus.GRANTED, FundingStatus.NOTIFIED, FundingStatus.PAID_IN_PART, FundingStatus.PAID})
"""A line in one of these was given by an act."""


def is_funded() -> sa.ColumnElement[bool]:
    """Whether the application of the row has a granted line."""
    return (
        sa.select(FundingLine.id)
        .where(
            FundingLine.application_id == Application.id,
            FundingLine.status.in_(FUNDED),
            FundingLine.granted_cents > 0,
        )
        .exists()
    )


@dataclass(frozen=True)
class ToOpen:
    """An application whose bilan of `kind` does not exist yet."""

    application_id: int
    kind: BilanKind
    due_on: date | None
    year: int


def finals_to_open(application_id: int | None = None) -> list[ToOpen]:
    """Decided and funded applications without a final bilan (one of them, or all)."""
    statement = _without(BilanKind.FINAL).with_only_columns(Application.id, Call.bilan_due_on, Call.year)
    if application_id is not None:
        statement = statement.where(Application.id == application_id)
    return [ToOpen(row.id, BilanKind.FINAL, row.bilan_due_on, row.year) for row in db.session.execute(statement)]


def interims_to_open() -> list[ToOpen]:
    """Funded applications of year N without interim bilan while the call of year N+1 is published.

    Nobody waits for an interim bilan once the final one was returned.
    """
    following = aliased(Call)
    same_contract = following.contract_id == Call.contract_id
    asks = sa.and_(following.status == CallStatus.PUBLISHED, following.previous_bilans_rule != PreviousBilansRule.OFF)
    final_returned = (
        sa.select(Bilan.id)
        .where(Bilan.application_id == Application.id, Bilan.kind == BilanKind.FINAL, Bilan.status.in_(ANSWERED))
        .exists()
    )
    statement = (
        _without(BilanKind.INTERIM)
        .join(following, sa.and_(same_contract, following.year == Call.year + 1, asks))
        .where(~final_returned)
        .group_by(Application.id, Call.year)
        .with_only_columns(Application.id, sa.func.min(following.closes_at).label("closes_at"), Call.year)
    )
    return [
        ToOpen(row.id, BilanKind.INTERIM, to_paris(row.closes_at).date(), row.year)
        for row in db.session.execute(statement)
    ]


def _without(kind: BilanKind) -> sa.Select[tuple[int]]:
    has_one = sa.select(Bilan.id).where(Bilan.application_id == Application.id, Bilan.kind == kind).exists()
    return (
        sa.select(Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(Application.status == ApplicationStatus.DECIDED, is_funded(), ~has_one)
        .order_by(Application.id)
    )


@dataclass(frozen=True)
class Recipient:
    person_id: int
    email: str


def authors_of(organisation_id: int) -> list[Recipient]:
    """Those who may write in the name of an organisation."""
    rows = db.session.execute(
        sa.select(Person.id, Person.email)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role == Role.APPLICANT,
            Grant.scope_kind == ScopeKind.ORGANISATION,
            Grant.scope_id == organisation_id,
            Grant.level.in_([MemberLevel.OWNER, MemberLevel.EDITOR]),
            Grant.ended_at.is_(None),
            Person.confirmed_at.is_not(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )
    return [Recipient(*row) for row in rows]


def bilans_of(application_id: int) -> list[Bilan]:
    """The bilans of one application, the first due first."""
    wanted = sa.select(Bilan).where(Bilan.application_id == application_id).order_by(Bilan.due_on, Bilan.id)
    return list(db.session.scalars(wanted))


def others_of(bilan: Bilan) -> list[Bilan]:
    """The other bilans of the same application."""
    return list(
        db.session.scalars(sa.select(Bilan).where(Bilan.application_id == bilan.application_id, Bilan.id != bilan.id))
    )


@dataclass(frozen=True)
class BilanLine:
    """A bilan in a list."""

    id: int
    application_id: int
    number: int
    year: int
    title: str
    organisation: str
    kind: BilanKind
    status: BilanStatus
    due_on: date | None
    submitted_at: datetime | None

    @property
    def reference(self) -> str:
        return f"{self.year}-{self.number:03d}"


_LINES = (
    sa.select(
        Bilan.id,
        Bilan.application_id,
        Application.number,
        Call.year,
        Application.title,
        Organisation.name,
        Bilan.kind,
        Bilan.status,
        Bilan.due_on,
        Bilan.submitted_at,
    )
    .join(Application, Application.id == Bilan.application_id)
    .join(Call, Call.id == Application.call_id)
    .join(Organisation, Organisation.id == Application.organisation_id)
)


def lines_of_organisations(organisations: sa.Select[tuple[int]]) -> list[BilanLine]:
    """The bilans of some organisations, what is still to return first."""
    statement = _LINES.where(Application.organisation_id.in_(organisations)).order_by(
        Bilan.status.in_(ANSWERED), Bilan.due_on, Bilan.id
    )
    return as_lines(db.session.execute(statement).all())


def staff_list(
    visible: sa.Select[tuple[int]],
    *,
    year: int | None = None,
    status: BilanStatus | None = None,
    late_on: date | None = None,
) -> sa.Select[Any]:
    """The bilans of visible applications, by due date, to be paged; `late_on` keeps those late that day."""

    statement = _LINES.where(Bilan.application_id.in_(visible))
    if year is not None:
        statement = statement.where(Call.year == year)
    if status is not None:
        statement = statement.where(Bilan.status == status)
    if late_on is not None:
        statement = statement.where(Bilan.status.in_(EDITABLE), Bilan.due_on < late_on)
    return statement.order_by(Bilan.due_on, Organisation.name_fold, Bilan.id)


def as_lines(rows: Sequence[Any]) -> list[BilanLine]:
    """The rows of `staff_list` as plain values."""
    return [BilanLine(*row) for row in rows]


def years_of(visible: sa.Select[tuple[int]]) -> list[int]:
    """The years that have bilans, latest first."""
    statement = (
        sa.select(Call.year)
        .join(Application, Application.call_id == Call.id)
        .join(Bilan, Bilan.application_id == Application.id)
        .where(Application.id.in_(visible))
        .distinct()
        .order_by(Call.year.desc())
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class Unanswered:
    """A bilan waited for before another application may be filed."""

    title: str
    year: int
    kind: BilanKind


def unanswered_before(application: Application) -> list[Unanswered]:
    """The interim bilans of N and final ones of N-1 that this organisation, filing for N+1, has not returned.

    Contracts of the same commune follow one another; a fictitious one never counts for a real one.
    """

    call = application.call
    rows = db.session.execute(
        sa.select(Application.id, Application.title, Call.year, Bilan.kind, Bilan.status)
        .join(Call, Call.id == Application.call_id)
        .join(Contract, Contract.id == Call.contract_id)
        .outerjoin(Bilan, Bilan.application_id == Application.id)
        .where(
            Application.organisation_id == application.organisation_id,
            Application.status == ApplicationStatus.DECIDED,
            Call.year.in_([call.year - 1, call.year - 2]),
            Contract.commune_insee_code == call.contract.commune_insee_code,
            Contract.is_demo == call.contract.is_demo,
            is_funded(),
        )
        .order_by(Call.year, Application.id)
    ).all()
    asked: dict[int, Unanswered] = {}
    answered: set[int] = set()
    for row in rows:
        kind = awaited_kind(row.year, call.year)
        if kind is None:
            continue
        asked[row.id] = Unanswered(row.title, row.year, kind)
        if row.kind is not None and satisfies(row.kind, kind) and row.status in ANSWERED:
            answered.add(row.id)
    return [awaited for application_id, awaited in asked.items() if application_id not in answered]

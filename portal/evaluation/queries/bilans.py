"""Which bilans are due, who waits for them, and what one bilan holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine
from portal.calls.queries.agreement import is_later_year
from portal.calls.queries.awaited import Awaited, register_awaited
from portal.calls.queries.carrying import register_people_reached
from portal.calls.states import ApplicationStatus, CallStatus, Duration, FundingStatus, PreviousBilansRule
from portal.committee.queries.payments import register_accepted_bilans
from portal.contracts.models import Contract
from portal.evaluation.models import Bilan
from portal.evaluation.rules.cycle import ANSWERED, EDITABLE, RECEIVED, awaited_kind, is_late, satisfies
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.periods import to_paris

FUNDED = frozenset({FundingStatus.GRANTED, FundingStatus.NOTIFIED, FundingStatus.PAID_IN_PART, FundingStatus.PAID})
"""A line in one of these was given by an act."""


TOLD = FUNDED - {FundingStatus.GRANTED}
"""In one of these the organisation was also told of it."""


def is_funded(states: frozenset[FundingStatus] = FUNDED) -> sa.ColumnElement[bool]:
    """Whether the application of the row has a granted line in one of `states`."""
    return (
        sa.select(FundingLine.id)
        .where(
            FundingLine.application_id == Application.id,
            FundingLine.status.in_(states),
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


def _asks_interims(following: Any) -> sa.ColumnElement[bool]:
    """A call that looks at the bilans of the year before; any call when an agreement goes on in it."""
    goes_on = sa.or_(Application.duration == Duration.MULTI_YEAR, is_later_year())
    return sa.or_(following.previous_bilans_rule != PreviousBilansRule.OFF, goes_on)


def interims_to_open() -> list[ToOpen]:
    """Funded applications of year N without interim bilan while the call of year N+1 is published.

    Nobody waits for an interim bilan once the final one was returned.
    """
    following = aliased(Call)
    same_contract = following.contract_id == Call.contract_id
    asks = sa.and_(following.status == CallStatus.PUBLISHED, _asks_interims(following))
    statement = (
        _without(BilanKind.INTERIM)
        .join(following, sa.and_(same_contract, following.year == Call.year + 1, asks))
        .where(~_returned_final())
        .group_by(Application.id, Call.year)
        .with_only_columns(Application.id, sa.func.min(following.closes_at).label("closes_at"), Call.year)
    )
    return [
        ToOpen(row.id, BilanKind.INTERIM, to_paris(row.closes_at).date(), row.year)
        for row in db.session.execute(statement)
    ]


def _returned_final() -> sa.ColumnElement[bool]:
    """Whether the final bilan of the application of the row was returned: it stands for the interim one too."""
    final = aliased(Bilan)
    return (
        sa.select(final.id)
        .where(final.application_id == Application.id, final.kind == BilanKind.FINAL, final.status.in_(ANSWERED))
        .exists()
    )


def answered_by_final() -> sa.ColumnElement[bool]:
    """Whether the bilan of the row is an interim one that the final one, returned, stands for."""
    final = aliased(Bilan)
    return (
        sa.select(final.id)
        .where(
            Bilan.kind == BilanKind.INTERIM,
            final.application_id == Bilan.application_id,
            final.kind == BilanKind.FINAL,
            final.status.in_(ANSWERED),
        )
        .correlate(Bilan)
        .exists()
    )


def has_returned_final(application_id: int) -> bool:
    found = sa.select(Application.id).where(Application.id == application_id, _returned_final())
    return db.session.execute(found).scalar() is not None


def _without(kind: BilanKind) -> sa.Select[tuple[int]]:
    has_one = sa.select(Bilan.id).where(Bilan.application_id == Application.id, Bilan.kind == kind).exists()
    # A bilan asked before the notification would tell the organisation what nobody has notified yet.
    return (
        sa.select(Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(Application.status == ApplicationStatus.DECIDED, is_funded(TOLD), ~has_one)
        .order_by(Application.id)
    )


def bilans_of(application_id: int) -> list[Bilan]:
    """The bilans of one application, the first due first."""
    wanted = sa.select(Bilan).where(Bilan.application_id == application_id).order_by(Bilan.due_on, Bilan.id)
    return list(db.session.scalars(wanted))


def reminder_settings() -> list[tuple[int, str]]:
    """The contracts that remind of bilans: (id, the days as set)."""
    rows = db.session.execute(sa.select(Contract.id, Contract.bilan_reminder_days).order_by(Contract.id))
    return [(id, days) for id, days in rows if days]


def to_remind(contract_id: int, first: date, last: date) -> list[Bilan]:
    """The bilans of a contract still in their author's hands, due between two days, both included."""
    return list(
        db.session.scalars(
            sa.select(Bilan)
            .join(Application, Application.id == Bilan.application_id)
            .join(Call, Call.id == Application.call_id)
            .where(
                Call.contract_id == contract_id,
                Bilan.status.in_(EDITABLE),
                Bilan.due_on.between(first, last),
                ~answered_by_final(),
            )
            .order_by(Bilan.id)
        )
    )


@register_accepted_bilans
def accepted_on(application_ids: Collection[int]) -> dict[int, date]:
    """The day the final bilan of each application was accepted: the balance of its grants may be paid."""
    rows = db.session.execute(
        sa.select(Bilan.application_id, Bilan.accepted_at).where(
            Bilan.application_id.in_(application_ids),
            Bilan.kind == BilanKind.FINAL,
            Bilan.status == BilanStatus.ACCEPTED,
            Bilan.accepted_at.is_not(None),
        )
    )
    return {application_id: to_paris(at).date() for application_id, at in rows if at is not None}


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
        statement = statement.where(Bilan.status.in_(EDITABLE), Bilan.due_on < late_on, ~answered_by_final())
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
    bilan_id: int | None = None
    """The bilan to write, None when it is not open yet."""
    application_id: int = 0


@register_people_reached
def people_reached_by(application_id: int) -> int | None:
    """How many people an application reached, as its last bilan sent says; None while none does."""
    return db.session.execute(
        sa.select(Bilan.people_reached)
        .where(Bilan.application_id == application_id, Bilan.status.in_(RECEIVED), Bilan.people_reached.is_not(None))
        # A final one says more than the interim one before it.
        .order_by((Bilan.kind == BilanKind.FINAL).desc(), Bilan.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def unanswered_before(application: Application) -> list[Unanswered]:
    """The interim bilans of N and final ones of N-1 that this organisation, filing for N+1, has not returned.

    Contracts of the same commune follow one another; a fictitious one never counts for a real one.
    """

    call = application.call
    rows = db.session.execute(
        sa.select(Application.id, Application.title, Call.year, Bilan.id.label("bilan_id"), Bilan.kind, Bilan.status)
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
        known = asked.get(row.id)
        written = row.bilan_id if row.kind is not None and satisfies(row.kind, kind) else None
        asked[row.id] = Unanswered(row.title, row.year, kind, written or (known.bilan_id if known else None), row.id)
        if row.kind is not None and satisfies(row.kind, kind) and row.status in ANSWERED:
            answered.add(row.id)
    return [awaited for application_id, awaited in asked.items() if application_id not in answered]


@register_awaited
def bilans_awaited(application_ids: Sequence[int]) -> dict[int, list[Awaited]]:
    """The bilans that organisations still hold."""
    rows = db.session.execute(
        sa.select(Bilan.application_id, Bilan.id, Bilan.kind, Bilan.status, Bilan.due_on)
        .where(Bilan.application_id.in_(application_ids), Bilan.status.in_(EDITABLE), ~answered_by_final())
        .order_by(Bilan.id)
    )
    today = to_paris(clock.now()).date()
    found: dict[int, list[Awaited]] = {}
    for application_id, number, kind, status, due_on in rows:
        late = is_late(status, due_on, today)
        found.setdefault(application_id, []).append(
            Awaited(True, f"{kind.label} à rendre", f"/bilans/{number}", due_on, late)
        )
    return found

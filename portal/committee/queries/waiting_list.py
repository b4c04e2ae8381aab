"""The complementary list of a call: its order, and what the envelopes could still carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Envelope, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import Decision, Sitting
from portal.committee.rules.arbitration import ARBITRABLE, GRANTED
from portal.committee.rules.waiting_list import Wanted
from portal.committee.states import DecisionKind, Outcome, SittingStatus
from portal.contracts.models import Funder
from portal.extensions import db


@dataclass(frozen=True)
class WaitingRow:
    """An application of the list; `wanted` is what each funder would give it."""

    application_id: int
    decision_id: int
    reference: str
    title: str
    organisation: str
    rank: int
    reason: str
    wanted: tuple[Wanted, ...]


def waiting_of(call: Call, visible: sa.Select[tuple[int]]) -> list[WaitingRow]:
    """The complementary list in its order, without what its reader stepped out of."""
    rows = db.session.execute(
        sa.select(Decision, Application.number, Application.title, Organisation.name)
        .join(Application, Application.id == Decision.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.call_id == call.id, Application.id.in_(visible), _waits())
        .order_by(Decision.waiting_rank, Decision.id)
    ).all()
    wanted = _wanted(call, [decision.application_id for decision, *_rest in rows])
    return [
        WaitingRow(
            decision.application_id,
            decision.id,
            f"{call.year}-{number:03d}",
            title,
            organisation,
            decision.waiting_rank or 0,
            decision.reason,
            tuple(wanted[decision.application_id]),
        )
        for decision, number, title, organisation in rows
    ]


def _waits() -> sa.ColumnElement[bool]:
    return sa.and_(
        Decision.kind == DecisionKind.ARBITRATION,
        Decision.outcome == Outcome.WAITING_LIST,
        Decision.superseded_at.is_(None),
    )


def last_rank(call_id: int) -> int:
    """The last rank of a call's list, 0 when it is empty."""
    statement = (
        sa.select(sa.func.coalesce(sa.func.max(Decision.waiting_rank), 0))
        .join(Application, Application.id == Decision.application_id)
        .where(Application.call_id == call_id, _waits())
    )
    return int(db.session.execute(statement).scalar_one() or 0)


def ranks_beside(call_id: int, application_ids: Collection[int]) -> set[int]:
    """The ranks of a call's list that other applications than these hold."""
    statement = (
        sa.select(Decision.waiting_rank)
        .join(Application, Application.id == Decision.application_id)
        .where(Application.call_id == call_id, _waits(), Application.id.not_in(application_ids))
    )
    return {rank for rank in db.session.scalars(statement) if rank is not None}


def _wanted(call: Call, ids: list[int]) -> dict[int, list[Wanted]]:
    """What each funder is proposed to give, or asked when nothing is proposed."""
    only = only_envelopes(call)
    rows = db.session.execute(
        sa.select(FundingLine, Funder.name)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id.in_(ids), FundingLine.status.in_(ARBITRABLE))
        .order_by(Funder.position, Funder.name, FundingLine.id)
    )
    found: dict[int, list[Wanted]] = defaultdict(list)
    for line, funder in rows:
        cents = line.proposed_cents if line.proposed_cents is not None else line.requested_cents
        envelope = line.envelope_id or only.get((line.funder_id, line.nature))
        found[line.application_id].append(Wanted(line.id, funder, envelope, cents or 0))
    return found


def only_envelopes(call: Call) -> dict[tuple[int, str], int]:
    """The envelope of each funder and nature that have but one in the call."""
    rows = db.session.execute(
        sa.select(Envelope.funder_id, Envelope.nature, sa.func.min(Envelope.id), sa.func.count())
        .where(Envelope.call_id == call.id)
        .group_by(Envelope.funder_id, Envelope.nature)
    )
    return {(funder_id, nature): int(envelope_id or 0) for funder_id, nature, envelope_id, count in rows if count == 1}


@dataclass(frozen=True)
class Left:
    """An envelope and what decisions in force leave of it, cents."""

    id: int
    name: str
    amount_cents: int
    left_cents: int


def envelopes_left(call: Call, visible: sa.Select[tuple[int]] | None = None) -> list[Left]:
    """What each envelope could still carry: granted where an act says so, arbitrated elsewhere.

    What was renounced or refused comes back. `visible` leaves out what a recused person stepped out of.
    """
    only = only_envelopes(call)
    taken: dict[int, int] = defaultdict(int)
    spent = sa.case((FundingLine.status.in_(GRANTED), FundingLine.granted_cents), else_=FundingLine.arbitrated_cents)
    statement = (
        sa.select(FundingLine.envelope_id, FundingLine.funder_id, FundingLine.nature, sa.func.sum(spent))
        .join(Application, Application.id == FundingLine.application_id)
        .where(
            Application.call_id == call.id,
            FundingLine.status.not_in((FundingStatus.RENOUNCED, FundingStatus.REFUSED)),
        )
        .group_by(FundingLine.envelope_id, FundingLine.funder_id, FundingLine.nature)
    )
    if visible is not None:
        statement = statement.where(Application.id.in_(visible))
    for envelope_id, funder_id, nature, cents in db.session.execute(statement):
        tied = envelope_id or only.get((funder_id, nature))
        if tied is not None and cents:
            taken[tied] += int(cents)
    rows = db.session.execute(
        sa.select(Envelope, Funder.name)
        .join(Funder, Funder.id == Envelope.funder_id)
        .where(Envelope.call_id == call.id)
        .order_by(Envelope.position, Envelope.id)
    )
    return [
        Left(
            envelope.id,
            f"{funder} — {envelope.scheme or envelope.nature.label}",
            envelope.amount_cents,
            envelope.amount_cents - taken[envelope.id],
        )
        for envelope, funder in rows
    ]


def open_sitting_for(call: Call) -> Sitting | None:
    """The open sitting that may decide of a call's complementary list, the latest one."""
    return db.session.scalars(
        sa.select(Sitting)
        .where(
            Sitting.contract_id == call.contract_id,
            sa.or_(Sitting.call_id.is_(None), Sitting.call_id == call.id),
            Sitting.status == SittingStatus.OPEN,
            Sitting.kind.has(arbitrates=True),
        )
        .order_by(Sitting.held_on.desc(), Sitting.id.desc())
        .limit(1)
    ).first()


def envelope_of_lines(application: Application) -> dict[int, int]:
    """The envelope that carries each funding line of an application, by line id."""
    only = only_envelopes(application.call)
    tied = {line.id: line.envelope_id or only.get((line.funder_id, line.nature)) for line in application.funding_lines}
    return {line_id: envelope for line_id, envelope in tied.items() if envelope is not None}


def wanted_of(application: Application) -> list[Wanted]:
    """What each funder would give one application."""
    return _wanted(application.call, [application.id])[application.id]

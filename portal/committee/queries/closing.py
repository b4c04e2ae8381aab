"""What the applications of a call wait for before they are closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine
from portal.calls.states import ApplicationStatus
from portal.committee.models import Adjustment, Decision, Letter
from portal.committee.queries.letters import refusals_told
from portal.committee.rules.adjusting import OPEN
from portal.committee.rules.closing import Facts, Line, pending
from portal.committee.states import DecisionKind, LetterKind, Outcome
from portal.contracts.models import Funder
from portal.extensions import db

CLOSABLE = (ApplicationStatus.DECIDED, ApplicationStatus.INADMISSIBLE)


@dataclass(frozen=True)
class ClosingRow:
    """An application that may be closed once nothing is pending."""

    id: int
    reference: str
    title: str
    organisation: str
    status: ApplicationStatus
    outcome: Outcome | None
    pending: tuple[str, ...]


def to_close(call: Call, visible: sa.Select[tuple[int]]) -> list[ClosingRow]:
    """The decided and inadmissible applications of a call; the same number of queries whatever their number."""
    rows = db.session.execute(
        sa.select(Application.id, Application.number, Application.title, Organisation.name, Application.status)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.call_id == call.id, Application.status.in_(CLOSABLE), Application.id.in_(visible))
        .order_by(Application.number)
    ).all()
    facts = facts_of({row.id: row.status for row in rows})
    return [
        ClosingRow(
            row.id,
            f"{call.year}-{row.number:03d}",
            row.title,
            row.name,
            row.status,
            facts[row.id].outcome,
            tuple(pending(facts[row.id])),
        )
        for row in rows
    ]


def facts_of(statuses: dict[int, ApplicationStatus]) -> dict[int, Facts]:
    """What decides of the closing of each application."""
    outcomes, told = _outcomes(statuses), _decisions_told(statuses)
    lines, adjusting = _lines(statuses), _adjusting(statuses)
    return {
        id: Facts(status, outcomes.get(id), id in told, tuple(lines.get(id, ())), id in adjusting)
        for id, status in statuses.items()
    }


def _outcomes(ids: Collection[int]) -> dict[int, Outcome]:
    rows = db.session.execute(
        sa.select(Decision.application_id, Decision.outcome).where(
            Decision.application_id.in_(ids),
            Decision.kind == DecisionKind.ARBITRATION,
            Decision.superseded_at.is_(None),
        )
    )
    return {row[0]: row[1] for row in rows}


def _decisions_told(ids: Collection[int]) -> set[int]:
    """The applications whose refusal, as it is in force, was notified."""
    return set(
        db.session.scalars(
            sa.select(Letter.application_id)
            .join(Decision, Decision.id == Letter.decision_id)
            .where(
                Letter.application_id.in_(ids),
                Letter.kind != LetterKind.GRANT,
                Letter.funder_id.is_(None),
                Letter.sent_at.is_not(None),
                Decision.superseded_at.is_(None),
            )
        )
    )


def _adjusting(ids: Collection[int]) -> set[int]:
    """Those whose adjusted project is still awaited, or to be read."""
    return set(
        db.session.scalars(
            sa.select(Adjustment.application_id).where(Adjustment.application_id.in_(ids), Adjustment.status.in_(OPEN))
        )
    )


def _lines(ids: Collection[int]) -> dict[int, list[Line]]:
    told = refusals_told(ids)
    rows = db.session.execute(
        sa.select(
            FundingLine.application_id,
            FundingLine.id,
            Funder.name,
            FundingLine.status,
            FundingLine.arbitrated_cents,
        )
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id.in_(ids))
        .order_by(FundingLine.id)
    )
    found: dict[int, list[Line]] = defaultdict(list)
    for application_id, line_id, name, status, arbitrated in rows:
        found[application_id].append(Line(name, status, arbitrated, line_id in told))
    return found

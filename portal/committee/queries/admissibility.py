"""What was proposed and pronounced on admissibility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.committee.models import AdmissibilityProposal, Decision, Sitting
from portal.committee.queries.words import full_name
from portal.committee.states import DecisionKind, Outcome
from portal.extensions import db


def proposal_on(application_id: int) -> AdmissibilityProposal | None:
    return db.session.execute(
        sa.select(AdmissibilityProposal).where(AdmissibilityProposal.application_id == application_id)
    ).scalar()


def standing_decision(application_id: int, kind: DecisionKind) -> Decision | None:
    """The decision of a kind that no later one has replaced."""
    return db.session.execute(
        sa.select(Decision).where(
            Decision.application_id == application_id, Decision.kind == kind, Decision.superseded_at.is_(None)
        )
    ).scalar()


@dataclass(frozen=True)
class DecisionRow:
    """A decision as a file shows it, replaced ones included."""

    id: int
    kind: DecisionKind
    outcome: Outcome
    reason: str
    sitting: str | None
    delegation_note: str | None
    decided_on: date
    recorded_by: str | None
    superseded_at: datetime | None


def decisions_on(application_id: int) -> list[DecisionRow]:
    """All decisions on an application, the last first."""
    rows = db.session.execute(
        sa.select(
            Decision.id,
            Decision.kind,
            Decision.outcome,
            Decision.reason,
            Sitting.title,
            Decision.delegation_note,
            Decision.decided_on,
            full_name(),
            Decision.superseded_at,
        )
        .outerjoin(Sitting, Sitting.id == Decision.sitting_id)
        .outerjoin(Person, Person.id == Decision.recorded_by_id)
        .where(Decision.application_id == application_id)
        .order_by(Decision.id.desc())
    )
    return [DecisionRow(*row) for row in rows]

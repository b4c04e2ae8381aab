"""Writing what is decided of an application: a new decision supersedes the former, which stays."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from portal.calls.models import Application
from portal.committee.models import Decision, DecisionAmount, Sitting
from portal.committee.queries.admissibility import standing_decision
from portal.committee.rules.votes import Votes
from portal.committee.states import DecisionKind, Outcome
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Conflict


def pronounce(
    application: Application,
    kind: DecisionKind,
    outcome: Outcome,
    reason: str,
    *,
    actor: Actor,
    sitting: Sitting | None = None,
    waiting_rank: int | None = None,
    delegation_note: str | None = None,
    amounts: Mapping[int, int] | None = None,
    votes: Votes | None = None,
    voters: int | None = None,
) -> Decision:
    """Add a decision in force, dated of its sitting or of today. The caller checks and moves.

    `amounts` are cents by funding line id; `voters` the voting members who took part.
    """
    session, now = db.session(), clock.now()
    # Two people deciding at once wait for one another here: a single decision stays in force.
    session.execute(sa.select(Application.id).where(Application.id == application.id).with_for_update())
    session.execute(
        sa.update(Decision)
        .where(Decision.application_id == application.id, Decision.kind == kind, Decision.superseded_at.is_(None))
        .values(superseded_at=now),
        execution_options={"synchronize_session": "fetch"},
    )
    decision = Decision(
        application_id=application.id,
        sitting_id=sitting.id if sitting else None,
        kind=kind,
        outcome=outcome,
        reason=reason.strip(),
        waiting_rank=waiting_rank,
        delegation_note=delegation_note,
        voters_present=voters,
        votes_for=votes.in_favour if votes else None,
        votes_against=votes.against if votes else None,
        votes_abstained=votes.abstained if votes else None,
        decided_on=sitting.held_on if sitting else to_paris(now).date(),
        recorded_at=now,
        recorded_by_id=actor.person_id,
    )
    session.add(decision)
    session.flush()
    session.add_all(
        DecisionAmount(decision_id=decision.id, funding_line_id=line_id, amount_cents=cents)
        for line_id, cents in (amounts or {}).items()
    )
    record(actor, "decision.recorded", decision, decision_kind=kind, outcome=outcome)
    return decision


def check_unchanged(
    application: Application, kind: DecisionKind, seen_decision_id: int | None, outcome: Outcome
) -> None:
    """Raises Conflict when a decision was recorded since the page was read."""
    standing = standing_decision(application.id, kind)
    if standing is not None and standing.id != seen_decision_id:
        raise Conflict(
            "Une décision vient d’être enregistrée sur ce dossier. Comparez ; valider à nouveau la remplacera.",
            theirs=f"{standing.outcome.label}. {standing.reason}".strip(),
            mine=outcome.label,
        )

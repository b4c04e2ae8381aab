"""Proposing and pronouncing the admissibility of an application."""

from __future__ import annotations

from collections.abc import Iterable

from portal.calls.models import Application
from portal.calls.operations.cycle import move_application
from portal.calls.rules.cycle import APPLICATION, DIRECTION
from portal.committee.models import AdmissibilityProposal, Decision, Sitting
from portal.committee.operations.decisions import check_unchanged, pronounce
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import admissibility as queries
from portal.committee.rules.admissibility import STEPS, check_ground, check_proposal
from portal.committee.rules.votes import Votes
from portal.committee.states import DecisionKind, Outcome
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


@APPLICATION.guard("pronounced")
def pronounced(
    application: Application, *, sitting_id: int | None = None, delegation_note: str = "", **_: object
) -> None:
    """An open sitting that may pronounce it, or a delegation put in writing."""
    sitting = db.session.get(Sitting, sitting_id) if sitting_id is not None else None
    may = (
        sitting is not None
        and sitting.kind.pronounces_admissibility
        and sitting.contract_id == application.call.contract_id
        and sitting.call_id in {None, application.call_id}
    )
    check_ground(
        in_sitting=sitting is not None,
        sitting_may=may,
        sitting_status=sitting.status if sitting else None,
        delegation_note=delegation_note,
    )


@APPLICATION.guard("reason_given")
def reason_given(_application: Application, *, reason: str = "", **_: object) -> None:
    if not reason.strip():
        raise Refusal("Indiquez le motif.", "reason")


def propose_admissibility(
    application: Application, outcome: Outcome | None, reason: str, *, actor: Actor, roles: Iterable[str]
) -> AdmissibilityProposal:
    """What the officer puts to whoever pronounces; a new proposal replaces the former."""
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction propose la recevabilité.")
    refuse_recused(actor, application)
    wanted = check_proposal(application.status, outcome, reason)
    proposal = queries.proposal_on(application.id)
    if proposal is None:
        proposal = AdmissibilityProposal(application_id=application.id)
        db.session.add(proposal)
    proposal.outcome, proposal.reason = wanted, reason.strip()
    proposal.proposed_at, proposal.proposed_by_id = clock.now(), actor.person_id
    record(actor, "admissibility.proposed", proposal, outcome=wanted, reason=proposal.reason)
    return proposal


def pronounce_admissibility(
    sitting: Sitting | None,
    application: Application,
    outcome: Outcome | None,
    reason: str,
    delegation_note: str | None = None,
    *,
    votes: Votes | None = None,
    voters: int | None = None,
    seen_decision_id: int | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> Decision:
    """Pronounce that an application is admissible or not, in `sitting` or by a recorded delegation.

    The application moves, and a new decision replaces the former, which stays as it was. A sitting
    dates its decisions. `seen_decision_id` is the decision in force that its author saw (None for none):
    Conflict when another one was recorded since. Raises Refusal on `outcome`, `reason` or `delegation_note`.
    """
    refuse_recused(actor, application)
    db.session.refresh(application, with_for_update=True)
    if outcome is None or outcome not in STEPS:
        raise Refusal("Choisissez recevable ou irrecevable.", "outcome")
    note = (delegation_note or "").strip()
    reason = reason.strip()
    move_application(
        application,
        STEPS[outcome],
        actor=actor,
        roles=roles,
        sitting_id=sitting.id if sitting else None,
        delegation_note=note,
        reason=reason,
    )
    check_unchanged(application, DecisionKind.ADMISSIBILITY, seen_decision_id, outcome)
    return pronounce(
        application,
        DecisionKind.ADMISSIBILITY,
        outcome,
        reason,
        sitting=sitting,
        delegation_note=None if sitting else note,
        votes=votes,
        voters=voters,
        actor=actor,
    )

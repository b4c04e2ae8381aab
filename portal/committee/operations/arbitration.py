"""Arbitrating in a sitting: a decision, an amount for each funding line, the application decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.calls.models import Application, FundingLine
from portal.calls.operations.cycle import move_application, move_funding
from portal.calls.operations.table_changes import touch_call
from portal.calls.rules import cycle
from portal.calls.states import ApplicationStatus
from portal.committee.models import AgendaItem, Decision, Sitting
from portal.committee.operations.decisions import check_unchanged, pronounce
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import sittings as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.rules.arbitration import Line, arbitrated, check_reason
from portal.committee.rules.votes import Votes, check_votes
from portal.committee.states import DecisionKind, Outcome, SittingStatus
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.refusals import Refusal

# -- guards -------------------------------------------------------------------------------------


@cycle.APPLICATION.guard("arbitrated_in_sitting")
def arbitrated_in_sitting(
    application: Application, *, sitting_id: int | None = None, delegation_note: str = "", **_: object
) -> None:
    """An open sitting that arbitrates, with the application on its agenda and its quorum there.

    What waits on the complementary list may be promoted by a delegation put in writing.
    """
    if sitting_id is None and delegation_note.strip():
        _check_waits(application)
        return
    sitting = db.session.get(Sitting, sitting_id) if sitting_id is not None else None
    if sitting is None or not sitting.kind.arbitrates:
        raise Refusal("L’arbitrage se prononce dans une séance du comité de pilotage.")
    _check_open(sitting)
    if application.id not in {item.application_id for item in sitting.agenda}:
        raise Refusal("Ce dossier n’est pas à l’ordre du jour de la séance.")
    queries.quorum_on(sitting, application).check()


@cycle.APPLICATION.guard("outcome_explained")
def outcome_explained(_application: Application, *, outcome: Outcome, reason: str = "", **_: object) -> None:
    check_reason(outcome, reason)


@cycle.FUNDING.guard("application_admissible")
def application_admissible(line: FundingLine, **_: object) -> None:
    if line.application.status not in {ApplicationStatus.ADMISSIBLE, ApplicationStatus.DECIDED}:
        raise Refusal("Le dossier n’est pas recevable, ou sa recevabilité n’est pas encore prononcée.")


@cycle.FUNDING.guard("sitting_open")
def sitting_open(_line: FundingLine, *, sitting_id: int | None = None, delegation_note: str = "", **_: object) -> None:
    if sitting_id is None and delegation_note.strip():
        return
    sitting = db.session.get(Sitting, sitting_id) if sitting_id is not None else None
    if sitting is None:
        raise Refusal("L’arbitrage se prononce dans une séance du comité de pilotage.")
    _check_open(sitting)


def _check_open(sitting: Sitting) -> None:
    if sitting.status is not SittingStatus.OPEN:
        raise Refusal(f"La séance n’est pas ouverte : elle est « {sitting.status.label.lower()} ».")


def _check_waits(application: Application) -> None:
    standing = standing_decision(application.id, DecisionKind.ARBITRATION)
    if standing is None or standing.outcome is not Outcome.WAITING_LIST:
        raise Refusal("Seul un dossier de la liste complémentaire est promu par délégation.")


# -- acts of the sitting ------------------------------------------------------------------------


def arbitrate(
    item: AgendaItem,
    outcome: Outcome,
    reason: str,
    amounts: Mapping[int, int | None],
    *,
    waiting_rank: int | None = None,
    votes: Votes | None = None,
    seen_decision_id: int | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> Decision:
    """Record what the sitting arbitrates: `amounts` are cents by funding line id.

    `seen_decision_id` is the decision in force that its author saw (None for none): Conflict when
    another one was recorded since. Raises Refusal on `outcome`, `reason`, `waiting_rank`,
    `votes_for` or `amount_<line id>`.
    """
    application, sitting = item.application, item.sitting
    check_votes(votes, counted=sitting.kind.votes, voices=queries.voices_on(sitting, application), outcome=outcome)
    ground = Ground(sitting=sitting, votes=votes, voters=queries.quorum_on(sitting, application).present)
    return record_arbitration(
        application,
        outcome,
        reason,
        amounts,
        ground,
        waiting_rank=waiting_rank,
        seen_decision_id=seen_decision_id,
        actor=actor,
        roles=roles,
    )


@dataclass(frozen=True)
class Ground:
    """What an arbitration rests on: a sitting with its votes, or a delegation put in writing."""

    sitting: Sitting | None = None
    votes: Votes | None = None
    voters: int | None = None
    delegation_note: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """What the guards of the steps read."""
        return {"sitting_id": self.sitting.id if self.sitting else None, "delegation_note": self.delegation_note}


def record_arbitration(
    application: Application,
    outcome: Outcome,
    reason: str,
    amounts: Mapping[int, int | None],
    ground: Ground,
    *,
    waiting_rank: int | None = None,
    seen_decision_id: int | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> Decision:
    """Move an application and its funding lines by a decision that replaces the one in force."""
    roles = set(roles)
    refuse_recused(actor, application)
    db.session.refresh(application, with_for_update=True)
    check_unchanged(application, DecisionKind.ARBITRATION, seen_decision_id, outcome)
    move_application(application, "decide", actor=actor, roles=roles, outcome=outcome, reason=reason, **ground.values)
    lines = {line.id: line for line in application.funding_lines}
    moved = arbitrated(outcome, waiting_rank, amounts, [as_rule(line) for line in lines.values()])
    decision = pronounce(
        application,
        DecisionKind.ARBITRATION,
        outcome,
        reason,
        sitting=ground.sitting,
        delegation_note=ground.delegation_note.strip() or None,
        waiting_rank=waiting_rank if outcome is Outcome.WAITING_LIST else None,
        amounts=moved,
        votes=ground.votes,
        voters=ground.voters,
        actor=actor,
    )
    for line_id, cents in moved.items():
        lines[line_id].arbitrated_cents = cents
        move_funding(lines[line_id], "arbitrate", actor=actor, roles=roles, amount_cents=cents, **ground.values)
    bump_table(application.call_id)
    return decision


def as_rule(line: FundingLine) -> Line:
    """The line as the rules of the arbitration read it."""
    return Line(line.id, line.status, line.requested_cents, line.granted_cents, line.proposed_cents)


def bump_table(call_id: int) -> None:
    """Tell the pages of the programming table that something in it changed.

    Which lines and applications, `move_funding` and `move_application` say by themselves.
    """
    touch_call(call_id)

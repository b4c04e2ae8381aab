"""Arbitrating in a sitting: a decision, an amount for each funding line, the application decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from portal.calls.models import Application, Call, FundingLine
from portal.calls.operations.cycle import move_application, move_funding
from portal.calls.rules import cycle
from portal.calls.states import ApplicationStatus
from portal.committee.models import AgendaItem, Decision, Sitting
from portal.committee.operations.admissibility import pronounce_admissibility
from portal.committee.operations.decisions import pronounce
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import sittings as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.rules.arbitration import Line, arbitrated, check_reason
from portal.committee.states import DecisionKind, Outcome, SittingStatus
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.refusals import Conflict, Refusal

# -- guards -------------------------------------------------------------------------------------


@cycle.APPLICATION.guard("arbitrated_in_sitting")
def arbitrated_in_sitting(application: Application, *, sitting_id: int | None = None, **_: object) -> None:
    """An open sitting that arbitrates, with the application on its agenda and its quorum there."""
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
def sitting_open(_line: FundingLine, *, sitting_id: int | None = None, **_: object) -> None:
    sitting = db.session.get(Sitting, sitting_id) if sitting_id is not None else None
    if sitting is None:
        raise Refusal("L’arbitrage se prononce dans une séance du comité de pilotage.")
    _check_open(sitting)


def _check_open(sitting: Sitting) -> None:
    if sitting.status is not SittingStatus.OPEN:
        raise Refusal(f"La séance n’est pas ouverte : elle est « {sitting.status.label.lower()} ».")


# -- acts of the sitting ------------------------------------------------------------------------


def arbitrate(
    item: AgendaItem,
    outcome: Outcome,
    reason: str,
    amounts: Mapping[int, int | None],
    *,
    waiting_rank: int | None = None,
    seen_decision_id: int | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> Decision:
    """Record what the sitting arbitrates: `amounts` are cents by funding line id.

    `seen_decision_id` is the decision in force that its author saw (None for none): Conflict when
    another one was recorded since. Raises Refusal on `outcome`, `reason`, `waiting_rank` or
    `amount_<line id>`.
    """
    application, sitting, roles = item.application, item.sitting, set(roles)
    refuse_recused(actor, application)
    db.session.refresh(application, with_for_update=True)
    _check_unchanged(application, seen_decision_id, outcome)
    move_application(
        application, "decide", actor=actor, roles=roles, sitting_id=sitting.id, outcome=outcome, reason=reason
    )
    lines = {line.id: line for line in application.funding_lines}
    moved = arbitrated(outcome, waiting_rank, amounts, [_as_rule(line) for line in lines.values()])
    rank = waiting_rank if outcome is Outcome.WAITING_LIST else None
    decision = pronounce(
        application,
        DecisionKind.ARBITRATION,
        outcome,
        reason,
        sitting=sitting,
        waiting_rank=rank,
        amounts=moved,
        actor=actor,
    )
    for line_id, cents in moved.items():
        lines[line_id].arbitrated_cents = cents
        move_funding(lines[line_id], "arbitrate", actor=actor, roles=roles, sitting_id=sitting.id, amount_cents=cents)
    bump_table(application.call_id)
    return decision


def _as_rule(line: FundingLine) -> Line:
    return Line(line.id, line.status, line.requested_cents, line.granted_cents)


def _check_unchanged(application: Application, seen_decision_id: int | None, outcome: Outcome) -> None:
    standing = standing_decision(application.id, DecisionKind.ARBITRATION)
    if standing is not None and standing.id != seen_decision_id:
        raise Conflict(
            "Une décision vient d’être enregistrée sur ce dossier. Comparez ; valider à nouveau la remplacera.",
            theirs=f"{standing.outcome.label}. {standing.reason}".strip(),
            mine=outcome.label,
        )


def pronounce_block(
    sitting: Sitting,
    applications: Collection[Application],
    outcome: Outcome | None,
    reason: str,
    *,
    actor: Actor,
    roles: Iterable[str],
) -> list[Decision]:
    """Pronounce the same admissibility on several applications of the agenda, all or none."""
    if not applications:
        raise Refusal("Choisissez au moins un dossier.")
    on_agenda = {item.application_id for item in sitting.agenda}
    decisions = []
    for application in applications:
        if application.id not in on_agenda:
            raise Refusal(f"Le dossier {application.reference} n’est pas à l’ordre du jour de la séance.")
        queries.quorum_on(sitting, application).check()
        decisions.append(pronounce_admissibility(sitting, application, outcome, reason, actor=actor, roles=roles))
    for call_id in {application.call_id for application in applications}:
        bump_table(call_id)
    return decisions


def bump_table(call_id: int) -> None:
    """Tell the pages of the programming table that something in it changed."""
    db.session.execute(
        sa.update(Call).where(Call.id == call_id).values(table_revision=Call.table_revision + 1),
        execution_options={"synchronize_session": False},
    )

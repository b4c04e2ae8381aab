"""Deciding of several applications at once: all or none, each with its own decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.calls.models import Application
from portal.committee.models import AgendaItem, Decision, Sitting
from portal.committee.operations.admissibility import pronounce_admissibility
from portal.committee.operations.arbitration import arbitrate, as_rule, bump_table
from portal.committee.operations.decisions import check_unchanged
from portal.committee.queries import sittings as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.queries.waiting_list import last_rank
from portal.committee.rules.admissibility import STEPS
from portal.committee.rules.arbitration import as_proposed
from portal.committee.rules.blocks import BlockOutcome
from portal.committee.rules.votes import Votes, check_votes
from portal.committee.states import DecisionKind, Outcome
from portal.foundation.actors import Actor
from portal.foundation.refusals import Conflict, Refusal


@dataclass(frozen=True)
class BlockLine:
    """One application of a block: its own reason, and the decisions in force that its author saw."""

    application: Application
    reason: str = ""
    seen: frozenset[int] = frozenset()

    def seen_of(self, kind: DecisionKind) -> int | None:
        """The decision in force of a kind, if it was seen."""
        standing = standing_decision(self.application.id, kind)
        return standing.id if standing is not None and standing.id in self.seen else None


def decide_block(
    sitting: Sitting,
    lines: Sequence[BlockLine],
    outcome: BlockOutcome,
    reason: str,
    *,
    votes: Votes | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> list[Decision]:
    """The same outcome for several applications of the agenda, all or none.

    A line without a reason of its own takes `reason`. Raises Refusal on `outcome`, `reason` or
    `votes_for`, beginning with the number of the application it is about.
    """
    if not lines:
        raise Refusal("Choisissez au moins un dossier.")
    items = {item.application_id: item for item in sitting.agenda}
    decisions = []
    for line in lines:
        try:
            decisions.append(
                _decide(sitting, items, line, outcome, line.reason or reason, votes, actor=actor, roles=set(roles))
            )
        except Refusal as refusal:
            raise _about(line.application, refusal, alone=len(lines) == 1) from None
    return decisions


def _about(application: Application, refusal: Refusal, *, alone: bool) -> Refusal:
    """The refusal of one line, told with its number when there are others."""
    if alone:
        return refusal
    message = f"Dossier {application.reference} : {refusal.message}"
    field = refusal.field if refusal.field in ("reason", "votes_for", "outcome") else None
    if isinstance(refusal, Conflict):
        return Conflict(message, theirs=refusal.theirs, mine=refusal.mine)
    return Refusal(message, field)


def _decide(
    sitting: Sitting,
    items: Mapping[int, AgendaItem],
    line: BlockLine,
    outcome: BlockOutcome,
    reason: str,
    votes: Votes | None,
    *,
    actor: Actor,
    roles: set[str],
) -> Decision:
    item = items.get(line.application.id)
    if item is None:
        raise Refusal("il n’est pas à l’ordre du jour de la séance.")
    if outcome.wanted in STEPS:
        return pronounce_item(
            item,
            outcome.wanted,
            reason,
            votes=votes,
            seen_decision_id=line.seen_of(DecisionKind.ADMISSIBILITY),
            actor=actor,
            roles=roles,
        )
    chosen, amounts = outcome.wanted, dict[int, int | None]()
    if outcome is BlockOutcome.AS_PROPOSED:
        chosen, amounts = as_proposed([as_rule(each) for each in line.application.funding_lines])
    rank = last_rank(line.application.call_id) + 1 if chosen is Outcome.WAITING_LIST else None
    return arbitrate(
        item,
        chosen,
        reason,
        amounts,
        waiting_rank=rank,
        votes=votes,
        seen_decision_id=line.seen_of(DecisionKind.ARBITRATION),
        actor=actor,
        roles=roles,
    )


def pronounce_item(
    item: AgendaItem,
    outcome: Outcome,
    reason: str,
    *,
    votes: Votes | None = None,
    seen_decision_id: int | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> Decision:
    """The admissibility of one application of the agenda, with its quorum and its votes."""
    sitting, application = item.sitting, item.application
    quorum = queries.quorum_on(sitting, application)
    quorum.check()
    check_votes(votes, counted=sitting.kind.votes, voices=queries.voices_on(sitting, application), outcome=outcome)
    check_unchanged(application, DecisionKind.ADMISSIBILITY, seen_decision_id, outcome)
    decision = pronounce_admissibility(
        sitting,
        application,
        outcome,
        reason,
        votes=votes,
        voters=quorum.present,
        seen_decision_id=seen_decision_id,
        actor=actor,
        roles=roles,
    )
    bump_table(application.call_id)
    return decision

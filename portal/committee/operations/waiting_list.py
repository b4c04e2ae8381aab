"""The complementary list: put in another order, and promoted when money comes back.

Ranks stand on decisions, which are never edited: another order is other decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from portal.calls.models import Application, Call
from portal.committee.models import Decision, Sitting
from portal.committee.operations.agenda import add_to_agenda
from portal.committee.operations.arbitration import Ground, as_rule, record_arbitration
from portal.committee.queries import sittings
from portal.committee.queries import waiting_list as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.rules.arbitration import Line, as_proposed
from portal.committee.rules.waiting_list import checked_ranks, lacking
from portal.committee.states import DecisionKind, Outcome
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal


def reorder(
    call: Call,
    sitting: Sitting | None,
    ranks: Mapping[int, int | None],
    seen: Mapping[int, int | None],
    *,
    actor: Actor,
    roles: Iterable[str],
) -> int:
    """Give the applications of the list other ranks, by decisions of an open sitting; how many changed.

    `ranks` and `seen` (the decision that its author read) are by application id. Raises Refusal on
    `rank_<id>`, Conflict with both orders when somebody changed the list since it was read.
    """
    if sitting is None:
        raise Refusal("L’ordre de la liste complémentaire se change dans une séance ouverte qui arbitre.")
    # Not the call: it is held last, by whoever has all the other locks.
    db.session.refresh(sitting, with_for_update={"key_share": True})
    wanted = checked_ranks(ranks, queries.ranks_beside(call.id, ranks))
    _check_seen(wanted, seen)
    changed = []
    for application in sittings.applications(list(wanted)):
        standing = standing_decision(application.id, DecisionKind.ARBITRATION)
        if standing is None or standing.outcome is not Outcome.WAITING_LIST or application.call_id != call.id:
            raise Refusal("La liste complémentaire a changé entre-temps : reprenez son ordre.")
        if standing.waiting_rank != wanted[application.id]:
            changed.append((application, standing))
    if not changed:
        raise Refusal("L’ordre est déjà celui-là.")
    add_to_agenda(sitting, [application for application, _standing in changed], actor=actor)
    for application, standing in changed:
        ground = Ground(sitting=sitting, voters=sittings.quorum_on(sitting, application).present)
        record_arbitration(
            application,
            Outcome.WAITING_LIST,
            standing.reason,
            {},
            ground,
            waiting_rank=wanted[application.id],
            seen_decision_id=standing.id,
            actor=actor,
            roles=roles,
        )
    record(actor, "waiting_list.reordered", call, ranks={str(key): rank for key, rank in wanted.items()})
    return len(changed)


def _check_seen(wanted: Mapping[int, int], seen: Mapping[int, int | None]) -> None:
    standing = {
        application: standing_decision(application.id, DecisionKind.ARBITRATION)
        for application in sittings.applications(list(wanted))
    }
    if any(each is not None and each.id != seen.get(application.id) for application, each in standing.items()):
        raise Conflict(
            "La liste complémentaire a changé depuis que vous l’avez lue. "
            "Comparez ; enregistrer à nouveau lui donnera votre ordre.",
            theirs={each.reference: str(told.waiting_rank or "–") for each, told in standing.items() if told},
            mine={each.reference: str(wanted[each.id]) for each in standing},
        )


def promote(
    application: Application,
    reason: str,
    delegation_note: str,
    *,
    seen_decision_id: int | None,
    actor: Actor,
    roles: Iterable[str],
) -> Decision:
    """Retain an application of the list as proposed, by a delegation put in writing.

    Raises Refusal on `delegation_note` and `reason`, or when the envelopes do not suffice.
    """
    if not delegation_note.strip():
        raise Refusal("Indiquez la délégation qui permet de promouvoir hors séance.", "delegation_note")
    if not reason.strip():
        raise Refusal("Indiquez le motif : quel crédit s’est libéré.", "reason")
    _check_carried(application)
    lines = [as_rule(line) for line in application.funding_lines]
    outcome, amounts = as_proposed([line if line.proposed_cents is not None else _as_asked(line) for line in lines])
    standing = standing_decision(application.id, DecisionKind.ARBITRATION)
    decision = record_arbitration(
        application,
        outcome,
        reason,
        amounts,
        Ground(delegation_note=delegation_note),
        seen_decision_id=seen_decision_id,
        actor=actor,
        roles=roles,
    )
    rank = standing.waiting_rank if standing else None
    record(actor, "waiting_list.promoted", application, rank=rank, delegation=delegation_note.strip())
    return decision


def _check_carried(application: Application) -> None:
    """What lacks is not told in figures: its author may have stepped out of a part of the envelope."""
    wanted = queries.wanted_of(application)
    left = {each.id: each.left_cents for each in queries.envelopes_left(application.call)}
    if lacking(wanted, left):
        raise Refusal("Les enveloppes ne suffisent pas pour promouvoir ce dossier.")


def _as_asked(line: Line) -> Line:
    """A funder who proposed nothing is counted for what it was asked."""
    return replace(line, proposed_cents=line.requested_cents)

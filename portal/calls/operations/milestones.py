"""The Direction lays the steps of a call, moves them, marks them done. They go on after the call has ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.calls.models import Call, CallMilestone
from portal.calls.operations.calling_changes import shown
from portal.calls.queries.milestones import left_to_do, terms_of
from portal.calls.rules import milestones as rules
from portal.calls.rules.milestones import MilestoneTerms
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Conflict, Refusal

STALE = "Cette étape a été modifiée entre-temps. Comparez les deux saisies, puis enregistrez celle à garder."


def add_milestone(call: Call, terms: MilestoneTerms, *, actor: Actor) -> CallMilestone:
    """Lay one step. Raises Refusal beside an end that precedes its start."""
    made = lay(call, terms)
    record(actor, "call.milestone_added", call, **asdict(terms))
    return made


def lay(call: Call, terms: MilestoneTerms) -> CallMilestone:
    """A step of the call, without its event: for whoever lays several at once."""
    terms.check()
    made = CallMilestone(call_id=call.id, changed_at=clock.now(), **asdict(terms))
    db.session.add(made)
    db.session.flush()
    return made


def adopt_offered(call: Call, numbers: Sequence[int], *, actor: Actor) -> int:
    """Lay the usual steps chosen by their number in `rules.offered`; returns how many."""
    offered = rules.offered(call.closes_at)
    chosen = [terms for number, terms in enumerate(offered) if number in set(numbers)]
    if not chosen:
        raise Refusal("Choisissez au moins une étape.", "steps")
    for terms in chosen:
        lay(call, terms)
    record(actor, "call.milestones_adopted", call, labels=[terms.label for terms in chosen])
    return len(chosen)


def change_milestone(
    call: Call, milestone: CallMilestone, terms: MilestoneTerms, *, version: int, actor: Actor
) -> None:
    """Raises Conflict with both values when somebody wrote the step since `version`."""
    terms.check()
    _claim(milestone, version, mine=terms)
    before, after = asdict(terms_of(milestone)), asdict(terms)
    for name, value in after.items():
        setattr(milestone, name, value)
    changes: dict[str, Any] = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    record(actor, "call.milestone_changed", call, step=terms.label, **changes)


def remove_milestone(call: Call, milestone: CallMilestone, *, version: int, actor: Actor) -> None:
    _claim(milestone, version, mine=terms_of(milestone))
    record(actor, "call.milestone_removed", call, label=milestone.label, starts_on=milestone.starts_on)
    db.session.delete(milestone)


def mark_done(call: Call, milestone: CallMilestone, *, is_done: bool, actor: Actor) -> None:
    """Say that a step is done, or that it is not after all; said twice, it changes nothing."""
    if (milestone.done_at is not None) is is_done:
        return
    milestone.done_at = clock.now() if is_done else None
    milestone.done_by_id = actor.person_id if is_done else None
    _touch(milestone)
    record(actor, "call.milestone_done" if is_done else "call.milestone_undone", call, label=milestone.label)


def shift_left_to_do(call: Call, days: int, *, actor: Actor) -> int:
    """Move the steps not done yet by some days, off the week-ends; returns how many."""
    rules.check_shift(days)
    steps = left_to_do(call.id)
    if not steps:
        raise Refusal("Aucune étape ne reste à faire.")
    for milestone in steps:
        later = rules.days_later(terms_of(milestone), days)
        milestone.starts_on, milestone.ends_on = later.starts_on, later.ends_on
        _touch(milestone)
    record(actor, "call.milestones_shifted", call, days=days, labels=[milestone.label for milestone in steps])
    return len(steps)


def _touch(milestone: CallMilestone) -> None:
    milestone.version += 1
    milestone.changed_at = clock.now()


def _claim(milestone: CallMilestone, version: int, *, mine: MilestoneTerms) -> None:
    """Take the next version of a step for oneself; the row stays locked until the unit of work ends."""
    taken = db.session.execute(
        sa.update(CallMilestone)
        .where(CallMilestone.id == milestone.id, CallMilestone.version == version)
        .values(version=CallMilestone.version + 1, changed_at=clock.now()),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(milestone)
    if not cast(CursorResult[Any], taken).rowcount:
        raise Conflict(STALE, theirs=shown(asdict(terms_of(milestone))), mine=shown(asdict(mine)))

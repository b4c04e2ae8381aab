"""The rétroplanning of a call: its own dates among the steps laid around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from portal.calls.models import Call, CallMilestone
from portal.calls.queries.calling import dates_of
from portal.calls.rules.milestones import MilestoneTerms, PlanLine, in_order, own_lines, state_of
from portal.calls.states import CallKind, MilestoneState
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.periods import to_paris

SOON = timedelta(days=21)
"""How far ahead the Direction's home looks."""
SHOWN = 8


def plan_of(call: Call, *, public_only: bool = False) -> list[PlanLine]:
    """The dates of the call and its steps, in order; one query. `public_only` leaves the internal ones out."""
    wanted = sa.select(CallMilestone).where(CallMilestone.call_id == call.id)
    if public_only:
        wanted = wanted.where(CallMilestone.is_public)
    now = clock.now()
    today = to_paris(now).date()
    steps = [_line(milestone, today) for milestone in db.session.scalars(wanted)]
    return in_order([*own_lines(dates_of(call), now), *steps])


def _line(milestone: CallMilestone, today: date) -> PlanLine:
    is_done = milestone.done_at is not None
    return PlanLine(
        id=milestone.id,
        code=f"step-{milestone.id}",
        label=milestone.label,
        concerns=milestone.concerns,
        starts_on=milestone.starts_on,
        ends_on=milestone.ends_on,
        at=None,
        is_public=milestone.is_public,
        done_at=milestone.done_at,
        changed_at=milestone.changed_at,
        version=milestone.version,
        state=state_of(milestone.starts_on, milestone.ends_on, is_done=is_done, today=today),
        kind=milestone.kind,
    )


def terms_of(milestone: CallMilestone) -> MilestoneTerms:
    """A step as it is laid down."""
    return MilestoneTerms(**{name: getattr(milestone, name) for name in MilestoneTerms.__dataclass_fields__})


def milestone_of(call_id: int, milestone_id: int) -> CallMilestone | None:
    """A step of that very call."""
    found = sa.select(CallMilestone).where(CallMilestone.id == milestone_id, CallMilestone.call_id == call_id)
    return db.session.scalars(found).one_or_none()


def steps_of(call_id: int) -> list[CallMilestone]:
    """The steps of a call, the first to come first."""
    found = sa.select(CallMilestone).where(CallMilestone.call_id == call_id)
    return list(db.session.scalars(found.order_by(CallMilestone.starts_on, CallMilestone.id)))


def left_to_do(call_id: int) -> list[CallMilestone]:
    """The steps of a call not done yet, the first to come first."""
    return [milestone for milestone in steps_of(call_id) if milestone.done_at is None]


@dataclass(frozen=True)
class DueStep:
    """A step late or near, on the Direction's home."""

    call_id: int
    call_title: str
    label: str
    concerns: str | None
    starts_on: date
    ends_on: date | None
    state: MilestoneState


def due_steps(contract_ids: Sequence[int]) -> list[DueStep]:
    """The steps of these contracts' calls that are late or begin soon, the first ones; one query."""
    today = to_paris(clock.now()).date()
    rows = db.session.execute(
        sa.select(
            Call.id,
            Call.title,
            CallMilestone.label,
            CallMilestone.concerns,
            CallMilestone.starts_on,
            CallMilestone.ends_on,
        )
        .join(Call, Call.id == CallMilestone.call_id)
        .where(
            Call.contract_id.in_(list(contract_ids)),
            Call.kind != CallKind.PAST,
            CallMilestone.done_at.is_(None),
            CallMilestone.starts_on <= today + SOON,
        )
        .order_by(CallMilestone.starts_on, CallMilestone.id)
        .limit(SHOWN)
    )
    return [
        # mypy does not count the columns of a row that is unpacked.
        DueStep(*row, state_of(row.starts_on, row.ends_on, is_done=False, today=today))  # type: ignore[call-arg]  # a row has the other six, in order
        for row in rows
    ]

"""What a selection of the agenda adds up to, before a block decides of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import Application, Call, FundingLine
from portal.committee.models import Decision
from portal.committee.queries.waiting_list import envelopes_left, only_envelopes
from portal.committee.rules.arbitration import ARBITRABLE
from portal.committee.rules.blocks import Effect, FunderSum, effects
from portal.contracts.models import Funder
from portal.extensions import db


@dataclass(frozen=True)
class Selection:
    """Sums by funder, and what retaining as proposed would leave of each envelope."""

    funders: tuple[FunderSum, ...]
    effects: tuple[Effect, ...]


def selection_of(application_ids: Collection[int], visible: sa.Select[tuple[int]]) -> Selection:
    """The sums of a selection, and its effect on the envelopes as its reader may see them."""
    rows = db.session.execute(
        sa.select(FundingLine, Application.call_id, Funder.name)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id.in_(application_ids))
        .order_by(Funder.position, Funder.name)
    ).all()
    calls = {call.id: call for call in db.session.scalars(sa.select(Call).where(Call.id.in_({row[1] for row in rows})))}
    only = {call_id: only_envelopes(call) for call_id, call in calls.items()}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    taken: dict[int, int] = defaultdict(int)
    for line, call_id, funder in rows:
        sums[funder][0] += line.requested_cents or 0
        sums[funder][1] += line.proposed_cents or 0
        envelope = line.envelope_id or only[call_id].get((line.funder_id, line.nature))
        # What is granted, refused or filed elsewhere keeps what it has, whatever was proposed.
        if envelope is not None and line.status in ARBITRABLE:
            # What is arbitrated already is in the envelope's count: only the difference moves.
            taken[envelope] += (line.proposed_cents or 0) - (line.arbitrated_cents or 0)
    left = [
        (each.id, each.name, each.amount_cents, each.left_cents)
        for call in calls.values()
        for each in envelopes_left(call, visible)
    ]
    return Selection(
        tuple(FunderSum(funder, requested, proposed) for funder, (requested, proposed) in sums.items()),
        tuple(effects(left, taken)),
    )


def standing_ids(application_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The decisions in force of each application that has some."""
    rows = db.session.execute(
        sa.select(Decision.application_id, Decision.id).where(
            Decision.application_id.in_(application_ids), Decision.superseded_at.is_(None)
        )
    )
    found: dict[int, frozenset[int]] = {}
    for application_id, decision_id in rows:
        found[application_id] = found.get(application_id, frozenset()) | {decision_id}
    return found

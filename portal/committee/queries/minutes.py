"""What the minutes of a sitting tell, gathered from its rows."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import FundingLine
from portal.committee.models import DecisionAmount, Sitting
from portal.committee.queries.sittings import AgendaRow, agenda
from portal.committee.rules.minutes import Attendee, Item, Minutes
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation.web.formats import date_fr


def minutes_of(sitting: Sitting) -> Minutes:
    """The whole sitting, whoever reads: the same number of queries whatever the items."""
    rows = agenda(sitting, None).rows
    amounts = _amounts([decision.id for row in rows for decision in row.decisions.values()])
    return Minutes(
        kind=sitting.kind.label,
        held_on=date_fr(sitting.held_on),
        place=sitting.place or "",
        call=sitting.call.title if sitting.call else "",
        quorum=sitting.kind.quorum,
        arbitrates=sitting.kind.arbitrates,
        attendees=tuple(
            Attendee(member.name, member.capacity, member.is_voting, bool(member.is_present))
            for member in sitting.members
        ),
        items=tuple(_item(row, amounts) for row in rows),
    )


def _item(row: AgendaRow, amounts: dict[int, tuple[tuple[str, int], ...]]) -> Item:
    told = list(row.decisions.values())
    last = told[-1] if told else None
    return Item(
        row.reference,
        row.title,
        row.organisation,
        row.recused,
        last.outcome.label if last else None,
        last.reason if last else "",
        last.waiting_rank if last else None,
        amounts.get(last.id, ()) if last else (),
    )


def _amounts(decision_ids: list[int]) -> dict[int, tuple[tuple[str, int], ...]]:
    """What each decision gives by funder, in their order."""
    rows = db.session.execute(
        sa.select(DecisionAmount.decision_id, Funder.name, sa.func.sum(DecisionAmount.amount_cents))
        .join(FundingLine, FundingLine.id == DecisionAmount.funding_line_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(DecisionAmount.decision_id.in_(decision_ids))
        .group_by(DecisionAmount.decision_id, Funder.id, Funder.name, Funder.position)
        .order_by(DecisionAmount.decision_id, Funder.position, Funder.name)
    )
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    for decision_id, funder, cents in rows:
        found[decision_id] = (*found.get(decision_id, ()), (funder, int(cents)))
    return found

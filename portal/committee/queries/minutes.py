"""What the minutes of a sitting tell, gathered from its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.calls.models import FundingLine
from portal.committee.models import Decision, DecisionAmount, Letter, Sitting
from portal.committee.queries.attendance import attendance_of, when_and_where
from portal.committee.queries.sittings import AgendaRow, agenda
from portal.committee.rules.minutes import Amount, Attendee, Former, Item, Minutes, Topic, blocks
from portal.committee.rules.votes import Votes
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation.dates import date_fr


def minutes_document(sitting: Sitting, number: int, *, draft: bool) -> dict[str, Any]:
    """The contents of the minutes, or of their draft before the sitting is closed."""
    return {
        "kicker": "Projet de relevé de décisions" if draft else "Relevé de décisions",
        "landscape": True,
        "footer": "Projet, avant clôture de la séance" if draft else f"Version {number}",
        "blocks": blocks(minutes_of(sitting, number=number, draft=draft)),
    }


def minutes_of(sitting: Sitting, *, number: int = 1, draft: bool = False) -> Minutes:
    """The whole sitting, whoever reads: the same number of queries whatever the items."""
    rows = agenda(sitting, None).rows
    last = {row.application_id: _last(row) for row in rows}
    ids = [decision.id for decision in last.values() if decision is not None]
    amounts, formers = _amounts(ids), _formers(ids)
    return Minutes(
        terms=tuple((name, value) for name, value in when_and_where(sitting)),
        quorum=sitting.kind.quorum,
        arbitrates=sitting.kind.arbitrates,
        decision_word=sitting.kind.decision_word,
        attendees=tuple(
            Attendee(member.name, member.capacity, member.is_voting, told) for member, told in attendance_of(sitting)
        ),
        items=tuple(_item(row, last[row.application_id], amounts, formers) for row in rows),
        topics=tuple(Topic(topic.words, topic.conclusion, topic.comes_first) for topic in sitting.topics),
        draft=draft,
        number=number,
    )


def _last(row: AgendaRow) -> Decision | None:
    told = list(row.decisions.values())
    return told[-1] if told else None


def _item(
    row: AgendaRow, last: Decision | None, amounts: dict[int, tuple[Amount, ...]], formers: dict[int, Former]
) -> Item:
    if last is None:
        return Item(row.reference, row.title, row.organisation, row.recused, None, "")
    return Item(
        row.reference,
        row.title,
        row.organisation,
        row.recused,
        last.outcome.label,
        last.reason,
        last.waiting_rank,
        amounts.get(last.id, ()),
        last.voters_present,
        votes_of(last),
        formers.get(last.id),
        date_fr(last.superseded_at) if last.superseded_at else None,
    )


def votes_of(decision: Decision) -> Votes | None:
    """The votes counted on a decision, None when nobody voted."""
    if decision.votes_for is None:
        return None
    return Votes(decision.votes_for, decision.votes_against or 0, decision.votes_abstained or 0)


def _amounts(decision_ids: Collection[int]) -> dict[int, tuple[Amount, ...]]:
    rows = db.session.execute(
        sa.select(
            DecisionAmount.decision_id,
            Funder.name,
            sa.func.sum(FundingLine.requested_cents),
            sa.func.sum(FundingLine.proposed_cents),
            sa.func.sum(DecisionAmount.amount_cents),
        )
        .join(FundingLine, FundingLine.id == DecisionAmount.funding_line_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(DecisionAmount.decision_id.in_(decision_ids))
        .group_by(DecisionAmount.decision_id, Funder.id, Funder.name, Funder.position)
        .order_by(DecisionAmount.decision_id, Funder.position, Funder.name)
    )
    found: dict[int, tuple[Amount, ...]] = defaultdict(tuple)
    for decision_id, funder, requested, proposed, arbitrated in rows:
        amount = Amount(funder, _whole(requested), _whole(proposed), int(arbitrated))
        found[decision_id] = (*found[decision_id], amount)
    return found


def _whole(cents: Any) -> int | None:
    # PostgreSQL sums BIGINT as NUMERIC.
    return None if cents is None else int(cents)


def _formers(decision_ids: Collection[int]) -> dict[int, Former]:
    """The decision that each of these replaced, when it was not of the same sitting."""
    former = aliased(Decision)
    rows = db.session.execute(
        sa.select(Decision.id, former, Sitting.title)
        .join(
            former,
            sa.and_(
                former.application_id == Decision.application_id,
                former.kind == Decision.kind,
                former.id < Decision.id,
                former.sitting_id.is_distinct_from(Decision.sitting_id),
            ),
        )
        .outerjoin(Sitting, Sitting.id == former.sitting_id)
        .where(Decision.id.in_(decision_ids))
        .order_by(former.id)
    ).all()
    sent = letters_sent([decision.id for _id, decision, _title in rows])
    # The last of the former ones stays: rows come in their order.
    return {
        decision_id: Former(
            decision.outcome.label,
            title or "par délégation",
            date_fr(decision.decided_on),
            date_fr(sent[decision.id]) if decision.id in sent else None,
        )
        for decision_id, decision, title in rows
    }


def letters_sent(decision_ids: Collection[int]) -> dict[int, datetime]:
    """When the first letter that tells each of these decisions left; only those that left."""
    rows = db.session.execute(
        sa.select(Letter.decision_id, sa.func.min(Letter.sent_at))
        .where(Letter.decision_id.in_(decision_ids), Letter.sent_at.is_not(None))
        .group_by(Letter.decision_id)
    )
    return {decision_id: sent_at for decision_id, sent_at in rows if decision_id is not None}

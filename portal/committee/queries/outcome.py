"""What an applicant was told: only what a letter that was sent says."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import FundingLine
from portal.calls.queries.outcome import KnownOutcome, NotifiedLine, SentLetter
from portal.calls.states import FundingStatus
from portal.committee.models import FundingAct, FundingActLine, Letter
from portal.committee.queries.letter_words import act_words
from portal.committee.queries.letters import refusals_told, sent_letters
from portal.extensions import db

NOTIFIED = (FundingStatus.NOTIFIED, FundingStatus.PAID_IN_PART, FundingStatus.PAID)


def known_to_applicant(application_id: int) -> KnownOutcome | None:
    """The decision that sent letters rest on, its reason, and the lines they notify; None before any."""
    sent = sent_letters(application_id)
    decision = next((letter.decision for letter, _at in sent if letter.decision is not None), None)
    if decision is None:
        return None
    return KnownOutcome(
        outcome_label=decision.outcome.label,
        reason=decision.reason,
        decided_on=decision.decided_on,
        lines=tuple(_lines(application_id)),
        letters=tuple(SentLetter(letter.id, _label(letter), f"/courriers/{letter.id}.pdf", at) for letter, at in sent),
    )


def _label(letter: Letter) -> str:
    return f"{letter.kind.label} — {letter.funder.name}" if letter.funder else letter.kind.label


def _lines(application_id: int) -> list[NotifiedLine]:
    refused = refusals_told([application_id])
    rows = db.session.execute(
        sa.select(FundingLine, FundingAct)
        .outerjoin(FundingActLine, FundingActLine.funding_line_id == FundingLine.id)
        .outerjoin(FundingAct, FundingAct.id == FundingActLine.act_id)
        .where(
            FundingLine.application_id == application_id,
            sa.or_(
                FundingLine.status.in_(NOTIFIED),
                sa.and_(FundingLine.status == FundingStatus.REFUSED, FundingLine.id.in_(refused)),
            ),
        )
        .order_by(FundingLine.id)
    )
    return [
        NotifiedLine(
            line.funder.name,
            line.nature.label,
            line.requested_cents,
            line.granted_cents or 0,
            act_words(act) if act else None,
            line.refusal_reason if line.status is FundingStatus.REFUSED else None,
        )
        for line, act in rows
    ]

"""What the import of a funder's amounts compares a file with: a fixed number of queries whatever the lines.

Everything is read through `visible`: a line that its reader stepped out of is unknown here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from portal.accounts.models import Establishment, Organisation
from portal.calls.models import Application, Call, Envelope, FundingLine
from portal.calls.queries.envelopes import steps_out_of_funder
from portal.calls.rules.envelopes import room_left
from portal.calls.states import EnvelopeStatus
from portal.committee.models import Decision, FundingAct, FundingActLine, Payment
from portal.committee.queries.payments import why_frozen
from portal.committee.rules.arbitration import RETAINING
from portal.committee.states import DecisionKind
from portal.exchange.rules.sent import payments, votes
from portal.exchange.rules.sent.matching import KnownLine, KnownLines
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.folding import fold
from portal.foundation.periods import to_paris


def known_lines(call_id: int, funder_id: int, visible: sa.Select[tuple[int]]) -> KnownLines:
    """The lines of a funder in a call, by application; two queries."""
    rows = db.session.execute(
        sa.select(
            FundingLine, Call.year, Application.number, Application.title, Application.status,
            Organisation.id, Organisation.name,
        )
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(
            Application.call_id == call_id, FundingLine.funder_id == funder_id, FundingLine.application_id.in_(visible)
        )
        .order_by(Application.number, FundingLine.id)
    ).all()  # fmt: skip
    sirets = _sirets({organisation_id for *_, organisation_id, _ in rows})
    return KnownLines(
        [
            KnownLine(
                id=line.id,
                application_id=line.application_id,
                reference=f"{year}-{number:03d}",
                title=title,
                organisation=name,
                sirets=frozenset(sirets.get(organisation_id, ())),
                number=line.external_ref,
                nature=line.nature.value,
                nature_label=line.nature.label,
                application_status=status,
                status=line.status,
                requested_cents=line.requested_cents,
                proposed_cents=line.proposed_cents,
                arbitrated_cents=line.arbitrated_cents,
                granted_cents=line.granted_cents,
                paid_cents=line.paid_cents,
                envelope_id=line.envelope_id,
                organisation_id=organisation_id,
                external_status=line.external_status,
            )
            for line, year, number, title, status, organisation_id, name in rows
        ]
    )


def _sirets(organisation_ids: Collection[int]) -> dict[int, list[str]]:
    """The SIRETs of each organisation, those of its past seats too, the last opened first."""
    rows = db.session.execute(
        sa.select(Establishment.organisation_id, Establishment.siret)
        .where(Establishment.organisation_id.in_(organisation_ids))
        .order_by(Establishment.id.desc())
    )
    found: dict[int, list[str]] = {}
    for organisation_id, siret in rows:
        found.setdefault(organisation_id, []).append(siret)
    return found


def known_for_votes(call_id: int, funder_id: int, visible: sa.Select[tuple[int]], viewer_id: int | None) -> votes.Known:
    """What decides of amounts voted."""
    lines = known_lines(call_id, funder_id, visible)
    retained = db.session.scalars(
        sa.select(Decision.application_id).where(
            Decision.kind == DecisionKind.ARBITRATION,
            Decision.superseded_at.is_(None),
            Decision.outcome.in_(RETAINING),
            Decision.application_id.in_({line.application_id for line in lines.lines}),
        )
    )
    return votes.Known(
        lines=lines,
        retained=frozenset(retained),
        recorded=_recorded([line.id for line in lines.lines]),
        acts=_acts_of(funder_id),
        room=None if steps_out_of_funder(viewer_id, call_id, funder_id) else _room(call_id, funder_id),
        today=today(),
    )


def today() -> date:
    return to_paris(clock.now()).date()


def _recorded(line_ids: Collection[int]) -> dict[int, votes.Recorded]:
    rows = db.session.execute(
        sa.select(
            FundingActLine.funding_line_id,
            FundingActLine.amount_cents,
            FundingAct.kind,
            FundingAct.number,
            FundingAct.decided_on,
        )
        .join(FundingAct, FundingAct.id == FundingActLine.act_id)
        .where(FundingActLine.funding_line_id.in_(line_ids))
    )
    return {line: votes.Recorded(cents, votes.Terms(kind, number, on)) for line, cents, kind, number, on in rows}


def _acts_of(funder_id: int) -> frozenset[votes.Terms]:
    rows = db.session.execute(
        sa.select(FundingAct.kind, FundingAct.number, FundingAct.decided_on).where(FundingAct.funder_id == funder_id)
    )
    return frozenset(votes.Terms(*row) for row in rows)


def _room(call_id: int, funder_id: int) -> dict[int, int]:
    """What is left of each notified envelope."""
    rows = db.session.execute(
        sa.select(Envelope.id, Envelope.amount_cents, Envelope.granted_cents).where(
            Envelope.call_id == call_id,
            Envelope.funder_id == funder_id,
            Envelope.status == EnvelopeStatus.NOTIFIED,
        )
    )
    return {envelope_id: room_left(amount, granted) for envelope_id, amount, granted in rows}


def known_for_payments(call_id: int, funder_id: int, visible: sa.Select[tuple[int]]) -> payments.Known:
    """What decides of amounts paid."""
    lines = known_lines(call_id, funder_id, visible)
    ids = [line.id for line in lines.lines]
    return payments.Known(
        lines=lines,
        paid=_paid(ids),
        decided_on={line: recorded.terms.decided_on for line, recorded in _recorded(ids).items()},
        frozen=why_frozen({line.organisation_id for line in lines.lines}),
        today=today(),
    )


def _paid(line_ids: Collection[int]) -> dict[tuple[int, str], payments.Paid]:
    """The payments by line and folded reference; one still standing hides one cancelled."""
    rows = db.session.scalars(
        sa.select(Payment)
        .where(Payment.funding_line_id.in_(line_ids))
        .order_by(Payment.cancelled_at.is_(None), Payment.id)
    )
    return {
        (row.funding_line_id, fold(row.transfer_ref)): payments.Paid(
            row.amount_cents, row.paid_on, row.cancelled_at is not None
        )
        for row in rows
    }

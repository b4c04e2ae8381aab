"""What several people were told while they wrote to the same table, compared with what is kept.

A writer's word is trusted for nothing but itself: the stored amounts, the versions and the journal
must all say what was accepted, no more and no less.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.calls.models import Envelope, EnvelopeRevision, FundingLine
from portal.calls.states import EnvelopeStatus
from portal.committee.models import FundingActLine
from portal.extensions import db
from portal.foundation.events import Event

EVENTS = {
    "propose": "funding.proposed",
    "grant": "funding.granted",
    "refuse": "funding.refused",
    "revise": "envelope.revised",
}
OVERDRAWN = (
    "SELECT id, amount_cents, granted_cents FROM envelope WHERE status = 'notified' AND granted_cents > amount_cents"
)
UNEVEN = (
    "SELECT envelope.id, envelope.granted_cents, SUM(COALESCE(funding_line.granted_cents, 0)) FROM envelope "
    "JOIN funding_line ON funding_line.envelope_id = envelope.id GROUP BY envelope.id, envelope.granted_cents "
    "HAVING envelope.granted_cents <> SUM(COALESCE(funding_line.granted_cents, 0))"
)


@dataclass(frozen=True)
class Told:
    """The answer to one attempt on a line ("propose", "grant", "refuse") or an envelope ("revise"); cents."""

    kind: str
    subject_id: int
    cents: int | None
    accepted: bool
    words: str = ""


def overdrawn(connection: sa.Connection) -> list[str]:
    """The envelopes that are wrong at this very instant: granted beyond notified, or unlike their lines."""
    found = [f"envelope {row[0]}: granted {row[2]} of {row[1]}" for row in connection.exec_driver_sql(OVERDRAWN)]
    uneven = connection.exec_driver_sql(UNEVEN)
    return found + [f"envelope {row[0]}: granted {row[1]}, its lines hold {row[2]}" for row in uneven]


def compared(told: Sequence[Told]) -> list[str]:
    """Everything that differs between what the writers were told and what the database holds."""
    silent = [
        f"{each.kind} {each.subject_id}: refused without a word" for each in told if not (each.accepted or each.words)
    ]
    accepted = [each for each in told if each.accepted]
    with db.engine.connect() as connection:
        wrong = silent + overdrawn(connection)
    db.session.rollback()
    return wrong + _lines(accepted) + _envelopes(accepted) + _acts(accepted)


def _journal(kind: str) -> dict[int, list[dict[str, Any]]]:
    """The details of each event of a kind, by subject, in the order written."""
    rows = db.session.execute(
        sa.select(Event.subject_id, Event.details).where(Event.action == EVENTS[kind]).order_by(Event.id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for subject_id, details in rows:
        found[subject_id].append(details)
    return found


def _lines(accepted: Sequence[Told]) -> list[str]:
    lines = {line.id: line for line in db.session.scalars(sa.select(FundingLine))}
    writes = Counter(each.subject_id for each in accepted if each.kind != "revise")
    wrong = [
        f"line {line.id}: version {line.version}, {writes[line.id]} writes accepted"
        for line in lines.values()
        if line.version != 1 + writes[line.id]
    ]
    proposals = _journal("propose")
    for line in lines.values():
        steps = [details["proposed_cents"] for details in proposals[line.id]]
        wrong += _chain(f"line {line.id}", None, steps, line.proposed_cents, _sent(accepted, "propose", line.id))
    for kind in ("grant", "refuse"):
        journal = {subject: len(events) for subject, events in _journal(kind).items()}
        said = Counter(each.subject_id for each in accepted if each.kind == kind)
        wrong += [f"{kind}: journal {journal}, told {dict(said)}"] if journal != said else []
    return wrong


def _envelopes(accepted: Sequence[Told]) -> list[str]:
    wrong, revisions = [], _journal("revise")
    counted = dict(
        db.session.execute(
            sa.select(EnvelopeRevision.envelope_id, sa.func.count()).group_by(EnvelopeRevision.envelope_id)
        )
        .tuples()
        .all()
    )
    for envelope in db.session.scalars(sa.select(Envelope)):
        sent = _sent(accepted, "revise", envelope.id)
        steps = [details["amount_cents"] for details in revisions[envelope.id]]
        first = steps[0][0] if steps else envelope.amount_cents
        wrong += _chain(f"envelope {envelope.id}", first, steps, envelope.amount_cents, sent)
        if envelope.version != 1 + len(sent) or counted.get(envelope.id, 0) != len(sent):
            wrong.append(f"envelope {envelope.id}: version {envelope.version}, {len(sent)} revisions accepted")
        if envelope.status is EnvelopeStatus.NOTIFIED and envelope.granted_cents > envelope.amount_cents:
            wrong.append(f"envelope {envelope.id}: overdrawn at the end")
    return wrong


def _acts(accepted: Iterable[Told]) -> list[str]:
    kept = dict(
        db.session.execute(sa.select(FundingActLine.funding_line_id, FundingActLine.amount_cents)).tuples().all()
    )
    told = {each.subject_id: each.cents for each in accepted if each.kind == "grant"}
    return [f"acts hold {kept}, told {told}"] if kept != told else []


def _sent(accepted: Iterable[Told], kind: str, subject_id: int) -> list[int | None]:
    return [each.cents for each in accepted if each.kind == kind and each.subject_id == subject_id]


def _chain(
    name: str, first: int | None, steps: Sequence[Sequence[int | None]], stored: int | None, sent: Sequence[int | None]
) -> list[str]:
    """Each write begins where the one before ended, the last is what is stored, and all were accepted."""
    wrong, before = [], first
    for step in steps:
        if step[0] != before:
            wrong.append(f"{name}: a write over {step[0]} came after {before}")
        before = step[1]
    if stored != before:
        wrong.append(f"{name}: holds {stored}, the last write was {before}")
    if Counter(step[1] for step in steps) != Counter(sent):
        wrong.append(f"{name}: journal {[step[1] for step in steps]}, accepted {list(sent)}")
    return wrong

"""Importing what a funder voted and paid: first what it would do, then all of it or nothing.

The acts and the payments are recorded by the committee's own operations: their guards are the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from portal.calls.models import Call, FundingLine
from portal.committee.operations.acts import ActTerms, record_act
from portal.committee.operations.payments import record_payment
from portal.contracts.models import Funder
from portal.exchange.models import ImportRun
from portal.exchange.queries import amounts as queries
from portal.exchange.rules.sent import payments, votes
from portal.exchange.rules.sent.columns import Column, Reader, guessed, is_known
from portal.exchange.rules.sent.payments import PaymentPlan
from portal.exchange.rules.sent.report import Report
from portal.exchange.rules.sent.tables import SentTable, read_table
from portal.exchange.rules.sent.votes import Defaults, VotePlan
from portal.exchange.rules.tables import UnusableTable
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal, Refusals

VOTES, PAYMENTS = "votes", "payments"


@dataclass(frozen=True)
class Sent:
    """A file, for a funder's part of a call, as its sender sees it: `visible` are the applications they may reach."""

    call: Call
    funder: Funder
    path: Path
    name: str
    visible: sa.Select[tuple[int]]
    viewer_id: int | None


def table_of(sent: Sent, columns: tuple[Column, ...]) -> SentTable:
    """The table of a file, with something below its headings. Raises UnusableTable."""
    table = read_table(sent.path, lambda heading: is_known(columns, heading))
    if not table.rows:
        raise UnusableTable("Le fichier n’a aucune ligne sous ses titres de colonnes.")
    return table


def prepare_votes(sent: Sent, defaults: Defaults) -> tuple[str, VotePlan]:
    """The dry run: (the file's digest, what it would do). Raises Refusal on `file`."""
    with told_beside("file"):
        table = table_of(sent, votes.COLUMNS)
        known = queries.known_for_votes(sent.call.id, sent.funder.id, sent.visible, sent.viewer_id)
        return table.sha256, votes.plan_votes(Reader(table, guessed(table, votes.COLUMNS)), defaults, known)


def prepare_payments(sent: Sent) -> tuple[str, PaymentPlan]:
    """The same for amounts paid."""
    with told_beside("file"):
        table = table_of(sent, payments.COLUMNS)
        known = queries.known_for_payments(sent.call.id, sent.funder.id, sent.visible)
        return table.sha256, payments.plan_payments(Reader(table, guessed(table, payments.COLUMNS)), known)


def import_votes(sent: Sent, defaults: Defaults, *, actor: Actor, roles: Iterable[str]) -> VotePlan:
    """Record the acts of a file; one that changes nothing leaves no trace.

    Raises Refusal, and writes nothing, when any row cannot be used.
    """
    lock(sent.call)
    roles = frozenset(roles)
    sha256, plan = prepare_votes(sent, defaults)
    _check(plan)
    for terms, amounts in plan.acts.items():
        act_terms = ActTerms(terms.kind, terms.number, terms.decided_on, defaults.cut_reason)
        with told_by_row({f"amount_{line_id}": row for line_id, row in plan.rows.items()}):
            record_act(sent.call, sent.funder, act_terms, amounts, actor=actor, roles=roles)
    _trace(sent, VOTES, sha256, plan, actor)
    return plan


def import_payments(sent: Sent, *, actor: Actor, roles: Iterable[str]) -> PaymentPlan:
    """Record the payments of a file, under the same terms."""
    lock(sent.call)
    roles = frozenset(roles)
    sha256, plan = prepare_payments(sent)
    _check(plan)
    for each in plan.payments:
        line = db.session.get_one(FundingLine, each.line_id)
        with told_by_row({}, each.row):
            record_payment(line, each.cents, each.paid_on, each.reference, actor=actor, roles=roles)
    _trace(sent, PAYMENTS, sha256, plan, actor)
    return plan


def lock(call: Call) -> None:
    """Two imports of one call wait for each other, so that neither doubles what the other writes."""
    db.session.execute(sa.select(Call.id).where(Call.id == call.id).with_for_update())


def _check(plan: Report) -> None:
    if plan.mistakes:
        raise Refusal(f"{len(plan.mistakes)} ligne(s) à corriger : rien n’a été enregistré.", "file")


def _trace(sent: Sent, kind: str, sha256: str, plan: Report, actor: Actor) -> None:
    if plan.changes_nothing:
        return
    run = ImportRun(
        contract_id=sent.call.contract_id,
        kind=kind,
        year=sent.call.year,
        file_name=sent.name[:200],
        sha256=sha256,
        counts=plan.counts(),
        made_at=clock.now(),
        made_by_id=actor.person_id,
    )
    db.session.add(run)
    record(actor, f"{kind}.imported", sent.call, funder=sent.funder.id, sha256=sha256, rows=len(plan.reports))


@contextmanager
def told_beside(field: str) -> Iterator[None]:
    """Turn what makes a file unusable into the refusal of its field."""
    try:
        yield
    except UnusableTable as error:
        raise Refusal(str(error), field) from None


@contextmanager
def told_by_row(rows: Mapping[str, int], row: int | None = None) -> Iterator[None]:
    """Say of a refusal at the writing which row it is about; `rows` gives it by the field it names."""
    try:
        yield
    except Refusal as refusal:
        each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
        told = [Refusal(_of_row(one, rows.get(one.field or "", row)), one.field) for one in each]
        raise Refusals(told) from refusal


def _of_row(refusal: Refusal, row: int | None) -> str:
    return refusal.message if row is None else f"Ligne {row} : {refusal.message}"

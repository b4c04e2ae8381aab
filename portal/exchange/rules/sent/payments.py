"""Amounts paid by a funder, as it sends them: rows to payments, checked before anything is written. Cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.committee.rules.payments import PAYABLE, check_payment
from portal.exchange.rules.sent import cells
from portal.exchange.rules.sent.columns import IDENTIFYING, Column, Reader, check_present
from portal.exchange.rules.sent.matching import KnownLine, KnownLines
from portal.exchange.rules.sent.report import Finding, Report, RowReport
from portal.exchange.rules.sent.rows import FaultyRow, RowReading
from portal.exchange.rules.sent.tables import SentRow
from portal.foundation.folding import fold
from portal.foundation.money import format_euros
from portal.foundation.refusals import Refusal

AMOUNT = Column.named("amount", "Montant versé", "verse", "montant", "montant paye", "montant du versement")
DAY = Column.named("day", "Date du versement", "date de versement", "date de paiement", "date", "verse le")
TRANSFER = Column.named(
    "transfer", "Référence du versement", "reference de paiement", "reference du paiement", "mandat", "n mandat",
    "n de mandat", "virement", "n de virement", "reference virement",
)  # fmt: skip
COLUMNS = (*IDENTIFYING, AMOUNT, DAY, TRANSFER)
LONGEST_REFERENCE = 120


@dataclass(frozen=True)
class Paid:
    """A payment that the portal holds."""

    cents: int
    paid_on: date
    is_cancelled: bool


@dataclass(frozen=True)
class Known:
    """What the portal holds: payments by (line id, folded reference), the day of each line's act, and why nothing may
    be paid to some organisations (by id)."""

    lines: KnownLines
    paid: Mapping[tuple[int, str], Paid]
    decided_on: Mapping[int, date]
    frozen: Mapping[int, str]
    today: date


@dataclass(frozen=True)
class NewPayment:
    line_id: int
    cents: int
    paid_on: date
    reference: str
    row: int


@dataclass
class PaymentPlan(Report):
    reports: list[RowReport] = field(default_factory=list)
    payments: list[NewPayment] = field(default_factory=list)
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    """The row where each (line, reference) of the file comes first."""
    more: dict[int, int] = field(default_factory=dict)
    """The cents that the rows read so far add to each line."""


def plan_payments(reader: Reader, known: Known) -> PaymentPlan:
    """What the rows would do. Raises UnusableTable when a needed column is not there."""
    check_present(reader.places, [AMOUNT, DAY, TRANSFER])
    plan = PaymentPlan()
    for row in reader.table.rows:
        plan.reports.append(_report(reader, row, known, plan))
    return plan


def _report(reader: Reader, row: SentRow, known: Known, plan: PaymentPlan) -> RowReport:
    reading = RowReading(reader, row)
    cents = reading.take("amount", cells.cents)
    if not reading.faults and cents is None:
        return RowReport(row.number, Finding.ASIDE, message="pas de montant")
    line = reading.line(known.lines)
    paid_on = reading.take("day", cells.day)
    reference = reading.take("transfer", cells.words)
    if not reading.faults and paid_on is None:
        reading.wrong("day", "indiquez la date du versement.")
    if not reading.faults and not reference:
        reading.wrong("transfer", "indiquez la référence du versement : mandat, virement…")
    if reference and len(reference) > LONGEST_REFERENCE:
        reading.wrong("transfer", f"référence trop longue : au plus {LONGEST_REFERENCE} caractères.")
    if reading.faults or line is None or cents is None or paid_on is None or not reference:
        return RowReport(row.number, Finding.REFUSED, line, cents, faults=tuple(reading.faults))
    try:
        return _judged(reading, line, NewPayment(line.id, cents, paid_on, reference, row.number), known, plan)
    except FaultyRow as wrong:
        return RowReport(row.number, Finding.REFUSED, line, cents, _words(paid_on, reference), faults=(wrong.fault,))


def _words(paid_on: date, reference: str) -> str:
    return f"le {paid_on:%d/%m/%Y}, {reference}"


def _judged(reading: RowReading, line: KnownLine, wanted: NewPayment, known: Known, plan: PaymentPlan) -> RowReport:
    """The row against the portal. A reference already there on the line is told, and left. Raises FaultyRow."""
    detail, key = _words(wanted.paid_on, wanted.reference), (line.id, fold(wanted.reference))
    if (before := known.paid.get(key)) is not None:
        return RowReport(wanted.row, Finding.SAME, line, wanted.cents, detail, _told(before, wanted))
    if key in plan.seen:
        message = f"même versement qu’à la ligne {plan.seen[key]}"
        return RowReport(wanted.row, Finding.ASIDE, line, wanted.cents, detail, message)
    if line.status not in PAYABLE:
        raise reading.faulty("amount", f"rien ne se verse sur ce financement : il est « {line.status.label} ».")
    if line.organisation_id in known.frozen:
        raise reading.faulty("amount", known.frozen[line.organisation_id])
    try:
        check_payment(
            wanted.cents,
            wanted.paid_on,
            granted_cents=line.granted_cents or 0,
            paid_cents=(line.paid_cents or 0) + plan.more.get(line.id, 0),
            decided_on=known.decided_on.get(line.id),
            today=known.today,
        )
    except Refusal as refusal:
        raise reading.faulty({"paid_on": "day"}.get(refusal.field or "", "amount"), refusal.message) from None
    plan.seen[key] = wanted.row
    plan.more[line.id] = plan.more.get(line.id, 0) + wanted.cents
    plan.payments.append(wanted)
    return RowReport(wanted.row, Finding.NEW, line, wanted.cents, detail)


def _told(before: Paid, wanted: NewPayment) -> str:
    if before.is_cancelled:
        return "ce versement a été annulé dans le portail : il n’y revient pas par un fichier"
    if (before.cents, before.paid_on) == (wanted.cents, wanted.paid_on):
        return ""
    return (
        f"le portail a {format_euros(before.cents)} le {before.paid_on:%d/%m/%Y} sous cette référence ; le fichier dit "
        f"{format_euros(wanted.cents)} le {wanted.paid_on:%d/%m/%Y}"
    )

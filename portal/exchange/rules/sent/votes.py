"""Amounts voted by a funder, as it sends them: rows to acts, checked before anything is written. Cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.calls.rules.envelopes import words_of_overdraft
from portal.committee.rules.acts import GRANTABLE
from portal.committee.rules.arbitration import checked_amount
from portal.committee.states import ActKind
from portal.exchange.rules.sent import cells
from portal.exchange.rules.sent.columns import IDENTIFYING, Column, Reader, check_present
from portal.exchange.rules.sent.matching import KnownLine, KnownLines
from portal.exchange.rules.sent.report import Finding, Report, RowReport
from portal.exchange.rules.sent.rows import FaultyRow, RowReading
from portal.exchange.rules.sent.tables import SentRow
from portal.foundation.folding import fold
from portal.foundation.money import format_euros
from portal.foundation.refusals import Refusal
from portal.foundation.workbooks import SentCell

AMOUNT = Column.named("amount", "Montant voté", "vote", "montant attribue", "montant accorde", "attribue", "accorde")
KIND = Column.named("kind", "Nature de l’acte", "type d acte")
ACT = Column.named("act", "Numéro de l’acte", "n de l acte", "acte", "deliberation", "n deliberation", "arrete")
DAY = Column.named("day", "Date de l’acte", "date de la deliberation", "date de deliberation", "date de decision")
COLUMNS = (*IDENTIFYING, AMOUNT, KIND, ACT, DAY)
LONGEST_NUMBER = 80


@dataclass(frozen=True)
class Terms:
    """What identifies an act."""

    kind: ActKind
    number: str
    decided_on: date

    @property
    def words(self) -> str:
        return f"{self.kind.label} n° {self.number} du {self.decided_on:%d/%m/%Y}"


@dataclass(frozen=True)
class Defaults:
    """What the sender typed once for every row that does not say it."""

    kind: ActKind
    number: str = ""
    decided_on: date | None = None
    cut_reason: str = ""


@dataclass(frozen=True)
class Recorded:
    """An amount that an act gave already to a line."""

    cents: int
    terms: Terms


@dataclass(frozen=True)
class Known:
    """What the portal holds: `retained` are applications that may be granted, `room` what is left of each notified
    envelope (None: not to be told to this reader)."""

    lines: KnownLines
    retained: frozenset[int]
    recorded: Mapping[int, Recorded]
    acts: frozenset[Terms]
    room: Mapping[int, int] | None
    today: date


@dataclass
class VotePlan(Report):
    reports: list[RowReport] = field(default_factory=list)
    acts: dict[Terms, dict[int, int]] = field(default_factory=dict)
    """The acts to record: {line id: cents} of each."""
    rows: dict[int, int] = field(default_factory=dict)
    """{line id: row number}, for a refusal told at the writing."""


def plan_votes(reader: Reader, defaults: Defaults, known: Known) -> VotePlan:
    """What the rows would do. Raises UnusableTable when a needed column is not there."""
    check_present(reader.places, [AMOUNT])
    plan, room = VotePlan(), dict(known.room or {})
    for row in reader.table.rows:
        plan.reports.append(_report(reader, row, defaults, known, plan, room))
    return plan


def _report(
    reader: Reader, row: SentRow, defaults: Defaults, known: Known, plan: VotePlan, room: dict[int, int]
) -> RowReport:
    reading = RowReading(reader, row)
    amount = reading.take("amount", cells.cents)
    if not reading.faults and amount is None:
        return RowReport(row.number, Finding.ASIDE, message="pas de montant")
    line = reading.line(known.lines)
    terms = _terms(reading, defaults, known.today)
    if reading.faults or line is None or amount is None or terms is None:
        return RowReport(row.number, Finding.REFUSED, line, amount, faults=tuple(reading.faults))
    try:
        return _judged(reading, line, amount, terms, known, plan, room)
    except FaultyRow as wrong:
        return RowReport(row.number, Finding.REFUSED, line, amount, terms.words, faults=(wrong.fault,))


def _terms(reading: RowReading, defaults: Defaults, today: date) -> Terms | None:
    kind = reading.take("kind", _kind) or defaults.kind
    number = reading.take("act", cells.words) or defaults.number
    decided_on = reading.take("day", cells.day) or defaults.decided_on
    if reading.faults:
        return None
    if not number:
        reading.wrong("act", "indiquez le numéro de l’acte.")
    elif len(number) > LONGEST_NUMBER:
        reading.wrong("act", f"numéro trop long : au plus {LONGEST_NUMBER} caractères.")
    if decided_on is None:
        reading.wrong("day", "indiquez la date de l’acte.")
    elif decided_on > today:
        reading.wrong("day", "la date de l’acte est à venir : attendez qu’il soit pris.")
    return Terms(kind, number, decided_on) if not reading.faults and decided_on else None


def _kind(cell: SentCell) -> ActKind | None:
    text = cells.words(cell)
    if not text:
        return None
    found = [kind for kind in ActKind if fold(kind.label) == fold(text)]
    if not found:
        raise cells.BadCell(f"« {text[:40]} » : écrivez {', '.join(kind.label.lower() for kind in ActKind)}.")
    return found[0]


def _judged(
    reading: RowReading, line: KnownLine, cents: int, terms: Terms, known: Known, plan: VotePlan, room: dict[int, int]
) -> RowReport:
    """The row against the portal. Raises FaultyRow."""
    number = reading.row.number
    if line.id in plan.rows:
        raise reading.faulty("amount", f"ce financement a déjà un montant à la ligne {plan.rows[line.id]}.")
    if (before := known.recorded.get(line.id)) is not None:
        if before == Recorded(cents, terms):
            return RowReport(number, Finding.SAME, line, cents, terms.words)
        raise reading.faulty(
            "amount",
            f"le portail a déjà {format_euros(before.cents)} ({before.terms.words}) ; le fichier dit "
            f"{format_euros(cents)} ({terms.words}).",
        )
    if line.status not in GRANTABLE or line.application_id not in known.retained:
        raise reading.faulty("amount", f"ce financement n’attend pas d’acte : il est « {line.status.label} ».")
    if terms in known.acts:
        raise reading.faulty(
            "act", "cet acte est déjà enregistré sans ce dossier : il ne se complète pas, vérifiez son numéro."
        )
    _check_amount(reading, line, cents, room)
    plan.acts.setdefault(terms, {})[line.id] = cents
    plan.rows[line.id] = number
    return RowReport(number, Finding.NEW, line, cents, terms.words)


def _check_amount(reading: RowReading, line: KnownLine, cents: int, room: dict[int, int]) -> None:
    if cents == 0:
        raise reading.faulty("amount", "pour ne rien attribuer, refusez ce financement avec son motif.")
    try:
        checked_amount(cents, line.requested_cents, "amount")
    except Refusal as refusal:
        raise reading.faulty("amount", refusal.message) from None
    if line.envelope_id in room:
        if cents > room[line.envelope_id]:
            raise reading.faulty("amount", words_of_overdraft(room[line.envelope_id]))
        room[line.envelope_id] -= cents

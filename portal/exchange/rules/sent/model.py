"""The workbooks that a funder fills: its lines that await an amount are there, only the amounts are to be typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.committee.rules.acts import GRANTABLE
from portal.committee.rules.payments import PAYABLE
from portal.committee.states import ActKind
from portal.exchange.rules.sent import payments, votes
from portal.exchange.rules.sent.columns import NATURE, NUMBER, REFERENCE, SIRET, TITLE
from portal.exchange.rules.sent.matching import KnownLine
from portal.foundation import spreadsheets as sheets
from portal.foundation.periods import to_paris
from portal.foundation.spreadsheets import Column

_TO_FILL = PatternFill("solid", fgColor="FFF8E1")

_NAMED = (
    Column(REFERENCE.label, width=12),
    Column(NUMBER.label, width=18),
    Column("Structure", width=32),
    Column(SIRET.label, width=18),
    Column(TITLE.label, width=40),
    Column(NATURE.label, width=24),
)


def _named(line: KnownLine) -> list[Any]:
    # Any of its SIRETs is known when the file comes back.
    return [
        line.reference, line.number, line.organisation, min(line.sirets, default=None), line.title, line.nature_label,
    ]  # fmt: skip


def awaiting_votes(lines: Iterable[KnownLine], retained: frozenset[int]) -> list[KnownLine]:
    """The lines that may be granted now."""
    return [
        line for line in lines if line.status in GRANTABLE and line.application_id in retained and line.arbitrated_cents
    ]


def awaiting_payments(lines: Iterable[KnownLine]) -> list[KnownLine]:
    """The lines on which something is left to pay."""
    return [line for line in lines if line.status in PAYABLE]


def votes_model(lines: Sequence[KnownLine], *, funder: str, call: str, made_at: datetime) -> bytes:
    """One row for each line that awaits an act; the last four columns are to be filled."""
    asked = [Column(label, "euros", 14) for label in ("Demandé", "Proposé", "Arbitré")]
    to_fill = [
        Column(votes.AMOUNT.label, "euros", 16),
        Column(votes.KIND.label, width=16),
        Column(votes.ACT.label, width=18),
        Column(votes.DAY.label, "day", 14),
    ]
    rows = [
        [*_named(line), line.requested_cents, line.proposed_cents, line.arbitrated_cents, None, None, None, None]
        for line in lines
    ]
    book = sheets.new_book(f"Montants votés — {funder}", to_paris(made_at).date())
    sheet = sheets.add_table(book, "Montants votés", [*_NAMED, *asked, *to_fill], rows)
    _open(sheet, len(_NAMED) + len(asked), to_fill, len(rows))
    kinds = DataValidation(type="list", formula1=f'"{",".join(kind.label for kind in ActKind)}"', allow_blank=True)
    sheet.add_data_validation(kinds)
    letter = get_column_letter(len(_NAMED) + len(asked) + 2)
    kinds.add(f"{letter}2:{letter}{max(len(rows), 1) + 1}")
    _read_me(book, "Montants votés", funder, call, made_at, [
        "Écrivez dans les colonnes jaunes le montant voté, la nature de l’acte (délibération, arrêté, décision), son "
        "numéro et sa date. Les autres colonnes servent à s’y retrouver : ne les changez pas.",
        "Si tous les montants viennent du même acte, laissez vides son numéro et sa date : vous les donnerez en "
        "envoyant le fichier.",
        "Une ligne sans montant est laissée de côté : elle reste en attente.",
    ])  # fmt: skip
    return sheets.bytes_of(book)


def payments_model(lines: Sequence[KnownLine], *, funder: str, call: str, made_at: datetime) -> bytes:
    """One row for each line on which something is left to pay; the last three columns are to be filled."""
    known = [Column(label, "euros", 14) for label in ("Attribué", "Déjà versé", "Reste à verser")]
    to_fill = [
        Column(payments.AMOUNT.label, "euros", 16),
        Column(payments.DAY.label, "day", 18),
        Column(payments.TRANSFER.label, width=26),
    ]
    rows = [
        [*_named(line), granted, paid, granted - paid, None, None, None]
        for line in lines
        for granted, paid in [(line.granted_cents or 0, line.paid_cents or 0)]
    ]
    book = sheets.new_book(f"Versements — {funder}", to_paris(made_at).date())
    sheet = sheets.add_table(book, "Versements", [*_NAMED, *known, *to_fill], rows)
    _open(sheet, len(_NAMED) + len(known), to_fill, len(rows))
    _read_me(book, "Versements", funder, call, made_at, [
        "Écrivez dans les colonnes jaunes le montant versé, sa date et sa référence (mandat, virement…).",
        "Deux versements sur le même financement : recopiez la ligne, avec une autre référence.",
        "Un versement déjà enregistré, de même référence sur le même financement, est ignoré : le fichier peut être "
        "envoyé à nouveau.",
    ])  # fmt: skip
    return sheets.bytes_of(book)


def _open(sheet: Worksheet, first: int, to_fill: Sequence[Column], rows: int) -> None:
    """Colour the cells to fill, and give them their format: text for what a spreadsheet would take for a number."""
    formats = {"euros": sheets.EUROS, "day": sheets.DAY, "text": "@"}
    for row in range(2, rows + 2):
        for place, column in enumerate(to_fill, start=first + 1):
            cell = sheet.cell(row, place)
            cell.fill = _TO_FILL
            cell.number_format = formats[column.kind]
    sheet.freeze_panes = "B2"


def _read_me(book: Workbook, title: str, funder: str, call: str, made_at: datetime, advice: Sequence[str]) -> None:
    sheet = book.create_sheet("Lisez-moi")
    sheets.write_header(sheet, 1, [f"{title} — {funder}"])
    lines = [call, f"Fait le {to_paris(made_at):%d/%m/%Y à %H:%M}.", *advice]
    for row, text in enumerate(lines, start=2):
        cell = sheet.cell(row, 1)
        sheets.write_text(cell, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 90

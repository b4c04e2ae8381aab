"""The first sheet of the délégué's workbook: live totals on the other sheets, and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.foundation.spreadsheets import (
    EUROS,
    PERCENT,
    WHOLE,
    mark_total,
    set_landscape,
    write_formula,
    write_header,
    write_text,
    write_value,
)

AMOUNTS = (("Demandé", "H"), ("Proposé", "I"), ("Arbitré", "J"), ("Attribué", "K"), ("Versé", "L"))
"""The amounts of `Cofinancements` and their columns there."""


@dataclass(frozen=True)
class About:
    """What `Lisez-moi` says of a workbook."""

    contract: str
    year: int
    made_at: datetime
    made_by: str
    filters: Sequence[tuple[str, str]]
    leaves_out: str | None
    is_demo: bool
    base_url: str


def pillar_of(row: Any) -> str:
    """A word even when unknown, so that the totals by pillar add up to all the dossiers."""
    return str(row.pillar or "non communiqué")


def _quoted(text: str) -> str:
    """A formula's criterion for exactly this text: wildcards and operators lose their meaning.

    Excel reads `*`, `?` and `~` in a criterion as wildcards, and a leading `=` or `<` as an operator.
    """
    escaped = text.replace("~", "~~").replace("*", "~*").replace("?", "~?").replace('"', '""')
    return f'"={escaped}"'


class Synthesis:
    """The first sheet: blocks of live totals, one under the other, and a chart."""

    def __init__(self, sheet: Worksheet, data: Any, about: About) -> None:
        self.sheet, self.data, self.about = sheet, data, about
        self.row = 1
        self.rows_of = {
            "Dossiers": max(len(data.dossiers) + 1, 2),
            "Cofinancements": max(len(data.fundings) + 1, 2),
            "Quartiers": max(len(data.placements) + 1, 2),
        }

    def write(self) -> None:
        self._heading()
        first, last = self._by_funder()
        self._by_quartier()
        self._by_pillar()
        self._by_status()
        self._envelopes()
        self._chart(first, last)
        self.sheet.column_dimensions["A"].width = 38
        for letter in "BCDEFGH":
            self.sheet.column_dimensions[letter].width = 18
        set_landscape(self.sheet)

    def _range(self, sheet: str, column: str) -> str:
        return f"{sheet}!${column}$2:${column}${self.rows_of[sheet]}"

    def _heading(self) -> None:
        title = self.sheet.cell(1, 1)
        write_text(title, f"{self.about.contract} — programmation {self.about.year}")
        title.font = Font(bold=True, size=14)
        if self.about.is_demo:
            write_text(self.sheet.cell(2, 1), "Données de démonstration : personnes, montants et notes sont fictifs.")
        self.row = 4

    def _block(self, title: str, headings: Sequence[str]) -> None:
        cell = self.sheet.cell(self.row, 1)
        write_text(cell, title)
        cell.font = Font(bold=True, size=12)
        write_header(self.sheet, self.row + 1, headings)
        self.row += 2

    def _by_funder(self) -> tuple[int, int]:
        pairs = list(dict.fromkeys((row.funder, row.nature.label) for row in self.data.fundings))
        self._block("Par financeur et nature de crédit", ["Financeur", "Nature", *(name for name, _ in AMOUNTS)])
        first = self.row
        for funder, nature in pairs:
            write_text(self.sheet.cell(self.row, 1), funder)
            write_text(self.sheet.cell(self.row, 2), nature)
            for position, (_, column) in enumerate(AMOUNTS, start=3):
                formula = (
                    f"=SUMIFS({self._range('Cofinancements', column)},"
                    f"{self._range('Cofinancements', 'D')},{_quoted(funder)},"
                    f"{self._range('Cofinancements', 'E')},{_quoted(nature)})"
                )
                write_formula(self.sheet.cell(self.row, position), formula)
            self.row += 1
        last = self.row - 1
        self._total(first, last, range(3, 8))
        return first, last

    def _by_quartier(self) -> None:
        names = list(dict.fromkeys(row.quartier for row in self.data.placements))
        self._block("Par quartier (montants répartis selon les parts)", ["Quartier", "Actions", "Demandé", "Attribué"])
        first = self.row
        quartiers = self._range("Quartiers", "D")
        for name in names:
            write_text(self.sheet.cell(self.row, 1), name)
            write_formula(self.sheet.cell(self.row, 2), f"=COUNTIFS({quartiers},{_quoted(name)})", WHOLE)
            for position, column in ((3, "G"), (4, "H")):
                amounts = self._range("Quartiers", column)
                formula = f"=SUMIFS({amounts},{quartiers},{_quoted(name)})"
                write_formula(self.sheet.cell(self.row, position), formula)
            self.row += 1
        # An action in two quartiers counts in each: no total of actions here.
        self._total(first, self.row - 1, range(3, 5))

    def _by_pillar(self) -> None:
        names = list(dict.fromkeys(pillar_of(row) for row in self.data.dossiers))
        self._block("Par pilier", ["Pilier", "Dossiers", "Demandé", "Arbitré", "Attribué"])
        first = self.row
        pillars = self._range("Dossiers", "G")
        for name in names:
            write_text(self.sheet.cell(self.row, 1), name)
            write_formula(self.sheet.cell(self.row, 2), f"=COUNTIFS({pillars},{_quoted(name)})", WHOLE)
            for position, column in ((3, "Q"), (4, "S"), (5, "T")):
                formula = f"=SUMIFS({self._range('Dossiers', column)},{pillars},{_quoted(name)})"
                write_formula(self.sheet.cell(self.row, position), formula)
            self.row += 1
        self._total(first, self.row - 1, range(3, 6), counts=(2,))

    def _by_status(self) -> None:
        names = list(dict.fromkeys(row.status.label for row in self.data.dossiers))
        self._block("Par état du dossier", ["État", "Dossiers"])
        first = self.row
        for name in names:
            write_text(self.sheet.cell(self.row, 1), name)
            formula = f"=COUNTIFS({self._range('Dossiers', 'J')},{_quoted(name)})"
            write_formula(self.sheet.cell(self.row, 2), formula, WHOLE)
            self.row += 1
        self._total(first, self.row - 1, (), counts=(2,))

    def _envelopes(self) -> None:
        if not self.data.envelopes:
            return
        headings = ["Financeur", "Nature", "Dispositif", "Statut", "Enveloppe", "Attribué", "Reste", "Consommé"]
        self._block("Consommation des enveloppes (tous dossiers de l’année)", headings)
        for row in self.data.envelopes:
            words = (row.funder, row.nature.label, row.scheme, row.status.label)
            for position, text in enumerate(words, start=1):
                write_text(self.sheet.cell(self.row, position), text)
            write_value(self.sheet.cell(self.row, 5), "euros", row.amount_cents)
            write_value(self.sheet.cell(self.row, 6), "euros", row.granted_cents)
            write_formula(self.sheet.cell(self.row, 7), f"=E{self.row}-F{self.row}")
            write_formula(self.sheet.cell(self.row, 8), f"=IF(E{self.row}=0,0,F{self.row}/E{self.row})", PERCENT)
            self.row += 1
        self.row += 1

    def _total(self, first: int, last: int, amounts: Sequence[int] | range, counts: Sequence[int] = ()) -> None:
        label = self.sheet.cell(self.row, 1)
        write_text(label, "Total")
        mark_total(label)
        for position in (*counts, *amounts):
            letter = get_column_letter(position)
            formula = f"=SUM({letter}{first}:{letter}{last})" if last >= first else "=0"
            number_format = WHOLE if position in counts else EUROS
            write_formula(self.sheet.cell(self.row, position), formula, number_format, bold=True)
        self.row += 2

    def _chart(self, first: int, last: int) -> None:
        if last < first:
            return
        chart = BarChart()
        chart.type = "bar"
        chart.title = "Demandé et attribué par financeur"
        chart.y_axis.number_format = '#,##0\\ "€"'
        chart.y_axis.delete = chart.x_axis.delete = False
        for column in (3, 6):
            chart.add_data(
                Reference(self.sheet, min_col=column, min_row=first - 1, max_row=last), titles_from_data=True
            )
        chart.set_categories(Reference(self.sheet, min_col=1, min_row=first, max_row=last))
        chart.height, chart.width = 9, 22
        self.sheet.add_chart(chart, "J4")

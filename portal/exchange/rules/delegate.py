"""The délégué du Préfet's workbook, drawn from plain rows; totals are live formulas on its own sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.foundation.spreadsheets import (
    EUROS,
    PERCENT,
    WHOLE,
    Column,
    add_table,
    bytes_of,
    mark_total,
    new_book,
    set_landscape,
    write_formula,
    write_header,
    write_text,
    write_value,
)

DOSSIERS = (
    Column("N° de dossier", width=13),
    Column("Appel à projets", width=30),
    Column("Structure", width=34),
    Column("SIRET", width=17),
    Column("RNA", width=13),
    Column("Action", width=40),
    Column("Pilier", width=30),
    Column("Thématique", width=24),
    Column("Quartiers", width=30),
    Column("État du dossier", width=16),
    Column("Origine", width=20),
    Column("Première demande", width=12),
    Column("Début", "day", 12),
    Column("Fin", "day", 12),
    Column("Personnes prévues", "whole", 12),
    Column("Déposé le", "day", 12),
    Column("Demandé", "euros", 15),
    Column("Proposé", "euros", 15),
    Column("Arbitré", "euros", 15),
    Column("Attribué", "euros", 15),
    Column("Versé", "euros", 15),
    Column("Attribué N-1 (structure)", "euros", 15),
    Column("Attribué N-2 (structure)", "euros", 15),
    Column("Décision", width=22),
    Column("Motif", width=40),
    Column("Référence DAUPHIN", width=18),
    Column("Lien", width=34),
)
COFINANCEMENTS = (
    Column("N° de dossier", width=13),
    Column("Structure", width=34),
    Column("Action", width=40),
    Column("Financeur", width=30),
    Column("Nature de crédit", width=24),
    Column("Dispositif", width=14),
    Column("État", width=18),
    Column("Demandé", "euros", 15),
    Column("Proposé", "euros", 15),
    Column("Arbitré", "euros", 15),
    Column("Attribué", "euros", 15),
    Column("Versé", "euros", 15),
    Column("Référence du financeur", width=20),
)
QUARTIERS = (
    Column("N° de dossier", width=13),
    Column("Structure", width=34),
    Column("Action", width=40),
    Column("Quartier", width=24),
    Column("Part", "percent", 10),
    Column("Habitants du quartier prévus", "whole", 14),
    Column("Demandé (part du quartier)", "euros", 16),
    Column("Attribué (part du quartier)", "euros", 16),
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


def delegate_workbook(data: Any, about: About) -> bytes:
    """The workbook's bytes. `data` has the lists of `queries.delegate.DelegateData`."""
    book = new_book(f"Synthèse {about.year} — {about.contract}", about.made_at.date())
    synthesis: Worksheet = book.create_sheet("Synthèse")
    facts = _Facts(data)
    add_table(book, "Dossiers", DOSSIERS, [_dossier(row, facts, about) for row in data.dossiers])
    add_table(book, "Cofinancements", COFINANCEMENTS, [_funding(row, facts) for row in data.fundings])
    add_table(book, "Quartiers", QUARTIERS, [_placement(row, facts) for row in data.placements])
    _Synthesis(synthesis, data, about).write()
    _read_me(book, about)
    _link_dossiers(book)
    return bytes_of(book)


class _Facts:
    """What the rows of one sheet need of another."""

    def __init__(self, data: Any) -> None:
        self.dossiers = {row.id: row for row in data.dossiers}
        self.quartiers: dict[int, list[str]] = {}
        for row in data.placements:
            self.quartiers.setdefault(row.application_id, []).append(row.quartier)
        self.lines: dict[int, list[Any]] = {}
        for row in data.fundings:
            self.lines.setdefault(row.application_id, []).append(row)
        self.past = {(row.organisation_id, row.year): row.granted_cents for row in data.past}

    def total(self, application_id: int, amount: str) -> int | None:
        """The sum of an amount over an application's lines; None when none is known."""
        known = [getattr(line, amount) for line in self.lines.get(application_id, [])]
        known = [value for value in known if value is not None]
        return sum(known) if known else None

    def reference_at_the_state(self, application_id: int) -> str | None:
        kept = [line.external_ref for line in self.lines.get(application_id, []) if line.external_ref]
        return ", ".join(kept) or None


def _dossier(row: Any, facts: _Facts, about: About) -> list[Any]:
    return [
        row.reference,
        row.call_title,
        row.organisation,
        row.siret,
        row.rna,
        row.title,
        _pillar(row),
        row.theme,
        ", ".join(facts.quartiers.get(row.id, [])),
        row.status.label,
        row.origin.label,
        {True: "non", False: "oui", None: None}[row.is_renewal],
        row.starts_on,
        row.ends_on,
        row.people_expected,
        row.submitted_at,
        *(
            facts.total(row.id, f"{amount}_cents")
            for amount in ("requested", "proposed", "arbitrated", "granted", "paid")
        ),
        facts.past.get((row.organisation_id, about.year - 1)),
        facts.past.get((row.organisation_id, about.year - 2)),
        row.outcome.label if row.outcome else None,
        row.outcome_reason,
        facts.reference_at_the_state(row.id),
        f"{about.base_url}/dossiers/{row.id}/instruction",
    ]


def _pillar(row: Any) -> str:
    """A word even when unknown, so that the totals by pillar add up to all the dossiers."""
    return str(row.pillar or "non communiqué")


def _funding(row: Any, facts: _Facts) -> list[Any]:
    dossier = facts.dossiers[row.application_id]
    return [
        dossier.reference,
        dossier.organisation,
        dossier.title,
        row.funder,
        row.nature.label,
        row.scheme or None,
        row.status.label,
        row.requested_cents,
        row.proposed_cents,
        row.arbitrated_cents,
        row.granted_cents,
        row.paid_cents,
        row.external_ref,
    ]


def _placement(row: Any, facts: _Facts) -> list[Any]:
    dossier = facts.dossiers[row.application_id]
    return [
        dossier.reference,
        dossier.organisation,
        dossier.title,
        row.quartier,
        row.share_bp,
        row.residents_expected,
        row.requested_cents,
        row.granted_cents,
    ]


def _link_dossiers(book: Workbook) -> None:
    """Make the last column of `Dossiers` open the file."""
    sheet = book["Dossiers"]
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, len(DOSSIERS))
        cell.hyperlink = str(cell.value)
        cell.font = Font(color="1F4E8C", underline="single")


def _quoted(text: str) -> str:
    """A formula's criterion for exactly this text: wildcards and operators lose their meaning.

    Excel reads `*`, `?` and `~` in a criterion as wildcards, and a leading `=` or `<` as an operator.
    """
    escaped = text.replace("~", "~~").replace("*", "~*").replace("?", "~?").replace('"', '""')
    return f'"={escaped}"'


class _Synthesis:
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
            write_text(self.sheet.cell(2, 1), "Données de démonstration : personnes, montants et notes sont fictifs.")
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
        names = list(dict.fromkeys(_pillar(row) for row in self.data.dossiers))
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


def _read_me(book: Workbook, about: About) -> None:
    sheet: Worksheet = book.create_sheet("Lisez-moi")
    lines = [
        ("Contrat", about.contract),
        ("Année", str(about.year)),
        ("Établi le", about.made_at.strftime("%d/%m/%Y à %H h %M")),
        ("Établi par", about.made_by),
        *(("Filtre", f"{name} : {value}") for name, value in about.filters),
        ("Dossiers", "Tous les dossiers déposés de l’année ; les brouillons et les abandons n’y sont pas."),
        ("Cellule vide", "Le montant n’est pas communiqué ou pas encore connu ; ce n’est jamais zéro."),
        ("Demandé", "Ce que le porteur a demandé au financeur dans le plan de financement déposé."),
        ("Proposé", "Ce que le financeur ou la Direction a proposé avant l’arbitrage."),
        ("Arbitré", "Ce que le comité de pilotage a retenu ; chaque financeur décide ensuite par son propre acte."),
        ("Attribué", "Ce qu’un acte du financeur (délibération, arrêté, décision) accorde."),
        (
            "Quartiers",
            "Les montants d’un dossier sont répartis selon les parts de bénéficiaires déclarées, au centime près.",
        ),
        ("Totaux", "Les totaux de « Synthèse » sont des formules : ils suivent les autres feuilles."),
    ]
    if about.leaves_out:
        lines.append(("Déports", about.leaves_out))
    if about.is_demo:
        lines.append(("Démonstration", "Les personnes, les montants et les notes de ce contrat sont fictifs."))
    write_header(sheet, 1, ["Rubrique", "Ce qu’il faut savoir"])
    for row, (name, text) in enumerate(lines, start=2):
        write_text(sheet.cell(row, 1), name)
        write_text(sheet.cell(row, 2), text)
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 20
    sheet.column_dimensions["B"].width = 100
    set_landscape(sheet)

"""The programming table as a workbook, drawn from plain rows: one row for each funding line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment

from portal.calls.states import LabelledEnum
from portal.foundation import spreadsheets as sheets


class Shown(LabelledEnum):
    """The columns one may choose, in their order; the label is their heading."""

    REFERENCE = "dossier", "N° de dossier"
    TITLE = "action", "Action"
    ORGANISATION = "structure", "Structure"
    QUARTIERS = "quartiers", "Quartiers"
    PILLAR = "pilier", "Pilier"
    THEME = "thematique", "Thématique"
    SCORE = "note", "Note sur 100"
    OUTCOME = "decision", "Décision du comité"
    WARNINGS = "alertes", "Points d’attention"
    FUNDER = "financeur", "Financeur"
    NATURE = "nature", "Nature des crédits"
    OPINION = "avis", "Avis"
    REQUESTED = "demande", "Demandé"
    PREVIOUS = "n-1", "Attribué N−1"
    EARLIER = "n-2", "Attribué N−2"
    PROPOSED = "propose", "Proposé"
    ARBITRATED = "arbitre", "Arbitré"
    GRANTED = "attribue", "Attribué"
    STATUS = "etat", "État"


ALWAYS = frozenset({Shown.REFERENCE, Shown.FUNDER})
"""Without them a row cannot be told from another."""

_EUROS = {Shown.REQUESTED, Shown.PREVIOUS, Shown.EARLIER, Shown.PROPOSED, Shown.ARBITRATED, Shown.GRANTED}
_WIDTHS = {Shown.REFERENCE: 13, Shown.TITLE: 40, Shown.ORGANISATION: 34, Shown.QUARTIERS: 30, Shown.WARNINGS: 34}


@dataclass(frozen=True)
class About:
    """What « Lisez-moi » says: `filters` are (name, value) in words; `leaves_out` when its reader stepped out."""

    call: str
    made_at: datetime
    made_by: str
    filters: Sequence[tuple[str, str]]
    leaves_out: bool
    is_demo: bool


def chosen(values: Collection[str]) -> tuple[Shown, ...]:
    """The columns named, in their order, with those that are always there."""
    return tuple(each for each in Shown if each in ALWAYS or each.value in values)


def programme_workbook(rows: Sequence[Mapping[Shown, Any]], columns: Sequence[Shown], about: About) -> bytes:
    """The .xlsx of the rows (cents for amounts, None for what is not said), then « Lisez-moi »."""
    book = sheets.new_book(f"Programmation — {about.call}", about.made_at.date())
    sheets.add_table(
        book,
        "Programmation",
        [sheets.Column(each.label, _kind(each), _WIDTHS.get(each, 20)) for each in columns],
        [[row[each] for each in columns] for row in rows],
    )
    _read_me(book, about)
    return sheets.bytes_of(book)


def _kind(column: Shown) -> str:
    return "euros" if column in _EUROS else "number" if column is Shown.SCORE else "text"


def _read_me(book: Workbook, about: About) -> None:
    sheet = book.create_sheet("Lisez-moi")
    lines = [
        ("Appel à projets", about.call),
        ("Établi le", about.made_at.strftime("%d/%m/%Y à %H h %M")),
        ("Établi par", about.made_by),
        *(("Filtre", f"{name} : {value}") for name, value in about.filters),
        ("Lignes", "Une ligne par dossier et par financement demandé, comme dans le tableau de programmation."),
        ("Cellule vide", "Le montant n’est pas communiqué ou pas encore dit ; ce n’est jamais zéro."),
        ("Attribué N−1, N−2", "Ce que le même financeur a attribué à la même action un an et deux ans avant."),
    ]
    if not about.filters:
        lines.append(("Filtre", "Aucun : tous les dossiers recevables."))
    if about.leaves_out:
        lines.append(
            ("Déports", "Hors dossiers déportés : ceux dont la personne qui exporte est en déport n’y sont pas.")
        )
    if about.is_demo:
        lines.append(("Démonstration", "Les personnes, les montants et les notes de ce contrat sont fictifs."))
    sheets.write_header(sheet, 1, ["Rubrique", "Ce qu’il faut savoir"])
    for row, (name, text) in enumerate(lines, start=2):
        sheets.write_text(sheet.cell(row, 1), name)
        sheets.write_text(sheet.cell(row, 2), text)
        sheet.cell(row, 2).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 20
    sheet.column_dimensions["B"].width = 100
    sheets.set_landscape(sheet)

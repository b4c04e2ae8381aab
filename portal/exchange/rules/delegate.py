"""The délégué du Préfet's workbook, drawn from plain rows; totals are live formulas on its own sheets."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from portal.exchange.rules.delegate_results import BILANS, INDICATEURS, bilan_row, indicator_rows
from portal.exchange.rules.delegate_synthesis import About, Synthesis, pillar_of
from portal.foundation.spreadsheets import (
    Column,
    add_table,
    bytes_of,
    new_book,
    set_landscape,
    write_header,
    write_text,
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
    Column("Durée", width=22),
    Column("Envisagé ensuite", "euros", 15),
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


def delegate_workbook(data: Any, about: About) -> bytes:
    """The workbook's bytes. `data` has the lists of `queries.delegate.DelegateData`."""
    book = new_book(f"Synthèse {about.year} — {about.contract}", about.made_at.date())
    synthesis: Worksheet = book.create_sheet("Synthèse")
    facts = _Facts(data)
    add_table(book, "Dossiers", DOSSIERS, [_dossier(row, facts, about) for row in data.dossiers])
    add_table(book, "Cofinancements", COFINANCEMENTS, [_funding(row, facts) for row in data.fundings])
    add_table(book, "Quartiers", QUARTIERS, [_placement(row, facts) for row in data.placements])
    add_table(book, "Indicateurs", INDICATEURS, indicator_rows(data.measures, facts.dossiers))
    add_table(book, "Bilans", BILANS, [bilan_row(row, facts.dossiers[row.application_id]) for row in data.bilans])
    Synthesis(synthesis, data, about).write()
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
        pillar_of(row),
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
        row.duration.label + (f", {row.years} ans" if row.years > 1 else ""),
        row.forecast_cents,
        facts.reference_at_the_state(row.id),
        f"{about.base_url}/dossiers/{row.id}/instruction",
    ]


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


def _read_me(book: Workbook, about: About) -> None:
    sheet: Worksheet = book.create_sheet("Lisez-moi")
    lines = [
        ("Contrat", about.contract),
        ("Année", str(about.year)),
        ("Établi le", about.made_at.strftime("%d/%m/%Y à %H h %M")),
        ("Établi par", about.made_by),
        *(("Filtre", f"{name} : {value}") for name, value in about.filters),
        ("Dossiers", "Tous les dossiers déposés de l’année ; les brouillons et les abandons n’y sont pas."),
        ("Cellule vide", "Le montant n’est pas communiqué ou pas encore connu ; ce n’est jamais zéro."),
        ("Demandé", "Ce que le porteur a demandé au financeur dans le plan de financement déposé."),
        ("Proposé", "Ce que le financeur ou la Direction a proposé avant l’arbitrage."),
        ("Arbitré", "Ce que le comité de pilotage a retenu ; chaque financeur décide ensuite par son propre acte."),
        ("Envisagé ensuite", "Pour un projet pluriannuel, ce qu’il prévoit de demander après l’année de l’appel."),
        ("Attribué", "Ce qu’un acte du financeur (délibération, arrêté, décision) accorde."),
        (
            "Quartiers",
            "Les montants d’un dossier sont répartis selon les parts de bénéficiaires déclarées, au centime près.",
        ),
        (
            "Indicateurs",
            "La cible est celle du projet ajusté quand il y en a un. Le réalisé ne paraît qu’une fois le bilan envoyé.",
        ),
        ("Totaux", "Les totaux de « Synthèse » sont des formules : ils suivent les autres feuilles."),
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

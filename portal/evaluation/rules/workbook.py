"""A report as a workbook: the same figures, with their types."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.evaluation.rules import wording
from portal.evaluation.rules.charts import theme_counts
from portal.evaluation.rules.document import funding_rows, identity_rows, title
from portal.evaluation.rules.report import Json
from portal.foundation.spreadsheets import (
    EUROS,
    Column,
    add_table,
    bytes_of,
    mark_total,
    new_book,
    write_formula,
    write_text,
)


def workbook(report: Json) -> bytes:
    """The .xlsx of a report: identity, programme, funding (live totals), indicators, bilans, reading notes."""
    book = new_book(title(report), date.fromisoformat(report["made_on"]))
    _territory(book, report)
    _actions(book, report)
    _counts(book, report)
    _funding(book, report)
    _results(book, report)
    _notes(book, report)
    return bytes_of(book)


def _territory(book: Any, report: Json) -> None:
    quartier = report["quartier"]
    columns = [
        Column("Rubrique", width=34),
        Column("Valeur", "number", 16),
        Column("Unité ou précision", width=46),
        Column("Année", "number", 10),
        Column("Source", width=20),
    ]
    rows: list[list[Any]] = [[label, None, text, None, None] for label, text in identity_rows(report)]
    rows += [[each["label"], each["value"], each["unit"], each["year"], each["source"]] for each in quartier["figures"]]
    for each in report["profile"]:
        for where, name in (("city", "ville"), ("country", "France")):
            place = each[where]
            if place is not None:
                rows.append([f"{each['label']} ({name})", place["value"], each["unit"], place["year"], place["source"]])
    add_table(book, "Territoire", columns, rows)


def _actions(book: Any, report: Json) -> None:
    columns = [
        Column("N°", "whole", 6),
        Column("Thématique", width=26),
        Column("Association", width=30),
        Column("Action", width=40),
        Column("Descriptif", width=70),
    ]
    rows = [
        [number, each["theme"], each["organisation"], each["action"], each["description"]]
        for number, each in enumerate(report["actions"], start=1)
    ]
    add_table(book, "Actions", columns, rows)


def _counts(book: Any, report: Json) -> None:
    rows = [["Thématique", theme, count] for theme, count in theme_counts(report)]
    rows += [
        ["Pilier", each["pillar"] or wording.UNATTACHED, each["actions"]] for each in report["counts"]["by_pillar"]
    ]
    add_table(
        book, "Répartition", [Column("Niveau"), Column("Intitulé", width=46), Column("Actions", "whole", 12)], rows
    )


def _funding(book: Any, report: Json) -> None:
    columns = [
        Column("Financeur", width=32),
        Column("Nature", width=30),
        Column("Demandé", "euros"),
        Column("Attribué", "euros"),
        Column(f"Attribué {report['year'] - 1}", "euros"),
    ]
    lines = report["funding"]["by_funder"]
    rows = [
        [
            each["funder"],
            each["nature_label"],
            each["requested_cents"],
            each["granted_cents"],
            each["previous_granted_cents"],
        ]
        for each in lines
    ]
    sheet = add_table(book, "Financements", columns, rows)
    if not lines:
        return
    last = len(lines) + 1
    write_text(sheet.cell(last + 1, 1), "Total")
    mark_total(sheet.cell(last + 1, 1))
    for column in "CDE":
        # A column with nothing known has no total: it would read 0.
        formula = f'=IF(COUNT({column}2:{column}{last})=0,"",SUM({column}2:{column}{last}))'
        write_formula(sheet[f"{column}{last + 1}"], formula, EUROS, bold=True)


def _results(book: Any, report: Json) -> None:
    columns = [
        Column("Code", width=10),
        Column("Indicateur", width=40),
        Column("Thématique", width=26),
        Column("Unité", width=14),
        Column("Cible", "number", 12),
        Column("Réalisé", "number", 12),
        Column("Cible des actions mesurées", "number", 16),
        Column("Atteint", "percent", 12),
        Column("Actions mesurées", "whole", 12),
        Column("Actions concernées", "whole", 12),
    ]
    names = (
        "code", "label", "theme", "unit", "target", "actual", "compared_target", "achieved_bp", "measured", "asked",
    )  # fmt: skip
    add_table(book, "Indicateurs", columns, [[each[name] for name in names] for each in report["indicators"]])
    waiting = [
        [
            each["organisation"],
            each["action"],
            each["kind"],
            date.fromisoformat(each["due_on"]) if each["due_on"] else None,
        ]
        for each in report["coverage"]["not_answered"]
    ]
    heads = [
        Column("Structure", width=34),
        Column("Action", width=46),
        Column("Bilan", width=24),
        Column("Échéance", "day", 14),
    ]
    add_table(book, "Bilans attendus", heads, waiting)


def _notes(book: Any, report: Json) -> None:
    rows = [
        ["Compte rendu", title(report)],
        ["Contrat", report["contract"]["name"]],
        ["Établi le", wording.day(report["made_on"])],
        *funding_rows(report),
        *(["Méthode", sentence] for sentence in report["method"]),
    ]
    add_table(book, "Lisez-moi", [Column("Rubrique", width=34), Column("Contenu", width=110)], rows)

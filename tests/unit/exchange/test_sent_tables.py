"""Reading what funders send, without the portal."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from portal.exchange.rules.sent.cells import BadCell, cents
from portal.exchange.rules.sent.columns import IDENTIFYING, is_known
from portal.exchange.rules.sent.tables import bare, read_table
from portal.exchange.rules.tables import UnusableTable
from portal.foundation.workbooks import SentCell


def known(heading: str) -> bool:
    return is_known(IDENTIFYING, heading)


def test_a_file_too_heavy_is_not_read(tmp_path):
    path = tmp_path / "big.csv"
    path.write_bytes(b"a;b\n" * 600_000)
    with pytest.raises(UnusableTable, match="2 Mo"):
        read_table(path, known)


def test_a_sheet_too_long_is_refused_rather_than_cut(tmp_path):
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Longue")
    sheet.append(["Dossier", "SIRET"])
    for number in range(3_001):
        sheet.append([f"2026-{number}", "1"])
    path = tmp_path / "long.xlsx"
    book.save(path)
    with pytest.raises(UnusableTable) as told:
        read_table(path, known)
    assert str(told.value) == "La feuille «\xa0Longue\xa0» a plus de 3000 lignes\xa0: envoyez-la en plusieurs fichiers."


def test_the_headings_are_found_below_a_title_on_the_sheet_that_has_them(tmp_path):
    book = Workbook()
    book.active.append(["Notes", "diverses"])
    sheet = book.create_sheet("Suivi")
    sheet.append(["Extraction du 3 mars"])
    sheet.append([])
    sheet.append(["Dossier", "Intitulé", "SIRET"])
    sheet.append(["2026-1", "Jardin", "x"])
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "suivi.xlsx"
    path.write_bytes(content.getvalue())
    table = read_table(path, known)
    assert (table.sheet, dict(table.headings)) == ("Suivi", {1: "Dossier", 2: "Intitulé", 3: "SIRET"})
    assert [(row.number, row.at(2).value) for row in table.rows] == [(4, "Jardin")]


@pytest.mark.parametrize(
    ("value", "message"), [(10**400, "trop élevé"), (-(10**400), "négatif"), (1e308, "trop élevé")]
)
def test_a_number_without_end_is_told_as_an_amount_too_high(value, message):
    with pytest.raises(BadCell, match=message):
        cents(SentCell(2, 2, value, is_formula=False))


@pytest.mark.parametrize(
    ("heading", "compared"),
    [
        ("N° DAUPHIN (€)", "n dauphin"),
        ("  Montant\nvoté ", "montant vote"),
        ("Intitulé de l’action", "intitule de l action"),
    ],
)
def test_headings_are_compared_without_signs_accents_nor_case(heading, compared):
    assert bare(heading) == compared

"""The budget's workbook: what goes out comes back to the cent, and what is wrong is told by sheet and cell."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.calls.rules.budget_lines import calculated, miscalculated
from portal.calls.rules.budget_rows import BudgetRow, rows_of, with_rows
from portal.calls.rules.budget_workbook import EXTRA, About, budget_workbook
from portal.calls.rules.budget_workbook_in import sent_budget
from portal.calls.rules.filing import BudgetEntry, LaterYear
from portal.calls.states import Duration, Side
from portal.foundation.money import format_euros
from portal.foundation.workbooks import MAX_MERGED, MAX_UNPACKED, UnusableWorkbook, read_workbook
from tests.office import recalculated, resaved
from tests.unit.calls.test_budget_paste import CHART
from tests.unit.calls.test_filing_rules import EMPTY

ABOUT = About(3, datetime(2026, 11, 21, 10, tzinfo=UTC))
ASKED = BudgetEntry(
    Side.INCOME, "745", "Commune", "Ville d’essai — Crédits", 4_000_00, is_public=True, funder_id=1, nature="specific"
)
ONE = replace(EMPTY, budget=(ASKED,))
THREE = replace(
    ONE,
    project=replace(EMPTY.project, duration=Duration.MULTI_YEAR, years=3),
    later_years=(LaterYear(2, 2027), LaterYear(3, 2028, (replace(ASKED, amount_cents=5_000_50),))),
)
ROWS = [
    BudgetRow(CHART.named("606")[0], "Livres", (2_000_50,)),
    BudgetRow(CHART.named("606")[0], "=1+1", (1,)),
    BudgetRow(CHART.named("641")[0], "", (6_000_00,)),
    BudgetRow(CHART.named("756")[0], "@membres", (4_000_51,)),
    BudgetRow(CHART.named("864")[0], "100 heures × 12 €", (1_200_00,)),
    BudgetRow(CHART.named("875")[0], "", (1_200_00,)),
]

amounts = st.none() | st.integers(0, 10**11)
labels = st.text(st.sampled_from("abcéÉ ’-=+@×0123456789"), max_size=40).map(lambda text: " ".join(text.split()))


def made(dossier, rows=()):
    return budget_workbook(with_rows(dossier, rows), CHART, ABOUT)


def back(content, dossier):
    return sent_budget(read_workbook(BytesIO(content)), dossier, CHART)


def told(rows):
    """What rows say, in an order that does not depend on where they were written."""
    return sorted((row.account.code, row.label, tuple(cents or 0 for cents in row.amounts)) for row in rows)


def changed(content, change):
    """The workbook once somebody has changed it."""
    book = load_workbook(BytesIO(content))
    change(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell_of(book, sheet, code, column, nth=0):
    rows = [row for row in book[sheet].iter_rows() if row[0].value == code]
    return rows[nth][column - 1]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.builds(BudgetRow, st.sampled_from(CHART.accounts), labels, st.tuples(amounts, amounts, amounts)), max_size=15
    )
)
def test_a_budget_goes_out_and_comes_back_the_same(rows):
    rows = [row for row in rows if any(cents is not None for cents in row.amounts)]
    rows = [replace(row, label="" if row.label == row.account.label else row.label) for row in rows]
    dossier = with_rows(THREE, rows)
    found = back(made(THREE, rows), THREE)
    assert found.faults == []
    assert told(found.rows) == told(rows_of(dossier, CHART))
    assert found.version == 3


def test_libreoffice_saves_the_workbook_and_nothing_is_lost():
    content = resaved(made(ONE, ROWS))
    found = back(content, ONE)
    assert (found.faults, found.remarks) == ([], [])
    assert told(found.rows) == told(ROWS)


def test_libreoffice_computes_the_totals_and_the_gap_the_portal_computes():
    def one_more(book):
        sheet = book[EXTRA]
        sheet["A2"], sheet["C2"], sheet["D2"] = "613 — Locations", "Salle", 80
        sheet["A3"], sheet["C3"], sheet["D3"] = "861 — Mise à disposition gratuite de biens et services", "Prêt", 10

    book = recalculated(changed(made(ONE, ROWS), one_more))
    balance = [[cell.value for cell in row] for row in book["Équilibre"].iter_rows(min_row=2, max_col=2)]
    assert balance == [
        ["Charges", 8080.51], ["Produits", 8000.51], ["Écart (doit être nul)", 80],
        ["En nature, emplois (86)", 1210], ["En nature, ressources (87)", 1200],
        ["Écart en nature (doit être nul)", 10],
    ]  # fmt: skip


def test_words_are_never_formulas_and_only_cells_to_fill_are_open():
    book = load_workbook(BytesIO(made(ONE, ROWS)))
    cell = cell_of(book, "Charges", "606", 3, nth=1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert all(sheet.protection.sheet for sheet in book)
    assert book.security.lockStructure
    open_columns = {cell.column for sheet in ("Charges", "Produits") for row in book[sheet] for cell in row
                    if not cell.protection.locked}  # fmt: skip
    assert open_columns == {3, 4}
    (choice, *_) = [each for each in book[EXTRA].data_validations.dataValidation if each.type == "list"]
    assert choice.formula1 == f"Listes!$A$1:$A${len(CHART.accounts)}"


def test_formulas_that_people_write_count_by_their_result():
    def with_formula(book):
        cell_of(book, "Charges", "604", 4).value = "=12*150"
        cell_of(book, "Charges", "604", 3).value = "Ateliers"

    content = changed(made(ONE), with_formula)
    (fault,) = back(content, ONE).faults
    assert (fault.sheet, "pas de résultat" in fault.message) == ("Charges", True)
    found = back(resaved(content), ONE)
    assert (found.faults, told(found.rows)) == ([], [("604", "Ateliers", (1_800_00,))])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-12, "pas de montant négatif"),
        (12.345, "plus de deux chiffres"),
        ("beaucoup", "Indiquez un montant"),
        ("(1 234,56)", "pas de montant négatif"),
        ("#REF!", "pas su calculer"),
        (date(2026, 1, 1), "une date"),
        (True, "« vrai » ou « faux »"),
        (10**12, "trop élevé"),
        (1e300, "trop élevé"),
        ("9" * 200, "n’est pas un montant"),
    ],
)
def test_an_amount_that_is_none_is_told_by_its_cell(value, message):
    place = {}

    def wrong(book):
        cell = cell_of(book, "Charges", "641", 4)
        cell.value = value
        place["name"] = cell.coordinate

    (fault,) = back(changed(made(ONE), wrong), ONE).faults
    assert (fault.sheet, fault.cell) == ("Charges", place["name"])
    assert message in fault.message.replace("\u00a0", " ")


@pytest.mark.parametrize("value", [1234.56, "1 234,56 €", "1234,56", Decimal("1234.56"), 1234.5600000001])
def test_an_amount_is_read_as_a_number_or_as_people_type_it(value):
    def right(book):
        cell_of(book, "Charges", "641", 4).value = value

    assert told(back(changed(made(ONE), right), ONE).rows) == [("641", "", (1_234_56,))]


@pytest.mark.parametrize(
    ("change", "sheet", "message"),
    [
        (lambda book: book["Charges"].__setitem__("A4", "999"), "Charges", "n’est pas un compte"),
        (lambda book: book["Charges"].__setitem__("A4", "756"), "Charges", "n’est pas un compte de cette feuille"),
        (lambda book: book["Charges"].__setitem__("D2", 12), "Charges", "hors des lignes à remplir"),
        (lambda book: book["Charges"].__setitem__("D300", 12), "Charges", "hors des lignes à remplir"),
        (lambda book: book[EXTRA].__setitem__("D2", 12), EXTRA, "choisissez le compte"),
        (lambda book: book[EXTRA].__setitem__("A2", "Bijoux"), EXTRA, "choisissez un compte"),
        (lambda book: book["Charges"].__setitem__("C4", "x" * 200), "Charges", "trop long"),
    ],
)
def test_a_line_out_of_its_place_is_told(change, sheet, message):
    found = back(changed(made(ONE), change), ONE)
    assert [(fault.sheet, message in fault.message) for fault in found.faults] == [(sheet, True)]


def test_a_line_with_words_alone_is_worked_out_or_left_aside_and_said():
    def words(book):
        cell_of(book, "Charges", "604", 3).value = "12 séances × 150 €"
        cell_of(book, "Charges", "606", 3).value = "Livres, à préciser"

    found = back(changed(made(ONE), words), ONE)
    assert told(found.rows) == [("604", "12 séances × 150 €", (1_800_00,))]
    assert [remark.message for remark in found.remarks] == ["ligne sans montant, laissée de côté."]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (replace(ONE, application_id=8, reference="2026-008"), "un autre dossier (2026-007)"),
        (replace(ONE, call=replace(ONE.call, chart_version="2030")), "plan comptable"),
        (THREE, "durée du projet a changé"),
    ],
)
def test_the_workbook_of_something_else_is_refused(other, message):
    with pytest.raises(UnusableWorkbook, match=message.replace("(", r"\(").replace(")", r"\)")):
        back(made(ONE, ROWS), other)


def test_an_older_shape_a_missing_sheet_and_any_other_workbook_are_refused():
    def older(book):
        book["Repères"]["B1"] = "budget-0"

    def renamed(book):
        book["Charges"].title = "Dépenses"

    def unmarked(book):
        del book["Repères"]

    for change, message in ((older, "autre version"), (renamed, "« Charges »"), (unmarked, "pas celui du budget")):
        with pytest.raises(UnusableWorkbook) as refused:
            back(changed(made(ONE), change), ONE)
        assert message in str(refused.value).replace("\u00a0", " ")


def zipped(members):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def members_of(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {member.filename: archive.read(member) for member in archive.infolist()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "pas un classeur"),
        (b"%PDF-1.4", "pas un classeur"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "mot de passe"),
        (b"x" * (2 * 1024 * 1024 + 1), "dépasse 2 Mo"),
        (zipped({"a.txt": b"a"}), "pas un classeur"),
        (zipped({"content.xml": b"<a/>"}), "au format Excel"),
        (zipped({"xl/workbook.xml": b"0" * (MAX_UNPACKED + 1)}), "anormalement volumineux"),
        (zipped({"xl/workbook.xml": b"<a/>"} | {f"{n}": b"" for n in range(300)}), "anormalement volumineux"),
        (zipped({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "macros"),
        (zipped({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "déclaration interdite"),
        (zipped({"xl/workbook.xml": b"<a/>"}), "ne s’ouvre pas"),
        (zipped(members_of(made(ONE)) | {"xl/worksheets/sheet2.xml": b"<worksheet><sheetData><row"}), "ne s’ouvre pas"),
        (made(ONE)[:-200], "pas un classeur"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_workbook_is_refused_before_anything_is_read(content, message):
    with pytest.raises(UnusableWorkbook) as refused:
        back(content, ONE)
    assert message in str(refused.value)


def declaring(size, packing):
    """A workbook with a part of 64 MB that says it has `size` bytes."""
    buffer = BytesIO(made(ONE))
    with zipfile.ZipFile(buffer, "a", packing) as archive:
        archive.writestr("xl/more.xml", b" " * (64 * 1024 * 1024))
    content = bytearray(buffer.getvalue())
    entry = content.rindex(b"xl/more.xml") - 46
    struct.pack_into("<I", content, entry + 24, size)
    return bytes(content)


@pytest.mark.parametrize(
    ("packing", "message"),
    [
        (zipfile.ZIP_DEFLATED, "anormalement volumineux"),
        (zipfile.ZIP_BZIP2, "ne s’ouvre pas"),
        (zipfile.ZIP_LZMA, "ne s’ouvre pas"),
    ],
)
def test_a_part_larger_than_it_declares_is_refused_without_being_held(packing, message):
    content = declaring(10, packing)
    tracemalloc.start()
    try:
        with pytest.raises(UnusableWorkbook) as refused:
            back(content, ONE)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert message in str(refused.value)
    assert most < 8 * 1024 * 1024


def test_a_sheet_of_merged_cells_without_end_is_refused():
    members = members_of(made(ONE))
    name = "xl/worksheets/sheet2.xml"
    ranges = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, MAX_MERGED + 2)).encode()
    members[name] = members[name].replace(b"</sheetData>", b"</sheetData><mergeCells>" + ranges + b"</mergeCells>")
    with pytest.raises(UnusableWorkbook, match="anormalement volumineux"):
        back(zipped(members), ONE)


@given(st.integers(1, 10**4), st.integers(1, 10**7))
def test_a_label_that_works_out_its_amount_is_exact(count, price):
    label = f"{count} séances × {format_euros(price)}"
    assert calculated(label) == count * price
    assert miscalculated(label, count * price) is None
    assert "font" in (miscalculated(label, count * price + 1) or "")


@pytest.mark.parametrize(
    ("label", "cents"),
    [
        ("12 séances × 150 €", 1_800_00), ("12 séances de théâtre x 150", 1_800_00), ("12*150", 1_800_00),
        ("10 % × 4 500 €", 450_00), ("1,5 mois × 1 000,50 €", 1_500_75), ("Location", None), ("2026", None),
        ("3 × 2 × 10 €", None), ("Atelier 3x", None), ("", None), ("99999999999999 × 99999999999999", None),
        ("0,33 an × 0,01 €", None),
    ],
)  # fmt: skip
def test_a_label_works_out_its_amount_only_when_it_says_a_product(label, cents):
    assert calculated(label) == cents

"""Sheets read back as Excel would."""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.foundation.spreadsheets import Column, add_table, bytes_of, new_book


def written(columns, rows):
    book = new_book("Essai", date(2026, 11, 21))
    add_table(book, "Feuille", columns, rows)
    return load_workbook(BytesIO(bytes_of(book)))["Feuille"]


@pytest.mark.parametrize("text", ["=1+1", "+33 4", "-5", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_words_of_people_are_never_formulas(text):
    cell = written([Column("Titre")], [[text]])["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_values_have_their_types():
    columns = [Column("€", "euros"), Column("%", "percent"), Column("n", "whole"), Column("j", "day"), Column("SIRET")]
    row = written(columns, [[123_456, 3_333, 12, date(2026, 3, 1), "01234567890123"]])[2]
    assert [cell.value for cell in row] == [1234.56, 0.3333, 12, datetime(2026, 3, 1), "01234567890123"]


def test_the_unknown_stays_empty():
    assert [cell.value for cell in written([Column("€", "euros"), Column("t")], [[None, None]])[2]] == [None, None]


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\ud800", "\ufffe", "\uffff"])
def test_characters_that_a_sheet_cannot_hold_do_not_break_the_file(odd):
    assert written([Column("t")], [[f"a{odd}b"]])["A2"].value == "ab"

"""Sheets for Excel and LibreOffice: real types, French formats, text that is never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from portal.foundation.characters import for_xml
from portal.foundation.periods import to_paris

AnyCell = Cell | MergedCell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""

EUROS = '#,##0.00\\ "€"'
WHOLE = "#,##0"
PERCENT = "0.00\\ %"
DAY = "dd/mm/yyyy"
INSTANT = 'dd/mm/yyyy\\ hh"h"mm'

FONT = "Calibri"
"""That of the other cells: without a name LibreOffice falls back to a serif."""

_HEAD = PatternFill("solid", fgColor="10294A")
_TOTAL = PatternFill("solid", fgColor="EEF1F5")
_THIN = Border(bottom=Side(style="thin", color="C9CED6"))
_MAX_TEXT = 32_767  # what a cell may hold


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    `kind`: "text", "euros" (cents in), "whole", "percent" (basis points in), "day", "instant", "number".
    `width` in characters.
    """

    heading: str
    kind: str = "text"
    width: int = 18


def write_text(cell: AnyCell, text: str) -> None:
    """Put a person's words in a cell as words: "=1+1" stays "=1+1", whatever is done with the file."""
    cell.value = for_xml(text)[:_MAX_TEXT]
    cell.data_type = "s"
    if text[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        # Excel shows it as text again after the cell was opened for editing.
        cell.quotePrefix = True


def write_value(cell: AnyCell, kind: str, value: Any) -> None:
    """Put a value in a cell with its type; None leaves the cell empty (unknown is not zero)."""
    if value is None:
        return
    if kind == "text":
        write_text(cell, str(value))
        return
    cell.value, cell.number_format = _typed(kind, value)


def _typed(kind: str, value: Any) -> tuple[Any, str]:
    if kind == "euros":
        return Decimal(value) / 100, EUROS
    if kind == "percent":
        return Decimal(value) / 10_000, PERCENT
    if kind == "day":
        return (to_paris(value).date() if isinstance(value, datetime) else value), DAY
    if kind == "instant":
        return to_paris(value).replace(tzinfo=None), INSTANT
    return value, WHOLE if kind == "whole" else "General"


def add_table(book: Workbook, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Worksheet:
    """A sheet with one table from A1: frozen header, filter, widths, A4 landscape with the header repeated."""
    sheet: Worksheet = book.create_sheet(title)
    write_header(sheet, 1, [column.heading for column in columns])
    last = 1
    for last, row in enumerate(rows, start=2):
        for position, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(last, position)
            write_value(cell, column.kind, value)
            cell.alignment = Alignment(vertical="top", wrap_text=column.kind == "text" and column.width >= 30)
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(last, 2)}"
    sheet.print_title_rows = "1:1"
    set_landscape(sheet)
    return sheet


def write_header(sheet: Worksheet, row: int, headings: Sequence[str]) -> None:
    """One row of headings, white on dark blue."""
    for position, heading in enumerate(headings, start=1):
        cell = sheet.cell(row, position)
        write_text(cell, heading)
        cell.font = Font(name=FONT, bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def write_formula(cell: AnyCell, formula: str, number_format: str = EUROS, *, bold: bool = False) -> None:
    """A formula of our own, never made of users' text."""
    cell.value = formula
    cell.number_format = number_format
    if bold:
        mark_total(cell)


def mark_total(cell: AnyCell) -> None:
    cell.font = Font(name=FONT, bold=True)
    cell.fill = _TOTAL
    cell.border = _THIN


def set_landscape(sheet: Worksheet) -> None:
    """A4 landscape, as wide as the page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = HeaderFooterItem(center=_HeaderFooterPart(text="&A, page &P sur &N"))
    sheet.HeaderFooter.oddFooter = footer


def new_book(title: str, made_on: date) -> Workbook:
    """An empty workbook (no sheet yet) with its title."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    book.properties.title = title
    book.properties.creator = "Portail Contrat de ville"
    book.properties.language = "fr-FR"
    book.properties.created = datetime.combine(made_on, time())
    return book


def bytes_of(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()

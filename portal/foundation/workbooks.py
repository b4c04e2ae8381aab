"""Reading an .xlsx that somebody sends: bounded, without macros, values and formulas told apart.

The writing side is `spreadsheets`. A workbook is a ZIP of XML: both can be bombs, so sizes are
checked before anything is parsed, and a document type declaration, which no spreadsheet writes, is
refused.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from portal.foundation.money import MAX_CENTS

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 16 * 1024 * 1024
MAX_MEMBERS = 200
MAX_ROWS = 1_000
MAX_COLUMNS = 30
MAX_MERGED = 2_000
"""Merged ranges of a sheet: each cell read is looked for in all of them."""

_PIECE = 64 * 1024
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What spreadsheets write. The others give much more than is asked of them, whatever the piece read."""
_UNOPENED = "Ce classeur ne s’ouvre pas. Enregistrez-le à nouveau, puis renvoyez-le."
_VOLUMINOUS = "Ce classeur est anormalement volumineux ; il n’est pas accepté."
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_DECLARATIONS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, OSError, EOFError, NotImplementedError, OverflowError,
)  # fmt: skip
"""What the library raises on a file that is not the workbook it says it is."""


@dataclass(frozen=True)
class Bounds:
    """How far a sheet is read. `whole` refuses one that goes beyond instead of leaving its end unread."""

    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS
    whole: bool = False


class UnusableWorkbook(ValueError):
    """The file cannot be read as a workbook; the message says why, in French."""


@dataclass(frozen=True)
class CellFault:
    """What is wrong in a cell; empty names speak of the whole sheet, or of the whole workbook."""

    sheet: str
    cell: str
    message: str


@dataclass(frozen=True)
class SentCell:
    """A cell that is not empty: its value (a formula's last result, None when it has none)."""

    row: int
    column: int
    value: Any
    is_formula: bool

    @property
    def name(self) -> str:
        """« D12 »."""
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def is_error(self) -> bool:
        """Whether the spreadsheet could not compute it: #REF!, #N/A…"""
        return isinstance(self.value, str) and self.value in ERROR_CODES


@dataclass(frozen=True)
class SentSheet:
    """A sheet: its cells by (row, column), both from 1."""

    title: str
    cells: Mapping[tuple[int, int], SentCell]
    merged: tuple[str, ...] = ()
    """The ranges of merged cells: « D4:D6 ». Only the first cell of each holds its value."""

    def at(self, row: int, column: int) -> SentCell:
        return self.cells.get((row, column)) or SentCell(row, column, None, False)

    def rows(self) -> list[int]:
        """The rows that hold something, in order."""
        return sorted({row for row, _ in self.cells})

    def merged_over(self, row: int, column: int) -> str | None:
        """The merged range that covers a cell."""
        for name in self.merged:
            left, top, right, bottom = (edge or 0 for edge in range_boundaries(name))
            if top <= row <= bottom and left <= column <= right:
                return name
        return None


def cents_of(value: object) -> int:
    """The cents of a cell that holds neither text nor nothing.

    Raises ValueError on what is no amount; its message is in French, the end of a sentence that names the cell.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = "une date" if isinstance(value, date | datetime | time | timedelta) else "« vrai » ou « faux »"
        raise ValueError(f"c’est {what}, pas un montant.")
    # Only a float is asked: a whole number of hundreds of digits would not turn into one.
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("ce n’est pas un montant.")
    if value < 0:
        raise ValueError("un montant n’est pas négatif.")
    if value * 100 > MAX_CENTS:
        raise ValueError("ce montant est trop élevé : au plus un milliard d’euros.")
    exact = Decimal(repr(value)) * 100
    cents = round(exact)
    # A formula's floats are a hair off the cent; anything farther is a third decimal.
    if abs(exact - cents) > Decimal("0.0001"):
        raise ValueError("plus de deux chiffres après la virgule : arrondissez au centime.")
    return cents


def read_workbook(stream: IO[bytes], bounds: Bounds = Bounds()) -> dict[str, SentSheet]:
    """The sheets of a workbook by title. Raises UnusableWorkbook."""
    content = stream.read(MAX_BYTES + 1)
    _check(content)
    try:
        values = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return {sheet.title: _sheet(content, sheet, formulas[sheet.title], bounds) for sheet in values.worksheets}
    except UnusableWorkbook:
        raise
    except _BROKEN:
        raise UnusableWorkbook(_UNOPENED) from None


def _sheet(content: bytes, values: Any, formulas: Any, bounds: Bounds) -> SentSheet:
    cells = dict(_cells(values, formulas, bounds))
    if bounds.whole and any(row > bounds.rows for row, _ in cells):
        raise UnusableWorkbook(
            f"La feuille « {values.title} » a plus de {bounds.rows} lignes : envoyez-la en plusieurs fichiers."
        )
    with zipfile.ZipFile(BytesIO(content)) as archive:
        merged = _MERGED.findall(archive.read(values._worksheet_path))
    if len(merged) > MAX_MERGED:
        raise UnusableWorkbook(_VOLUMINOUS)
    return SentSheet(values.title, cells, tuple(name.decode() for name in merged))


def _cells(values: Any, formulas: Any, bounds: Bounds) -> Iterator[tuple[tuple[int, int], SentCell]]:
    limits = {"max_row": bounds.rows + bounds.whole, "max_col": bounds.columns}
    pairs = zip(values.iter_rows(**limits), formulas.iter_rows(**limits), strict=True)
    for row, (shown, written) in enumerate(pairs, start=1):
        for column, (value, source) in enumerate(zip(shown, written, strict=True), start=1):
            if source.value is not None:
                yield (row, column), SentCell(row, column, value.value, source.data_type == "f")


def _check(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise UnusableWorkbook(f"Le fichier dépasse {MAX_BYTES // 1024 // 1024} Mo.")
    if content.startswith(_OLD_OR_LOCKED):
        raise UnusableWorkbook(
            "Ce fichier est protégé par un mot de passe, ou d’un ancien format Excel. Enregistrez-le sans mot de "
            "passe, au format .xlsx."
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_archive(archive)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError):
        raise UnusableWorkbook("Ce fichier n’est pas un classeur Excel (.xlsx).") from None


def _check_archive(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        advice = " Enregistrez-le au format Excel (.xlsx)." if "content.xml" in names else ""
        raise UnusableWorkbook(f"Ce fichier n’est pas un classeur Excel (.xlsx).{advice}")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnusableWorkbook(_VOLUMINOUS)
    if any(member.compress_type not in _PACKINGS for member in members):
        raise UnusableWorkbook(_UNOPENED)
    if any("vbaproject" in name.lower() for name in names):
        raise UnusableWorkbook("Ce classeur contient des macros. Enregistrez-le au format .xlsx, sans macros.")
    for member in members:
        content = _unpacked(archive, member)
        if any(declaration in content for declaration in _DECLARATIONS):
            raise UnusableWorkbook("Ce classeur contient une déclaration interdite ; il n’est pas accepté.")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a part, piece by piece: its declared size is only what whoever made the archive wrote.

    The library that parses afterwards trusts that size, so a part that is not of it is refused.
    """
    unbounded = copy(member)
    unbounded.file_size = MAX_UNPACKED + 1
    content = bytearray()
    with archive.open(unbounded) as part:
        while piece := part.read(_PIECE):
            content += piece
            if len(content) > member.file_size:
                raise UnusableWorkbook(_VOLUMINOUS)
    return bytes(content)

"""A table sent as a workbook or as CSV: its headings found, its cells kept with their place."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.utils import range_boundaries

from portal.exchange.rules.tables import SEPARATORS, UnusableTable, examined
from portal.foundation.folding import fold
from portal.foundation.workbooks import Bounds, SentCell, SentSheet, UnusableWorkbook, read_workbook

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 3_000
MAX_COLUMNS = 60
HEADING_ROWS = 15
"""How far from the top the headings may be: titles and blank lines come first."""

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class SentRow:
    """A row below the headings: its number in the file, its cells by column from 1."""

    number: int
    cells: Mapping[int, SentCell]

    def at(self, column: int) -> SentCell:
        return self.cells.get(column) or SentCell(self.number, column, None, False)


@dataclass(frozen=True)
class SentTable:
    """A readable table. `sheet` is None for a CSV; `merged` are the (rows, columns) of merged cells."""

    sheet: str | None
    sha256: str
    headings: Mapping[int, str]
    rows: tuple[SentRow, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def place(self, cell: SentCell) -> str:
        """Where a cell is, in words: « feuille « Votes », cellule D12 », « ligne 12, colonne « Montant » »."""
        if self.sheet is not None:
            return f"feuille « {self.sheet} », cellule {cell.name}"
        return f"ligne {cell.row}, colonne « {self.headings.get(cell.column, '')} »"

    def merged_at(self, cell: SentCell) -> bool:
        """Whether a cell is part of a merge over several rows: its value would not be its own."""
        return any(
            left <= cell.column <= right and top <= cell.row <= bottom and bottom > top
            for left, top, right, bottom in self.merged
        )


def bare(heading: str) -> str:
    """A heading as it is compared: no accent, no case, no sign: « N° DAUPHIN (€) » is « n dauphin »."""
    return " ".join(re.sub(r"[^\w]+", " ", fold(heading)).split())


def read_table(path: Path, known: Callable[[str], bool]) -> SentTable:
    """The table of a file: in a workbook, that of the sheet whose headings are best known.

    Raises UnusableTable with words for whoever sent it.
    """
    with path.open("rb") as stream:
        told = examined(stream)
    if told.size > MAX_BYTES:
        raise UnusableTable(f"Le fichier dépasse {MAX_BYTES // 1024 // 1024} Mo : envoyez-le en plusieurs fois.")
    with path.open("rb") as stream:
        is_workbook = stream.read(4) in (_ZIP, b"\xd0\xcf\x11\xe0")
    if is_workbook:
        return _workbook(path, told.sha256, known)
    return _csv(path, told.encoding, told.sha256, known)


def _workbook(path: Path, sha256: str, known: Callable[[str], bool]) -> SentTable:
    try:
        with path.open("rb") as stream:
            sheets = read_workbook(stream, Bounds(MAX_ROWS, MAX_COLUMNS, whole=True))
    except UnusableWorkbook as unusable:
        raise UnusableTable(str(unusable)) from None
    found = [(score, -place, row, sheet) for place, sheet in enumerate(sheets.values())
             for score, row in [_headings(_rows(sheet), known)]]  # fmt: skip
    best = max(found, key=lambda each: each[:2], default=None)
    if best is None or best[0] == 0:
        raise UnusableTable("Aucune feuille du classeur n’a de titres de colonnes.")
    _, _, heading, sheet = best
    return _table(sheet.title, sha256, _rows(sheet), heading, sheet.merged)


def _rows(sheet: SentSheet) -> list[SentRow]:
    rows: dict[int, dict[int, SentCell]] = {}
    for (row, column), cell in sheet.cells.items():
        rows.setdefault(row, {})[column] = cell
    return [SentRow(number, rows[number]) for number in sorted(rows)]


def _csv(path: Path, encoding: str, sha256: str, known: Callable[[str], bool]) -> SentTable:
    try:
        text = path.read_text(encoding=encoding)
    except UnicodeError:
        raise UnusableTable("Le fichier n’est pas un texte lisible. Enregistrez-le en « CSV UTF-8 ».") from None
    if not text.strip():
        raise UnusableTable("Le fichier est vide.")
    if "\x00" in text:
        raise UnusableTable("Ce fichier n’est ni un classeur Excel (.xlsx), ni un texte CSV.")
    readings = [(separator, rows) for separator in SEPARATORS if (rows := _split(text, separator)) is not None]
    scored = [(*_headings(rows, known), rows) for _, rows in readings]
    best = max(scored, key=lambda each: each[0], default=None)
    if best is None:
        raise UnusableTable("Des guillemets sont mal fermés : enregistrez à nouveau le fichier depuis le tableur.")
    score, heading, rows = best
    if score == 0:
        raise UnusableTable("La première ligne du fichier n’est pas une liste de colonnes.")
    if len(rows) > MAX_ROWS:
        raise UnusableTable(f"Le fichier a plus de {MAX_ROWS} lignes : envoyez-le en plusieurs fois.")
    return _table(None, sha256, rows, heading, ())


def _split(text: str, separator: str) -> list[SentRow] | None:
    """The rows of a CSV under one separator, by the line where each begins; None when it cannot be so."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            filled = {
                place: SentCell(line, place, cell.strip(), False)
                for place, cell in enumerate(cells[:MAX_COLUMNS], start=1)
                if cell.strip()
            }
            if filled:
                rows.append(SentRow(line, filled))
            line = reader.line_num + 1
    except csv.Error:
        return None
    return rows


def _headings(rows: Sequence[SentRow], known: Callable[[str], bool]) -> tuple[int, int]:
    """(score, row number) of the row that most looks like headings: known words count most, then words at all."""
    best = (0, 0)
    for row in rows[:HEADING_ROWS]:
        words = [str(cell.value) for cell in row.cells.values() if isinstance(cell.value, str)]
        if len(words) < 2:
            continue
        score = 100 * sum(known(bare(word)) for word in words) + min(len(words), 99)
        if score > best[0]:
            best = (score, row.number)
    return best


def _table(sheet: str | None, sha256: str, rows: Sequence[SentRow], heading: int, merged: Sequence[str]) -> SentTable:
    (titles,) = [row for row in rows if row.number == heading]
    headings = {column: str(cell.value).strip() for column, cell in titles.cells.items() if cell.value is not None}
    ranges = []
    for name in merged:
        left, top, right, bottom = range_boundaries(name)
        ranges.append((int(left or 0), int(top or 0), int(right or 0), int(bottom or 0)))
    below = tuple(row for row in rows if row.number > heading)
    return SentTable(sheet, sha256, headings, below, tuple(ranges))

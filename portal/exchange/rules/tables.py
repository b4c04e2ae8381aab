"""A table sent as CSV by whoever has a spreadsheet: its encoding, its separator, its columns by name."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from portal.foundation.folding import fold

CHUNK = 64 * 1024
MAX_HEADER = 20_000
SEPARATORS = (",", ";", "\t")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


class UnusableTable(ValueError):
    """The file cannot be read as a table; the message says why, in French."""


@dataclass(frozen=True)
class Bytes:
    """What the bytes of a file are: their encoding and their SHA-256."""

    encoding: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Line:
    """One record: the line of the file where it begins, and its cells by column name."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, spaces trimmed; empty when the column is not there."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True)
class BadLine:
    """A record that cannot be read."""

    number: int
    message: str


def examined(stream: BinaryIO) -> Bytes:
    """Read the stream once, chunk by chunk, to know its encoding: UTF-8 if it can be, else Windows's own."""
    digest, size, is_utf8 = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = b""
    while chunk := stream.read(CHUNK):
        first = first or chunk[:4]
        digest.update(chunk)
        size += len(chunk)
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig" if is_utf8 else "cp1252"
    return Bytes(encoding, digest.hexdigest(), size)


@dataclass(frozen=True)
class Table:
    """A readable table: its columns under the names asked for, then its lines."""

    columns: tuple[str, ...]
    _text: io.TextIOBase
    _separator: str
    _places: Mapping[str, int]

    def lines(self) -> Iterator[Line | BadLine]:
        """The records in order; blank ones are passed over. To be read once."""
        # Strict: a quote that is never closed would otherwise swallow what follows in silence.
        reader = csv.reader(self._text, delimiter=self._separator, strict=True)
        width = len(next(reader))
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield BadLine(number, "guillemets mal fermés, ou cellule trop longue : la suite n’a pas été lue.")
                return
            except UnicodeError:
                yield BadLine(number, "caractères illisibles : enregistrez le fichier en « CSV UTF-8 ».")
                return
            if any(cell.strip() for cell in cells):
                yield self._line(number, cells, width)

    def _line(self, number: int, cells: Sequence[str], width: int) -> Line | BadLine:
        if any(cell.strip() for cell in cells[width:]):
            return BadLine(
                number, f"{len(cells)} cellules pour {width} colonnes : un texte contient sans doute le séparateur."
            )
        if any(_CONTROL.search(cell) for cell in cells):
            return BadLine(number, "un caractère invisible interdit se trouve dans la ligne.")
        named = {column: cells[place] for column, place in self._places.items() if place < len(cells)}
        return Line(number, named)


def opened(stream: BinaryIO, encoding: str, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """The table of a stream at its beginning. Columns are found by name, in any order; others are ignored.

    Raises UnusableTable when the file is empty, a required column is missing, or one comes twice.
    """
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        header = text.readline(MAX_HEADER)
    except UnicodeError:
        raise UnusableTable("Le fichier n’est pas un texte lisible. Enregistrez-le en « CSV UTF-8 ».") from None
    text.seek(0)
    if not header.strip():
        raise UnusableTable("Le fichier est vide, ou commence par une ligne vide.")
    separator, names = _best_reading(header, {*required, *optional})
    _check_columns(names, required, optional)
    places = {column: names.index(column) for column in (*required, *optional) if column in names}
    return Table(tuple(places), text, separator, places)


def _best_reading(header: str, wanted: set[str]) -> tuple[str, list[str]]:
    """The separator under which the header shows the most wanted columns, and its folded names."""
    readings = []
    for separator in SEPARATORS:
        try:
            names = [fold(name) for name in next(csv.reader([header], delimiter=separator, strict=True), [])]
        except csv.Error:
            continue
        readings.append((len(wanted & set(names)), separator, names))
    if not readings:
        raise UnusableTable("La première ligne du fichier n’est pas une liste de colonnes.")
    _, separator, names = max(readings, key=lambda reading: reading[0])
    return separator, names


def _check_columns(names: list[str], required: Sequence[str], optional: Sequence[str]) -> None:
    missing = [column for column in required if column not in names]
    if missing:
        plural = len(missing) > 1
        raise UnusableTable(
            f"{'Colonnes absentes' if plural else 'Colonne absente'} de la première ligne : "
            + ", ".join(f"« {column} »" for column in missing)
            + "."
        )
    twice = sorted({column for column in (*required, *optional) if names.count(column) > 1})
    if twice:
        raise UnusableTable("Colonne présente deux fois : " + ", ".join(f"« {column} »" for column in twice) + ".")

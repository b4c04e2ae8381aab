"""Everything of an application in one ZIP: what stands in it, under which names, always the same bytes."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from portal.calls.rules.budget_years import aligned
from portal.calls.rules.filing import Dossier
from portal.calls.states import Side
from portal.foundation import spreadsheets
from portal.foundation.periods import to_paris

LARGEST_AT_ONCE = 10 * 1024 * 1024
"""Above this many bytes the archive is made by a job."""

LONGEST_NAME = 80
SUFFIXES = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that Windows keeps for itself."""


@dataclass(frozen=True)
class Piece:
    """A file of the archive: its name there, what it is, and its bytes or where they are."""

    name: str
    label: str
    size_bytes: int
    sha256: str
    path: Path | None = None
    content: bytes = b""


@dataclass(frozen=True)
class LeftOut:
    """A document that is not in the archive, and why."""

    label: str
    file_name: str
    why: str


@dataclass(frozen=True)
class Archive:
    """What an archive holds. `dated_at` dates all its files, so that the same content is the same archive."""

    title: str
    organisation: str
    file_name: str
    dated_at: datetime
    pieces: tuple[Piece, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def size_bytes(self) -> int:
        return sum(piece.size_bytes for piece in self.pieces)

    @property
    def is_large(self) -> bool:
        return self.size_bytes > LARGEST_AT_ONCE


def plain_name(text: str) -> str:
    """A name that any system can write, and that never leads out of its folder."""
    kept = "".join(c if c.isalnum() or c in " -_'’(),." else " " for c in unicodedata.normalize("NFC", text))
    # A dot at either end hides a file or climbs to the folder above.
    short = re.sub(r"\s+", " ", re.sub(r"\.{2,}", ".", kept)).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"{short}_" if short.casefold() in _RESERVED else short or "document"


def document_name(number: int, label: str, file_name: str, media_type: str) -> str:
    """« documents/03 Statuts en vigueur - statuts 2024.pdf »; the suffix is that of what the file is."""
    stem = plain_name(Path(file_name).stem)
    return f"documents/{number:02d} {plain_name(label)} - {stem}{SUFFIXES.get(media_type, '.bin')}"


def index_of(archive: Archive) -> str:
    """The list of what is in the archive, for a person who opens it."""
    lines = [_one_line(archive.title), _one_line(archive.organisation), "", "Dans cette archive", "-" * 18]
    for piece in archive.pieces:
        lines += [piece.name, f"    {_one_line(piece.label)}", f"    {piece.size_bytes} octets, SHA-256 {piece.sha256}"]
    if archive.left_out:
        lines += ["", "Laissé de côté", "-" * 14]
        lines += [f"{_one_line(left.label)}, « {left.file_name} » : {left.why}" for left in archive.left_out]
    # The ends of lines that the plainest editors know.
    return "\r\n".join([*lines, ""])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write(archive: Archive, file: IO[bytes], step: Callable[[int], None] = lambda _done: None) -> None:
    """Write the ZIP into `file`; `step` is told how many pieces are in it."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        _add(zipped, "00 sommaire.txt", archive.dated_at, [b"\xef\xbb\xbf", index_of(archive).encode()])
        for done, piece in enumerate(archive.pieces, start=1):
            _add(zipped, piece.name, archive.dated_at, _chunks(piece))
            step(done)


def _chunks(piece: Piece) -> Iterable[bytes]:
    if piece.path is None:
        yield piece.content
        return
    with piece.path.open("rb") as file:
        while chunk := file.read(64 * 1024):
            yield chunk


def _add(zipped: zipfile.ZipFile, name: str, dated_at: datetime, chunks: Iterable[bytes]) -> None:
    local = to_paris(dated_at)
    told = zipfile.ZipInfo(name, (max(local.year, 1980), local.month, local.day, local.hour, local.minute, 0))
    told.compress_type = zipfile.ZIP_DEFLATED
    told.create_system = 3  # the same bytes whatever the machine
    told.external_attr = 0o644 << 16
    with zipped.open(told, "w") as entry:
        for chunk in chunks:
            entry.write(chunk)


def budget_sheet(dossier: Dossier, made_on: date) -> bytes:
    """The budget as a workbook to read, a sheet a side, a column a year; what people typed is text."""
    book = spreadsheets.new_book(f"Budget du dossier {dossier.reference}", made_on)
    years = dossier.budgets
    lines = aligned([entries for _year, entries in years])
    columns = [
        spreadsheets.Column("Compte", width=10),
        spreadsheets.Column("Intitulé", width=40),
        spreadsheets.Column("Détail", width=44),
        *(spreadsheets.Column(str(year), "euros", 16) for year, _entries in years),
    ]
    for side in Side:
        here = [line for line in lines if line.first.side is side]
        rows = [[line.first.account_code, line.first.account_label, line.first.label, *line.amounts] for line in here]
        totals = [sum(line.amounts[place] or 0 for line in here) for place in range(len(years))]
        sheet = spreadsheets.add_table(book, side.label, columns, [*rows, ["", "Total", "", *totals]])
        for cell in sheet[len(rows) + 2]:
            spreadsheets.mark_total(cell)
    return _settled(spreadsheets.bytes_of(book), made_on)


def _settled(workbook: bytes, made_on: date) -> bytes:
    """The same workbook without the hour at which it was written."""
    settled = BytesIO()
    at = (made_on.year, made_on.month, made_on.day, 0, 0, 0)
    with zipfile.ZipFile(BytesIO(workbook)) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "docProps/core.xml":
                day = f"{made_on.isoformat()}T00:00:00Z".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + day, content)
            told = zipfile.ZipInfo(member.filename, at)
            told.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(told, content)
    return settled.getvalue()

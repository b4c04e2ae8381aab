"""Many documents as one: PDFs joined behind their bookmarks, files in one archive."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, cast

import pikepdf
from pikepdf import Dictionary, Name, OutlineItem

from portal.foundation.files import clean_name


@dataclass(frozen=True)
class Part:
    """One document: its bookmark or its name in the archive, and where its bytes are."""

    title: str
    path: Path


def join_pdfs(
    parts: Sequence[Part], target: IO[bytes], *, title: str, odd_pages: bool, told: Callable[[int], None]
) -> int:
    """Write the parts into one PDF, in their order, a bookmark on each; returns its pages.

    `odd_pages`: each begins on the front of a sheet, a blank page before it where needed. `told` is
    called with how many parts are done. The parts must be our own documents.
    """
    joined = pikepdf.new()
    with joined.open_outline() as outline:
        for rank, part in enumerate(parts, 1):
            if odd_pages and len(joined.pages) % 2:
                _add_blank(joined)
            outline.root.append(OutlineItem(part.title, len(joined.pages)))
            # From memory: hundreds of files are not held open.
            with pikepdf.open(BytesIO(part.path.read_bytes())) as source:
                _without_structure(source)
                joined.pages.extend(source.pages)
            told(rank)
    _describe(joined, title, odd_pages=odd_pages)
    pages = len(joined.pages)
    joined.save(cast(BinaryIO, target))
    joined.close()
    return pages


def _add_blank(joined: pikepdf.Pdf) -> None:
    _left, _bottom, width, height = (float(side) for side in joined.pages[-1].mediabox)
    joined.add_blank_page(page_size=(width, height))


def _without_structure(source: pikepdf.Pdf) -> None:
    """Pages leave their tree of tags behind: what points to it would point to nothing."""
    for page in source.pages:
        for name in (Name.StructParents, Name.Tabs):
            if name in page.obj:
                del page.obj[name]


def _describe(joined: pikepdf.Pdf, title: str, *, odd_pages: bool) -> None:
    joined.Root.Lang = pikepdf.String("fr-FR")
    joined.Root.PageMode = Name.UseOutlines
    joined.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    if odd_pages:
        joined.Root.ViewerPreferences.Duplex = Name.DuplexFlipLongEdge
    with joined.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = title


def archive(parts: Sequence[Part], target: IO[bytes], *, told: Callable[[int], None]) -> None:
    """Write the parts into one ZIP, each under its title; a name met twice is numbered."""
    met: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for rank, part in enumerate(parts, 1):
            name = Path(clean_name(part.title.replace("/", "-")))
            met[name.name] = met.get(name.name, 0) + 1
            again = f" ({met[name.name]})" if met[name.name] > 1 else ""
            made.write(part.path, f"{name.stem}{again}{name.suffix}")
            told(rank)

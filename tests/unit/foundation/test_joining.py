"""PDFs joined behind their bookmarks, on odd pages when asked; files in one archive."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pikepdf
import pytest

from portal.foundation.joining import Part, archive, join_pdfs


def part(folder, name, pages):
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
            made.pages[-1].obj[pikepdf.Name.StructParents] = 0
        made.save(folder / name)
    return Part(f"Lettre {name}", folder / name)


@pytest.mark.parametrize(
    ("odd", "count", "starts"), [(False, 6, [0, 1, 3, 5]), (True, 7, [0, 2, 4, 6])], ids=["one after another", "odd"]
)
def test_each_document_keeps_its_pages_behind_its_bookmark(tmp_path, odd, count, starts):
    parts = [part(tmp_path, name, pages) for name, pages in (("a", 1), ("b", 2), ("c", 2), ("d", 1))]
    target, told = BytesIO(), []
    assert join_pdfs(parts, target, title="Tous", odd_pages=odd, told=told.append) == count
    assert told == [1, 2, 3, 4]
    with pikepdf.open(BytesIO(target.getvalue())) as joined:
        assert len(joined.pages) == count
        with joined.open_outline() as outline:
            marks = [(item.title, joined.pages.index(pikepdf.Page(item.destination[0]))) for item in outline.root]
        assert marks == [(each.title, start) for each, start in zip(parts, starts)]
        assert not any("/StructParents" in page.obj for page in joined.pages)
        assert str(joined.Root.Lang) == "fr-FR"
        assert (joined.Root.ViewerPreferences.get("/Duplex") is not None) is odd


def test_an_archive_numbers_the_names_met_twice_and_holds_no_folder(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    parts = [Part("x.docx", tmp_path / "a"), Part("x.docx", tmp_path / "b"), Part("../y/z.docx", tmp_path / "c")]
    target = BytesIO()
    archive(parts, target, told=lambda _done: None)
    with zipfile.ZipFile(target) as made:
        assert {name: made.read(name) for name in made.namelist()} == {
            "x.docx": b"a",
            "x (2).docx": b"b",
            "-y-z.docx": b"c",
        }

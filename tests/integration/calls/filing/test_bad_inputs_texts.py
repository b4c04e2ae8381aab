"""Texts that would break a page, a PDF or a workbook: kept as words wherever they are shown, or told at their field."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pikepdf
import pytest
import sqlalchemy as sa

from portal.calls.models import Submission
from portal.extensions import db
from portal.foundation.delivery import run_task
from portal.foundation.files import StoredFile, files_root
from portal.foundation.outbox import Task, TaskState
from tests.integration.calls.filing.bad_inputs import filled, refused, shown, typed_rows
from tests.integration.calls.filing.scene import sections_of
from tests.pdfs import words

# The test client leaves the temporary file of a large body to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("large_bodies"),
]
SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(2)">'
TEXTS = [
    ("projet", name)
    for name in (
        "title", "contact_name", "need", "need_identified_by", "objectives", "description", "places", "calendar",
        "equipment", "partners_text", "common_law_means",
    )
] + [
    ("structure", "name"), ("structure", "acronym"), ("structure", "address"), ("structure", "town"),
    ("structure", "representative_name"), ("structure", "representative_role"), ("structure", "networks"),
    ("public", "public_characteristics"), ("public", "outreach"),
    ("indicateurs", "own_0_label"), ("indicateurs", "evaluation_method"),
    ("budget", "line_expense_606_0_label"), ("budget", "indirect_costs_rule"),
]  # fmt: skip
LONGEST = {"acronym": 40}


@pytest.mark.parametrize(("section", "field"), TEXTS)
def test_html_in_a_text_is_shown_as_words(owner, it, draft, section, field):
    typed = SCRIPT[: LONGEST.get(field, 200)]
    filled(owner, it, draft, "quartiers")
    assert owner.save(draft, section, **{**sections_of(it)[section], field: typed}).status_code == 302
    page, reading = owner.get(owner.section(draft, section)), owner.get(f"/dossiers/{draft}/lecture")
    assert shown(page, field) == typed
    for each in (page, reading, owner.get(f"/dossiers/{draft}"), owner.get("/dossiers")):
        assert each.status_code == 200
        assert each.tree.xpath("//img[@onerror] | //script[not(@src)]") == []
        assert b"<script>alert" not in each.data


STRANGE = {
    "title": "=1+1",
    "need": '<script>alert(1)</script> & "guillemets" #import $x$ [typst]',
    "objectives": "+33 @SUM(A1:A9) -2",
    "description": "Émojis 😀👩‍👩‍👧 et accents e\u0301",
    "places": "عربي ועברית Ελλάδα",
}


def run_jobs():
    for task_id in db.session.scalars(sa.select(Task.id).where(Task.state == TaskState.WAITING)).all():
        db.session.rollback()
        run_task(task_id)
    db.session.rollback()


def test_strange_texts_stay_words_in_the_pdf_and_in_the_workbook(owner, it, draft):
    owner.fill(draft, it)
    assert owner.save(draft, "projet", **{**sections_of(it)["projet"], **STRANGE}).status_code == 302
    label = "=HYPERLINK(1)"
    assert owner.save(draft, "budget", **{**sections_of(it)["budget"], "line_expense_606_0_label": label}).location
    assert owner.sign(draft).location == f"/dossiers/{draft}/recepisse"
    run_jobs()
    path = db.session.scalar(sa.select(StoredFile.path).join(Submission, Submission.pdf_file_id == StoredFile.id))
    db.session.rollback()
    with pikepdf.open(files_root() / path) as pdf:
        printed = words(pdf)
    for told in ("=1+1", "<script>alert(1)</script>", "#import$x$[typst]", "+33@SUM(A1:A9)-2"):
        assert told in printed
    archive = zipfile.ZipFile(io.BytesIO(owner.get(f"/dossiers/{draft}/archive.zip").data))
    book = openpyxl.load_workbook(io.BytesIO(archive.read("03 budget.xlsx")))
    cells = [cell for row in book["Charges"].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == label] == ["s"]
    assert "f" not in {cell.data_type for cell in cells}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lire\u202e pdf.exe", "Lire pdf.exe"),
        ("Lire\u2066 ici\u2069", "Lire ici"),
        ("Lire\x08\x1b[31m rouge", "Lire[31m rouge"),
        ("Lire\r\nBcc: tous@exemple.fr", "Lire Bcc: tous@exemple.fr"),
        ("Lire\x0b\x0cici", "Lire ici"),
        ("  Lire  ", "Lire"),
        ("Lire 👩\u200d👩\u200d👧", "Lire 👩\u200d👩\u200d👧"),
        ("L\u0065\u0301on", "L\u0065\u0301on"),
    ],
)
def test_what_nobody_types_on_purpose_leaves_a_line_of_text(owner, it, draft, typed, kept):
    assert owner.save(draft, "projet", title=typed).status_code == 302
    assert typed_rows(draft).project.title == kept


def test_a_text_of_several_lines_keeps_its_lines_and_nothing_invisible(owner, it, draft):
    assert owner.save(draft, "projet", need="Un\r\n\r\nDeux\u202e\x07\tTrois\u2028Quatre").status_code == 302
    assert typed_rows(draft).project.need == "Un\n\nDeux\tTrois\nQuatre"


@pytest.mark.parametrize(
    ("section", "field", "longest"),
    [
        ("projet", "title", 150), ("projet", "contact_name", 200), ("projet", "need", 6000),
        ("projet", "places", 1000), ("structure", "acronym", 40), ("structure", "networks", 1000),
        ("public", "outreach", 3000), ("indicateurs", "evaluation_method", 3000),
    ],
)  # fmt: skip
def test_a_text_too_long_is_told_at_its_field_and_kept_whole_on_the_page(owner, it, draft, section, field, longest):
    filled(owner, it, draft, "quartiers", section)
    told = refused(owner, it, draft, section, field, "é" * (longest + 1))
    assert told == f"Ce texte est trop long : au plus {longest} caractères."


def test_a_text_of_a_megabyte_is_told_at_its_field(owner, it, draft):
    filled(owner, it, draft, "projet")
    assert refused(owner, it, draft, "projet", "need", "x" * 1_000_000).startswith("Ce texte est trop long")


@pytest.mark.parametrize("place", ["", "/enregistrement"])
@pytest.mark.parametrize("field", ["title", "need"])
def test_a_null_character_pasted_with_a_text_is_left_out_and_nothing_else_is_lost(owner, it, draft, field, place):
    filled(owner, it, draft, "projet")
    typed = {**sections_of(it)["projet"], field: "Lire\0 ici", "places": "Place neuve"}
    answer = owner.post(f"{owner.section(draft, 'projet')}{place}", version=1, page="p", **typed)
    assert answer.status_code == (200 if place else 302)
    kept = typed_rows(draft).project
    assert (getattr(kept, field), kept.places) == ("Lire ici", "Place neuve")


def test_bytes_that_are_no_text_are_kept_as_they_were_written(owner, it, draft):
    version = owner.get(owner.section(draft, "projet")).tree.xpath('//input[@name="version"]/@value')[0]
    body = b"version=" + version.encode() + b"&page=p&title=Lire%ED%A0%80%FFici"
    answer = owner.client.post(
        owner.section(draft, "projet"), data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 302
    assert typed_rows(draft).project.title == "Lire%ED%A0%80%FFici"
    assert "Lire" in owner.get(f"/dossiers/{draft}/lecture").text

"""Files that are not what they say, or that nobody could open: told at their field, nothing kept."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
import sqlalchemy as sa

from portal.calls.models import ApplicationDocument
from portal.calls.states import DocumentCase
from portal.extensions import db
from portal.foundation.delivery import run_task
from portal.foundation.files import StoredFile
from portal.foundation.outbox import Task, TaskState
from tests import factories
from tests.integration.calls.filing.bad_inputs import kept_files, typed_rows
from tests.integration.calls.filing.scene import IBAN, PDF, document_asked

# The test client leaves the temporary file of a large body to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("large_bodies"),
]
NOT_ACCEPTED = "Ce type de fichier n’est pas accepté."
NOT_ITS_NAME = "Le contenu du fichier ne correspond pas à son nom. Vérifiez qu’il s’ouvre, puis renvoyez-le."
DOES_NOT_OPEN = "Ce document ne s’ouvre pas. Enregistrez-le à nouveau, puis renvoyez-le."
TOO_LARGE_INSIDE = "Ce document compressé est anormalement volumineux ; il n’est pas accepté."
MACROS = "Ce document contient des macros. Enregistrez-le sans elles, ou en PDF, puis renvoyez-le."
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 200
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return made.getvalue()


def png(width: int, height: int) -> bytes:
    """A picture of one colour, small as a file whatever its size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * (width * 3 + 1)) for _ in range(height)) + packer.flush()
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BOMB = zipped(word__document_xml=b"<w/>", word__media=b"\0" * 250_000_000)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("virus.exe", EXE, NOT_ACCEPTED),
        ("rapport.pdf", EXE, NOT_ITS_NAME),
        ("rapport.pdf.exe", PDF, NOT_ACCEPTED),
        ("rapport.pdf", HTML, NOT_ITS_NAME),
        ("photo.png", HTML, NOT_ITS_NAME),
        ("photo.jpg", png(2, 2), NOT_ITS_NAME),
        ("photo.png", PDF, NOT_ITS_NAME),
        ("logo.svg", SVG, NOT_ACCEPTED),
        ("logo.png", SVG, NOT_ITS_NAME),
        ("page.html", HTML, NOT_ACCEPTED),
        ("script.js", b"alert(1)", NOT_ACCEPTED),
        ("rapport", PDF, NOT_ACCEPTED),
        (".pdf", PDF, NOT_ACCEPTED),
        ("rapport.PDF\u202e", b"x", NOT_ITS_NAME),
        ("rapport\u202efdp.exe", EXE, NOT_ACCEPTED),
        ("photo.heic", b"\0\0\0\x18ftypheic", "Ce type de fichier n’est pas accepté. Les photos HEIC ne s’ouvrent pas"),
        ("courrier.doc", b"\xd0\xcf\x11\xe0", "Ce type de fichier n’est pas accepté. Ce format de Word est ancien."),
        ("tout.zip", zipped(a=b"a"), "Ce type de fichier n’est pas accepté. Les archives ne sont pas acceptées."),
        ("vide.pdf", b"", "Ce fichier est vide."),
        ("lourd.pdf", PDF + b"%" * (10 * 1024 * 1024), "Le fichier dépasse 10 Mo."),
        ("lourd.pdf", PDF + b"%" * (15 * 1024 * 1024), "Le fichier dépasse 10 Mo."),
        ("bombe.docx", BOMB, TOO_LARGE_INSIDE),
        ("vide.docx", zipped(readme=b"rien"), DOES_NOT_OPEN),
        ("vide.docx", zipped(word__document_xml=b""), DOES_NOT_OPEN),
        ("coupe.docx", zipped(word__document_xml=b"<w/>")[:-30], DOES_NOT_OPEN),
        ("macros.docx", zipped(word__document_xml=b"<w/>", word__vbaProject_bin=b"x"), MACROS),
        ("budget.xlsx", zipped(word__document_xml=b"<w/>"), DOES_NOT_OPEN),
        ("texte.odt", b"PK\x03\x04" + b"\0" * 40, DOES_NOT_OPEN),
    ],
)
def test_a_file_that_is_not_what_it_says_is_told_at_its_document_and_leaves_nothing(
    owner, it, draft, name, content, told
):
    rows, files = typed_rows(draft), kept_files()
    page = owner.add_document(draft, it.report.id, content=content, name=name)
    assert page.status_code == 200
    assert list(page.errors) == [f"fichier-{it.report.id}"]
    assert page.errors[f"fichier-{it.report.id}"].startswith(told)
    assert page.tree.xpath('//*[contains(@class, "error-summary")]//a/@href') == [f"#fichier-{it.report.id}"]
    assert (typed_rows(draft), kept_files()) == (rows, files)


def test_nothing_chosen_is_told_at_the_document(owner, it, draft):
    page = owner.post(f"/dossiers/{draft}/documents", requirement=it.report.id)
    assert page.errors == {f"fichier-{it.report.id}": "Choisissez d’abord un fichier."}


def test_the_name_given_to_another_document_is_shown_back_when_its_file_is_refused(owner, draft):
    page = owner.post(f"/dossiers/{draft}/documents", label="Lettre", file=(io.BytesIO(EXE), "lettre.pdf"))
    assert page.errors == {"fichier-autre": NOT_ITS_NAME}
    assert page.tree.xpath('//input[@id="autre-nom"]/@value') == ["Lettre"]


def test_too_many_files_at_once_are_refused_and_none_is_kept(owner, it, draft):
    before = kept_files()
    many = [(io.BytesIO(PDF), f"page {number}.pdf") for number in range(11)]
    page = owner.post(f"/dossiers/{draft}/documents", requirement=it.report.id, file=many)
    assert page.errors == {f"fichier-{it.report.id}": "Envoyez au plus 10 fichiers à la fois."}
    assert kept_files() == before


def test_a_sending_larger_than_any_page_takes_is_answered_in_words(owner, it, draft):
    before = kept_files()
    many = [(io.BytesIO(PDF + b"%" * (9 * 1024 * 1024)), f"page {number}.pdf") for number in range(5)]
    page = owner.post(f"/dossiers/{draft}/documents", requirement=it.report.id, file=many)
    assert page.status_code == 413
    assert "Envoyez les documents un par un." in page.text
    assert kept_files() == before


def test_a_file_far_too_large_is_told_at_its_field_and_the_words_of_the_message_stay(owner, draft):
    sent = [(io.BytesIO(PDF + b"%" * (15 * 1024 * 1024)), "bail.pdf")]
    page = owner.post(f"/dossiers/{draft}/messages", body="Voici le bail.", files=sent)
    assert page.errors == {"files": "« bail.pdf » : Le fichier dépasse 10 Mo."}
    assert page.tree.xpath('//textarea[@name="body"]')[0].text.strip() == "Voici le bail."


def test_a_rib_far_too_large_is_told_at_its_field_and_the_account_typed_stays(owner, it):
    sent = (io.BytesIO(PDF + b"%" * (15 * 1024 * 1024)), "rib.pdf")
    path = f"/structures/{it.organisation.id}/compte-bancaire"
    page = owner.post(path, holder="Les Ateliers", iban=IBAN, bic="AGRIFRPP", file=sent)
    assert page.errors == {"file": "Le fichier dépasse 10 Mo."}
    assert page.tree.xpath('//input[@name="holder"]/@value') == ["Les Ateliers"]


NAMES = [
    ("../../../etc/passwd.pdf", "passwd.pdf"),
    ("rapport\u202efdp.pdf", "rapportfdp.pdf"),
    # As browsers write an end of line and a quotation mark in a name.
    ("a%0D%0ASet-Cookie: x=1.pdf", "a%0D%0ASet-Cookie x=1.pdf"),
    ("a%22 onmouseover=%22alert(1).pdf", "a onmouseover= alert(1).pdf"),
    ("<script>alert(1)</script>.pdf", "script .pdf"),
    ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1) .pdf"),
    ("=cmd|' /C calc'!A0.pdf", "C calc'!A0.pdf"),
    ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ("rapport 😀.pdf", "rapport 😀.pdf"),
    ("   .. rapport.pdf", "rapport.pdf"),
]


@pytest.mark.parametrize(("name", "kept"), NAMES)
def test_a_name_never_leads_elsewhere_nor_writes_in_the_page(owner, it, draft, name, kept):
    assert owner.add_document(draft, it.report.id, name=name).status_code == 302
    stored = db.session.execute(sa.select(StoredFile)).scalar_one()
    document = db.session.scalar(sa.select(ApplicationDocument.id))
    assert (stored.original_name, "/" in stored.path[3:]) == (kept, False)
    db.session.rollback()
    page = owner.get(f"/dossiers/{draft}/documents")
    assert kept in page.texts('//div[contains(@class, "joined-words")]//a')
    assert page.tree.xpath("//img[@onerror] | //*[@onmouseover] | //main//script") == []
    answer = owner.get(f"/dossiers/{draft}/pieces/{document}")
    headers = answer.response.headers
    assert headers["Content-Disposition"].startswith("attachment; filename")
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in {name for name, value in headers if "x=1" in value}


POLYGLOTS = [
    ("page.pdf", b"%PDF-1.4\n" + HTML + PDF[9:], "application/pdf"),
    ("photo.png", png(4, 4) + HTML, "image/png"),
    ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + HTML, "image/jpeg"),
    ("archive.pdf", PDF + zipped(a=b"a"), "application/pdf"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), POLYGLOTS)
def test_a_file_that_is_two_things_is_only_ever_given_as_what_its_name_says(
    owner, it, draft, name, content, media_type
):
    owner.add_document(draft, it.report.id, content=content, name=name)
    path = f"/dossiers/{draft}/pieces/{db.session.scalar(sa.select(ApplicationDocument.id))}"
    db.session.rollback()
    run_previews()
    headers = owner.get(path).response.headers
    assert headers["Content-Type"] == media_type
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    picture = owner.get(f"{path}/apercu")
    assert picture.status_code in (200, 404)
    assert picture.status_code == 404 or picture.data.startswith(b"\x89PNG")
    assert HTML not in picture.data


def run_previews():
    for task_id in db.session.scalars(sa.select(Task.id).where(Task.state == TaskState.WAITING)).all():
        db.session.rollback()
        run_task(task_id)
    db.session.rollback()


@pytest.mark.parametrize(
    ("name", "content"),
    [("enorme.png", png(20_000, 20_000)), ("casse.pdf", PDF), ("casse.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50)],
)
def test_a_picture_that_cannot_be_drawn_goes_without_preview_and_is_kept(owner, it, draft, name, content):
    assert owner.add_document(draft, it.report.id, content=content, name=name).status_code == 302
    run_previews()
    assert db.session.execute(sa.select(Task.state).where(Task.name == "preview_file")).scalar_one() is TaskState.DONE
    db.session.rollback()
    page = owner.get(f"/dossiers/{draft}/documents")
    assert page.tree.xpath('//img[@class="document-preview"]') == []
    assert name in page.text


def test_a_document_of_another_call_and_one_that_does_not_exist_are_not_found(owner, it, draft):
    other = factories.call(it.contract, [it.qpv], year=2027)
    theirs = document_asked(other, "rib", "RIB", DocumentCase.ALWAYS, 1)
    before = kept_files()
    for number in (theirs.id, 999_999, 2**63, "²", "-1", "abc"):
        sent = {"requirement": str(number), "file": (io.BytesIO(PDF), "a.pdf")}
        assert owner.post(f"/dossiers/{draft}/documents", **sent).status_code == 404
    assert kept_files() == before

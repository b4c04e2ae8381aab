"""Everything of an application in one ZIP."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from portal.accounts.models import ReadAudit
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import ApplicationDocument
from portal.calls.rules import archive as rules
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import run_task, tick
from portal.foundation.files import StoredFile, files_root
from portal.foundation.outbox import Task, TaskState
from portal.foundation.scan_states import ScanState
from portal.foundation.task_files import KEPT_DAYS
from tests import factories
from tests.integration.calls.filing.scene import PDF, filer


@pytest.fixture
def filed(owner, it, draft):
    """An application filed, its PDFs made."""
    owner.fill(draft, it)
    owner.post(
        f"/dossiers/{draft}/documents", label="../../Lettre : « du collège »", file=(io.BytesIO(PDF), "../lettre.pdf")
    )
    owner.sign(draft)
    run_jobs()
    return draft


def run_jobs():
    for task_id in db.session.scalars(sa.select(Task.id).where(Task.state == TaskState.WAITING)).all():
        db.session.rollback()
        run_task(task_id)
    db.session.rollback()


def taken(visitor, application_id):
    answer = visitor.get(f"/dossiers/{application_id}/archive.zip")
    assert (answer.status_code, answer.response.mimetype) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.data))


NAMES = [
    "00 sommaire.txt",
    "01 dossier.pdf",
    "02 accusé de réception.pdf",
    "03 budget.xlsx",
    "documents/01 Relevé d’identité bancaire - a.pdf",
    "documents/02 Rapport d’activité - a.pdf",
    "documents/03 Lettre du collège - lettre.pdf",
]


def test_the_applicant_and_the_direction_take_everything_under_clear_names(app, owner, it, filed):
    manager = filer(app, factories.staff(Role.MANAGER, it.contract))
    for reader in (owner, manager):
        archive = taken(reader, filed)
        assert archive.testzip() is None
        assert archive.namelist() == NAMES
        assert archive.read(NAMES[1]).startswith(b"%PDF-")
        assert archive.read(NAMES[-1]) == PDF
    audits = db.session.execute(sa.select(ReadAudit.what, ReadAudit.person_id).order_by(ReadAudit.id)).all()
    assert [tuple(row) for row in audits] == [
        ("application.archive", owner.person_id),
        ("application.archive", manager.person_id),
    ]
    db.session.rollback()


def test_the_index_lists_each_file_with_its_digest(owner, filed):
    archive = taken(owner, filed)
    index = archive.read("00 sommaire.txt").decode("utf-8-sig")
    listed = [line for line in index.split("\r\n") if line in NAMES]
    assert listed == NAMES[1:]
    digest = db.session.scalar(sa.select(StoredFile.sha256).where(StoredFile.original_name == "a.pdf").limit(1))
    db.session.rollback()
    assert f"    {len(PDF)} octets, SHA-256 {digest}" in index.split("\r\n")


def test_the_budget_is_a_workbook_whose_words_are_text(owner, it, draft):
    owner.save(draft, "budget", line_expense_606_0_label="=1+1", line_expense_606_0_amount="2 000,50")
    book = openpyxl.load_workbook(io.BytesIO(taken(owner, draft).read("03 budget.xlsx")))
    sheet = book["Charges"]
    assert sheet["A2"].value == "606"
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=1+1", "s")
    assert float(sheet["D2"].value) == 2000.5
    assert (sheet["B3"].value, float(sheet["D3"].value)) == ("Total", 2000.5)


def test_the_same_application_gives_the_same_bytes(owner, filed):
    first = owner.get(f"/dossiers/{filed}/archive.zip").data
    with clock.held(clock.now() + timedelta(days=3)):
        assert owner.get(f"/dossiers/{filed}/archive.zip").data == first


def test_what_the_antivirus_holds_is_left_out_and_told(owner, it, filed):
    with unit_of_work() as session:
        held = session.scalar(
            sa.select(ApplicationDocument.file_id).where(ApplicationDocument.requirement_id == it.report.id)
        )
        session.execute(sa.update(StoredFile).where(StoredFile.id == held).values(scan=ScanState.PENDING))
    archive = taken(owner, filed)
    assert archive.namelist() == [name for name in NAMES if "Rapport" not in name]
    assert "Rapport d’activité, « a.pdf »" in archive.read("00 sommaire.txt").decode().replace("\u00a0", " ")
    assert "L’antivirus vérifie ce fichier" in owner.get(f"/dossiers/{filed}/archive").text


def test_bytes_that_are_gone_are_told_rather_than_failing(owner, it, filed):
    path = db.session.scalar(
        sa.select(StoredFile.path)
        .join(ApplicationDocument, ApplicationDocument.file_id == StoredFile.id)
        .where(ApplicationDocument.requirement_id == it.report.id)
    )
    db.session.rollback()
    (files_root() / path).unlink()
    assert taken(owner, filed).namelist() == [name for name in NAMES if "Rapport" not in name]


def test_a_draft_says_that_its_pdf_is_not_made(owner, draft):
    page = owner.get(f"/dossiers/{draft}/archive")
    assert "le dossier n’est pas encore déposé" in page.text
    assert taken(owner, draft).namelist() == ["00 sommaire.txt", "03 budget.xlsx"]


def test_a_large_archive_is_made_by_a_job_with_its_page(app, owner, it, filed, monkeypatch):
    monkeypatch.setattr(rules, "LARGEST_AT_ONCE", 100)
    page = owner.get(f"/dossiers/{filed}/archive")
    assert "Préparer l’archive" in page.text
    assert owner.get(f"/dossiers/{filed}/archive.zip").location == f"/dossiers/{filed}/archive"
    asked = owner.post(f"/dossiers/{filed}/archive")
    assert owner.post(f"/dossiers/{filed}/archive").location == asked.location
    assert "En attente" in owner.follow(asked).text
    run_jobs()
    assert "L’archive est prête" in owner.follow(asked).text
    found = owner.get(f"{asked.location}/fichier")
    assert zipfile.ZipFile(io.BytesIO(found.data)).namelist() == NAMES
    # It is the asker's alone.
    manager = filer(app, factories.staff(Role.MANAGER, it.contract))
    assert manager.get(f"{asked.location}/fichier").status_code == 404


def test_a_large_archive_is_forgotten_after_some_days(owner, it, filed, monkeypatch):
    monkeypatch.setattr(rules, "LARGEST_AT_ONCE", 100)
    asked = owner.post(f"/dossiers/{filed}/archive")
    run_jobs()
    with clock.held(clock.now() + timedelta(days=KEPT_DAYS + 1)):
        tick()
    assert owner.get(f"{asked.location}/fichier").status_code == 404
    assert "Cette archive est effacée" in owner.follow(asked).text


def test_a_large_archive_closes_to_a_member_who_left(app, owner, it, filed, monkeypatch):
    monkeypatch.setattr(rules, "LARGEST_AT_ONCE", 100)
    colleague = filer(app, factories.member(it.organisation, MemberLevel.EDITOR))
    asked = colleague.post(f"/dossiers/{filed}/archive")
    run_jobs()
    assert colleague.get(f"{asked.location}/fichier").status_code == 200
    assert colleague.post(f"/structures/{it.organisation.id}/quitter").status_code == 302
    assert colleague.get(f"{asked.location}/fichier").status_code == 404


def test_another_structure_and_a_reviewer_do_not_find_it(app, owner, it, filed):
    other = filer(app, factories.member(factories.organisation("Une autre")))
    reviewer = filer(app, factories.staff(Role.REVIEWER, it.contract))
    for visitor in (other, reviewer):
        for path in ("archive", "archive.zip"):
            assert visitor.get(f"/dossiers/{filed}/{path}").status_code == 404
        assert visitor.post(f"/dossiers/{filed}/archive").status_code == 404


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("..\\..\\windows", "windows"),
        ("C:\\a", "C a"),
        ("con", "con_"),
        ("...", "document"),
        ("a\0b\r\nc", "a b c"),
        ("\u202egpj.exe", "gpj.exe"),
        ("Été à l’école", "Été à l’école"),
        ("<script>", "script"),
        ("x" * 200, "x" * 80),
        ("😀", "document"),
        (" .cache ", "cache"),
    ],
)
def test_a_name_leads_nowhere_else(text, name):
    assert rules.plain_name(text) == name

"""The picture of a document's first page: who sees it, when, and what it is."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.accounts.models import ReadAudit
from portal.accounts.rules import Role
from portal.calls.models import ApplicationDocument
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation import files
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import run_task
from portal.foundation.files import StoredFile, files_root
from portal.foundation.outbox import Task, TaskState
from portal.foundation.previews import preview_file
from portal.foundation.render import render_pdf
from portal.foundation.scan_states import ScanState
from tests import factories
from tests.integration.calls.filing.scene import filer, fresh
from tests.queries import counted

PNG = b"\x89PNG\r\n\x1a\n"


def run_jobs():
    for task_id in db.session.scalars(sa.select(Task.id).where(Task.state == TaskState.WAITING)).all():
        db.session.rollback()
        run_task(task_id)
    db.session.rollback()


def report() -> bytes:
    return render_pdf("document", {"blocks": [{"kind": "paragraph", "text": "Lu."}]}, title="Rapport d’activité")


def picture(draft):
    document = db.session.scalar(sa.select(sa.func.max(ApplicationDocument.id)))
    db.session.rollback()
    return f"/dossiers/{draft}/pieces/{document}/apercu"


def test_the_first_page_is_shown_once_it_is_drawn(owner, it, draft):
    owner.add_document(draft, it.report.id, content=report(), name="rapport.pdf")
    assert owner.get(picture(draft)).status_code == 404
    assert b"document-preview" not in owner.get(f"/dossiers/{draft}/documents").data
    run_jobs()
    (shown,) = owner.get(f"/dossiers/{draft}/documents").tree.xpath('//img[@class="document-preview"]')
    assert shown.get("alt") == "Aperçu de la première page de rapport.pdf"
    answer = owner.get(shown.get("src"))
    assert answer.data.startswith(PNG)
    headers = answer.response.headers
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_it_is_seen_by_those_who_may_read_the_document_and_by_nobody_else(app, owner, it, draft):
    owner.add_document(draft, it.report.id, content=report())
    run_jobs()
    with unit_of_work():
        fresh(draft).status = ApplicationStatus.SUBMITTED
    people = {
        "reviewer": filer(app, factories.staff(Role.REVIEWER, it.contract)),
        "stranger": filer(app, factories.member(factories.organisation("Une autre"))),
        "manager elsewhere": filer(app, factories.staff(Role.MANAGER, factories.contract(name="Un autre"))),
    }
    found = {name: visitor.get(picture(draft)).status_code for name, visitor in people.items()}
    assert found == {"reviewer": 200, "stranger": 404, "manager elsewhere": 404}


def test_looking_at_a_bank_document_is_recorded_like_reading_it(owner, it, draft):
    owner.add_document(draft, it.rib.id, content=report())
    run_jobs()
    assert owner.get(picture(draft)).status_code == 200
    assert db.session.scalars(sa.select(ReadAudit.what)).all() == ["bank_document.read"]
    db.session.rollback()


def test_a_file_that_the_antivirus_closes_loses_its_picture(owner, it, draft):
    owner.add_document(draft, it.report.id, content=report())
    run_jobs()
    with unit_of_work() as session:
        session.execute(sa.update(StoredFile).values(scan=ScanState.INFECTED))
    assert owner.get(picture(draft)).status_code == 404


def test_the_sweep_leaves_the_pictures_that_are_named(owner, it, draft):

    owner.add_document(draft, it.report.id, content=report())
    run_jobs()
    path = db.session.scalar(sa.select(StoredFile.preview_path))
    db.session.rollback()
    files.sweep(older_than=timedelta(seconds=-60))
    assert (files_root() / path).is_file()


def test_drawing_twice_keeps_one_picture(owner, it, draft):
    owner.add_document(draft, it.report.id, content=report())
    file_id = db.session.scalar(sa.select(StoredFile.id))
    db.session.rollback()
    for _ in range(2):
        preview_file(task_id=0, file_id=file_id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 1
    db.session.rollback()


def test_the_page_asks_the_database_as_much_for_one_document_as_for_many(owner, it, draft):
    owner.add_document(draft, it.report.id)
    owner.add_document(draft, it.rib.id)
    with counted() as few:
        owner.get(f"/dossiers/{draft}/documents")
    for _ in range(6):
        owner.add_document(draft, it.report.id)
        owner.add_document(draft, None)
    with counted() as many:
        owner.get(f"/dossiers/{draft}/documents")
    assert len(many) == len(few)

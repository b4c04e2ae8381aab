"""The documents of an application: dropped, stopped, refused, sent without JavaScript, hostile."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.accounts import passwords
from portal.calls.queries.sections import documents_of
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import run_task
from portal.foundation.outbox import Task, TaskState
from portal.foundation.render import render_pdf
from tests.browser.test_filing_without_js import PASSWORD
from tests.browser.walking import arriving, sign_in_by_form
from tests.integration.calls.filing.scene import PDF, filer, scene

DROP = """(zone, names) => {
  const dropped = new DataTransfer();
  for (const name of names) dropped.items.add(new File(["%PDF-1.4\\n%%EOF\\n"], name, { type: "application/pdf" }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


@dataclass(frozen=True)
class Begun:
    """An application just begun: who may sign in, its id, that of the report asked."""

    email: str
    id: int
    report_id: int


@pytest.fixture
def begun(app):
    it = scene()
    with unit_of_work():
        it.owner.password_hash = passwords.hashed(PASSWORD)
        it.owner.totp_secret = it.owner.totp_confirmed_at = None
    begun = Begun(it.owner.email, filer(app, it.owner).begin(it), it.report.id)
    db.session.rollback()
    return begun


@pytest.fixture
def draft(begun):
    return begun.id


@pytest.fixture
def opened(begun, open_page):
    """The page of documents in a window of its own: opened(width, scripts)."""

    def opened(width, *, scripts=True):
        page = open_page(width, scripts=scripts)
        sign_in_by_form(page, begun.email, PASSWORD)
        page.goto(f"/dossiers/{begun.id}/documents")
        return page

    return opened


def names(draft):
    db.session.rollback()
    found = [document.file_name for document in documents_of(draft)]
    db.session.rollback()
    return found


def line(page, words):
    return page.locator("li.document", has_text=words)


def test_files_are_dropped_refused_by_name_and_stopped(draft, opened, check_page):
    page = opened(1280)
    zone = "li.document:has-text('Rapport') [data-drop]"
    page.eval_on_selector(zone, DROP, ["un.pdf", "deux.pdf"])
    line(page, "Rapport").get_by_text("Ajouté (2 fichiers)").wait_for()
    assert names(draft) == ["un.pdf", "deux.pdf"]
    check_page(page, "documents-js")

    bank = line(page, "Relevé")
    page.eval_on_selector("li.document:has-text('Relevé') [data-drop]", DROP, ["photo.heic", "rib.pdf"])
    bank.locator(".upload-status .field-error").wait_for()
    expect(bank.locator(".upload-status")).to_contain_text("Les photos HEIC ne s’ouvrent pas partout")
    expect(bank.locator(".upload-status")).to_contain_text("1 autre fichier est ajouté.")
    assert names(draft) == ["un.pdf", "deux.pdf", "rib.pdf"]
    # The browser tells a refusal in its console.
    page.complaints.clear()

    page.goto(f"/dossiers/{draft}/documents")
    page.route("**/documents", lambda route: route.fallback() if route.request.method == "GET" else None)
    others = page.locator("#autres")
    others.get_by_label("Nom du document").fill("Lettre")
    others.get_by_label("Fichiers").set_input_files({"name": "l.pdf", "mimeType": "application/pdf", "buffer": PDF})
    others.get_by_role("button", name="Ajouter").click()
    others.get_by_role("button", name="Annuler l’envoi").click()
    others.get_by_text("L’envoi est annulé").wait_for()
    expect(others.get_by_label("Nom du document")).to_have_value("Lettre")
    assert names(draft) == ["un.pdf", "deux.pdf", "rib.pdf"]


def test_without_javascript_the_same_page_takes_files_and_leads_to_what_is_wrong(begun, draft, opened, check_page):
    page = opened(320, scripts=False)
    report = line(page, "Rapport")
    report.get_by_label("Fichiers").set_input_files({"name": "a.pdf", "mimeType": "text/html", "buffer": b"<b>"})
    with arriving(page):
        report.get_by_role("button", name="Ajouter").press("Enter")
    link = page.get_by_role("link", name="Le contenu du fichier ne correspond pas à son nom.")
    check_page(page, "documents-erreur")
    link.press("Enter")
    expect(page).to_have_url(re.compile(f".*#fichier-{begun.report_id}$"))
    report.get_by_label("Fichiers").set_input_files(
        [{"name": f"{number}.pdf", "mimeType": "application/pdf", "buffer": PDF} for number in (1, 2)]
    )
    with arriving(page):
        report.get_by_role("button", name="Ajouter").press("Enter")
    report.get_by_text("Ajouté (2 fichiers)").wait_for()
    check_page(page, "documents-320")
    with arriving(page):
        report.get_by_role("button", name="Retirer Rapport d’activité, 1.pdf").press("Enter")
    page.get_by_text("Document retiré.").wait_for()
    assert names(draft) == ["2.pdf"]


HOSTILE = [
    "<img src=x onerror=alert(1)>.pdf",
    '"><svg onload=alert(1)>.pdf',
    "{{ 7*7 }}${7*7}.pdf",
    "javascript:alert(1).pdf",
    "gpj.\u202efdp.pdf",
]


def test_hostile_names_and_titles_are_shown_as_words_and_run_nothing(draft, opened, check_page):
    page = opened(1280)
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    content = render_pdf("document", {"blocks": []}, title="<script>alert(1)</script>")
    report = line(page, "Rapport")
    for number, name in enumerate(HOSTILE):
        if number:
            report.locator("summary").click()
        report.get_by_label("Fichiers").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": content}
        )
        report.get_by_role("button", name="Ajouter").click()
        report.locator(".joined").nth(number).wait_for()
    assert len(names(draft)) == len(HOSTILE)
    for task_id in db.session.scalars(sa.select(Task.id).where(Task.state == TaskState.WAITING)).all():
        db.session.rollback()
        run_task(task_id)
    db.session.rollback()
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".joined-words a")).to_have_text(names(draft))
    pictures = page.locator("img.document-preview")
    expect(pictures).to_have_count(len(HOSTILE))
    pictures.first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img.document-preview').naturalWidth === 320")
    assert dialogs == []
    check_page(page, "documents-hostiles")
    # A picture opened alone shows itself and nothing else.
    answer = page.request.get(pictures.first.get_attribute("src"))
    assert (answer.headers["content-type"], answer.headers["content-security-policy"]) == (
        "image/png", "default-src 'none'; sandbox"
    )  # fmt: skip
    with page.expect_download() as download:
        page.locator(".joined-words a").first.click()
    assert download.value.suggested_filename == names(draft)[0]

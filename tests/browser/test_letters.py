"""The words of a letter, from a wrong placeholder to the letters joined in one file, in a real browser."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pikepdf
import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.committee.states import Outcome
from portal.extensions import db
from portal.foundation.delivery import run_task
from portal.foundation.outbox import Task, TaskState
from tests.browser.walking import click_through, sign_in
from tests.integration.committee.deciding import make_scene


@pytest.fixture
def scene(app):
    """Two applications refused in a sitting each; the head of the Direction."""
    built = make_scene(app)
    built.references, built.sittings = [], []
    for _ in range(2):
        application = built.application()
        decision = built.decide(application, Outcome.NOT_RETAINED, "Le projet double une action existante.")
        built.references.append(application.reference)
        built.sittings.append(decision.sitting_id)
    built.chosen = application.reference
    built.visitor = built.visit(Role.MANAGER)
    built.templates = f"/contrats/{built.contract.id}/modeles"
    built.letters = f"/programmation/{built.call.id}/courriers"
    db.session.remove()
    return built


def work():
    """What the worker does."""
    waiting = [task.id for task in db.session.query(Task).filter_by(state=TaskState.WAITING)]
    db.session.rollback()
    for task_id in waiting:
        run_task(task_id)
    db.session.remove()


def press(page, name):
    click_through(page.get_by_role("button", name=name, exact=True))


def downloaded(page, opener):
    with page.expect_download() as taken:
        opener.click()
    return BytesIO(Path(taken.value.path()).read_bytes())


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (320, False)], ids=["wide", "narrow without scripts"])
def test_from_a_wrong_placeholder_to_the_letters_in_one_file(scene, live, open_page, check_page, width, scripts):
    page = open_page(width, scripts=scripts)
    sign_in(page, live, scene.visitor)
    page.goto(scene.templates)
    check_page(page, "modeles")
    click_through(page.get_by_role("link", name="Lire et modifier : Rejet"))
    body = page.get_by_label("Texte du modèle")
    usual = body.input_value()
    page.get_by_text("Les repères que vous pouvez employer").click()
    expect(page.get_by_text("{voies_de_recours}", exact=True)).to_be_visible()

    body.fill(f"{usual}\n\nNotre mot à {{structures}}.")
    press(page, "Enregistrer le modèle")
    last = usual.count("\n") + 3
    told = f"Ligne {last} : le repère {{structures}} n’existe pas. Vouliez-vous écrire {{structure}} ?"
    expect(page.get_by_role("alert")).to_contain_text(told.replace(" :", "\u00a0:").replace(" ?", "\u00a0?"))
    check_page(page, "modele-erreur")

    body = page.get_by_label("Texte du modèle")
    body.fill(f"{usual}\n\nNotre mot à {{structure}}.")
    page.get_by_label("Ou le numéro d’un autre dossier").fill(scene.chosen)
    press(page, "Essayer sans enregistrer")
    tried = page.locator("#essai-fait")
    expect(tried).to_contain_text("Le projet double une action existante.")
    expect(tried).to_contain_text("Notre mot à")
    check_page(page, "modele-essai")
    with pikepdf.open(downloaded(page, page.get_by_role("button", name="Essayer en PDF"))) as pdf:
        assert len(pdf.pages) == 1
    press(page, "Enregistrer le modèle")
    expect(page.get_by_text("Le modèle est enregistré")).to_be_visible()
    click_through(page.get_by_role("link", name="Lire et modifier : Rejet"))
    click_through(page.get_by_role("link", name="Revenir au texte d’origine"))
    check_page(page, "modele-origine")

    for sitting_id in scene.sittings:
        page.goto(f"/seances/{sitting_id}/courriers")
        press(page, "Préparer les courriers")
        expect(page.get_by_text("Courriers en préparation")).to_be_visible()
    work()
    page.goto(scene.letters)
    expect(page.get_by_role("heading", name="Réunir 2\u00a0documents prêts")).to_be_visible()
    check_page(page, "courriers")
    word = docx.Document(downloaded(page, page.get_by_role("link", name="Word").first))
    assert any(paragraph.text.startswith("Notre mot à ") for paragraph in word.paragraphs)

    page.get_by_label("Commencer chaque document sur une page impaire").check()
    press(page, "Préparer le fichier")
    expect(page.get_by_text("Vous pouvez quitter cette page")).to_be_visible()
    work()
    page.goto("/travaux")
    with pikepdf.open(downloaded(page, page.get_by_role("link", name="Télécharger").first)) as joined:
        assert len(joined.pages) == 3
        with joined.open_outline() as outline:
            assert [item.title.split(" — ")[0] for item in outline.root] == scene.references

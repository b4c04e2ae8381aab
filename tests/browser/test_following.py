"""After the filing, in a real browser: a correction sent, its versions, a question and its answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.calls.models import Application
from portal.calls.operations.submission import freeze
from portal.calls.states import Section
from portal.committee.operations.corrections import ask_changes
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from portal.foundation.periods import parse_date
from tests.browser.walking import click_through, sign_in
from tests.integration.committee.scene import actor, days_from_now
from tests.integration.committee.scene import scene as made

QUESTION = "Faut-il joindre le bail ?"


@pytest.fixture
def scene(app):
    """An application filed, one section reopened, and something already corrected in it."""
    built = made(app)
    built.visitors = {"owner": built.as_owner, "officer": built.as_officer}
    built.number = built.application.id

    def correct() -> None:
        application = db.session.get_one(Application, built.number)
        application.need = "Les jeunes attendent un lieu."
        db.session.flush()
        freeze(application, "Nadia Roche", "présidente", clock.now(), actor=actor(built.owner))
        due_on = parse_date(days_from_now(9))
        ask_changes(application, [Section.PROJECT], [], "Dites le besoin.", due_on, **built.by_officer)
        application.need = "Les familles attendent un lieu ouvert le soir."

    in_unit_of_work(correct)
    db.session.remove()
    return built


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, True), (320, False)])
def test_the_organisation_corrects_compares_and_asks(scene, open_page, check_page, live, width, scripts):
    owner, officer = open_page(width, scripts=scripts), open_page(width, scripts=scripts)
    sign_in(owner, live, scene.visitors["owner"])
    sign_in(officer, live, scene.visitors["officer"])

    owner.goto("/dossiers")
    click_through(owner.get_by_role("link", name="Cuisines d’été", exact=True))
    check_page(owner, "suivi-dossier")
    click_through(owner.get_by_role("link", name="Corrections à envoyer"))
    expect(owner.locator("del")).to_have_text(["[retiré : jeunes]", "[retiré : lieu.]"])
    check_page(owner, "suivi-corrections")
    owner.get_by_label("Votre réponse").fill("Nous disons mieux le besoin.")
    click_through(owner.get_by_role("button", name="Envoyer mes corrections"))
    check_page(owner, "suivi-corrections-envoyees")
    click_through(owner.get_by_role("link", name="Toutes les versions du dossier"))
    owner.get_by_label("Avant").select_option(label=owner.get_by_label("Après").locator("option").last.inner_text())
    click_through(owner.get_by_role("button", name="Comparer"))
    expect(owner.get_by_text("Choisissez deux versions différentes.")).to_have_count(1)
    check_page(owner, "suivi-versions")

    click_through(owner.get_by_role("link", name="Revenir au dossier"))
    click_through(owner.get_by_role("link", name="Écrire à la Direction"))
    click_through(owner.get_by_role("button", name="Envoyer"))
    check_page(owner, "suivi-message-vide")
    owner.get_by_label("Votre message").fill(QUESTION)
    click_through(owner.get_by_role("button", name="Envoyer"))
    check_page(owner, "suivi-message-envoye")

    officer.goto("/accueil")
    click_through(officer.get_by_role("link", name="Messages à lire"))
    check_page(officer, "suivi-messages")
    click_through(officer.get_by_role("link", name="Cuisines d’été"))
    expect(officer.get_by_text(QUESTION)).to_have_count(1)
    check_page(officer, "suivi-message-lu")
    officer.get_by_label("Votre message").fill("Oui, en PDF.")
    click_through(officer.get_by_role("button", name="Envoyer"))
    owner.reload()
    expect(owner.get_by_text("Oui, en PDF.")).to_have_count(1)

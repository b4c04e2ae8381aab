"""A sitting in a real browser: agenda, convocation, live decision, block, closing, minutes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.committee.models import SittingKind
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories
from tests.browser.walking import arriving, click_through, inspect, sign_in, watched
from tests.integration.committee.deciding import make_scene


@pytest.fixture
def scene(app):
    """Three admissible applications with a proposal of the city; a COPIL that votes."""
    built = make_scene(app)
    for _ in range(3):
        made = built.application(state=0)
        with unit_of_work():
            built.line(made).proposed_cents = 4_000_00
    kind = factories.save(
        SittingKind(
            contract_id=built.contract.id, code="copil", label="Comité de pilotage", arbitrates=True, position=1
        )
    )
    with unit_of_work():
        kind.quorum, kind.votes = 2, True
    built.people["steering"] = built.person(Role.STEERING)
    built.officer = built.visit(Role.OFFICER)
    db.session.remove()
    return built


def press(sheet, name):
    click_through(sheet.get_by_role("main").get_by_role("button", name=name).first)


def conduct(sheet, scene, address, look):
    """From the plan of a sitting to its minutes; `look` inspects the pages on the way."""
    sheet.goto(f"{address}/seances/nouvelle")
    sheet.get_by_label("Nature de la séance").select_option(index=1)
    sheet.get_by_label("Appel à projets").select_option(index=1)
    sheet.get_by_label("Intitulé").fill("COPIL de mars")
    sheet.get_by_label("Date").fill("12/03/2027")
    sheet.get_by_label("Heure").fill("9 h 30")
    press(sheet, "Prévoir la séance")
    expect(sheet.get_by_role("heading", level=1)).to_have_text("COPIL de mars")
    place = sheet.url
    sheet.goto(f"{place}/ordre-du-jour")
    look("seance-selection")
    press(sheet, "Inscrire les dossiers cochés")
    sheet.goto(f"{place}/ordre")
    press(sheet, "Classer par quartier")
    sheet.get_by_label("Objet du point").fill("Calendrier des commissions")
    press(sheet, "Ajouter ce point")
    expect(sheet.get_by_role("rowheader", name="Calendrier des commissions")).to_be_visible()
    look("seance-ordre")
    sheet.goto(f"{place}/membres")
    press(sheet, "Convoquer ces personnes")
    sheet.get_by_label("Ou nom d’une personne sans compte").fill("Awa Citoyenne")
    sheet.get_by_label("Son adresse").fill("awa@exemple.test")
    sheet.get_by_label("Qualité").fill("Conseil citoyen")
    press(sheet, "Ajouter")
    press(sheet, "Envoyer 2 convocations")
    expect(sheet.get_by_text("Convocations en préparation")).to_be_visible()
    scene.render()
    db.session.remove()
    sheet.reload()
    look("seance-convocations")
    sheet.goto(f"{place}/emargement")
    look("seance-presence")
    press(sheet, "Enregistrer la présence")
    press(sheet, "Ouvrir la séance")
    click_through(sheet.get_by_role("link", name="Conduire en direct"))
    look("seance-en-direct")
    sheet.get_by_label("Retenu pour un montant inférieur").check()
    sheet.locator("input[name^=amount_]").fill("4 000")
    sheet.get_by_label("Motif").fill("Enveloppe partagée")
    sheet.get_by_label("Pour", exact=True).fill("3")
    press(sheet, "Enregistrer et passer au suivant")
    expect(sheet.get_by_text("3 voix comptées pour 2 voix").first).to_be_visible()
    look("seance-vote-refuse")
    sheet.get_by_label("Pour", exact=True).fill("2")
    press(sheet, "Enregistrer et passer au suivant")
    expect(sheet.get_by_text("point 2 sur 3")).to_be_visible()
    sheet.goto(place)
    click_through(sheet.get_by_role("link", name="Se prononcer en bloc sur les 2 dossiers"))
    look("seance-bloc")
    sheet.get_by_label("Retenus comme proposé").check()
    sheet.get_by_label("Motif commun").fill("Enveloppe partagée")
    sheet.get_by_label("Pour", exact=True).fill("2")
    press(sheet, "Prononcer")
    expect(sheet.get_by_text("Décisions enregistrées : 2.".replace(" :", "\u00a0:"))).to_be_visible()
    press(sheet, "Clore la séance")
    scene.render()
    db.session.remove()
    sheet.reload()
    look("seance-close-papiers")
    expect(sheet.get_by_role("link", name="Relevé de décisions n° 1")).to_be_visible()


def test_a_sitting_is_conducted_from_its_agenda_to_its_minutes(sheet, scene, address):
    sign_in(sheet, address, scene.officer)
    conduct(sheet, scene, address, lambda name: inspect(sheet, name))


def test_a_sitting_is_conducted_without_javascript_at_320_px(browser, scene, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    sign_in(page, address, scene.officer)
    conduct(page, scene, address, lambda _name: None)
    context.close()


def test_the_screen_follows_the_amounts_and_the_keyboard(page, scene, address):
    sheet = watched(page, 1280)
    sign_in(sheet, address, scene.officer)
    sheet.goto(f"{address}/seances/nouvelle")
    sheet.get_by_label("Nature de la séance").select_option(index=1)
    sheet.get_by_label("Appel à projets").select_option(index=1)
    sheet.get_by_label("Intitulé").fill("COPIL au clavier")
    sheet.get_by_label("Date").fill("12/03/2027")
    press(sheet, "Prévoir la séance")
    place = sheet.url
    sheet.goto(f"{place}/membres")
    press(sheet, "Convoquer ces personnes")
    sheet.goto(f"{place}/ordre-du-jour")
    press(sheet, "Inscrire les dossiers cochés")
    press(sheet, "Ouvrir la séance")
    click_through(sheet.get_by_role("link", name="Conduire en direct"))
    left = sheet.locator("[data-envelope-left] dd").first
    sheet.locator("input[name^=amount_]").fill("1 000")
    expect(left).to_have_text("19\u202f000,00\u00a0€")
    sheet.get_by_label("Non retenu").check()
    expect(left).to_have_text("20\u202f000,00\u00a0€")
    sheet.get_by_role("heading", level=1).click()
    with arriving(sheet):
        sheet.keyboard.press("Control+ArrowRight")
    expect(sheet.get_by_text("point 2 sur 3")).to_be_visible()

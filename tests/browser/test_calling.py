"""The Direction makes a call in a real browser, wide and narrow, from a blank one to its publication."""

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.extensions import db
from tests import factories
from tests.browser.walking import click_through, inspect, sign_in
from tests.visitors import Visitor


@pytest.fixture
def manager(app):
    contract = factories.contract()
    factories.quartier(contract, "Encagnane")
    factories.funder("Ville d’essai")
    visitor = Visitor(app, factories.staff(Role.MANAGER, contract))
    db.session.remove()
    return visitor


def save(sheet, button="Enregistrer"):
    click_through(sheet.get_by_role("button", name=button))


def open_tab(sheet, name):
    click_through(sheet.get_by_role("navigation", name="Pages de l’appel").get_by_role("link", name=name))


def test_a_call_is_made_previewed_and_published(sheet, manager, address):
    sign_in(sheet, address, manager)
    sheet.goto(f"{address}/appels/nouveau")
    inspect(sheet, "nouvel-appel")
    sheet.get_by_label("Partir d’un appel vierge").check()
    sheet.get_by_label("Année des actions").fill("2030")
    sheet.get_by_label("Titre").fill("Appel à projets 2030")
    save(sheet, "Créer l’appel")
    sheet.get_by_label("Clôture du dépôt").fill("20/11/2029")
    save(sheet)
    summary = sheet.get_by_role("alert").filter(has_text="À corriger")
    expect(summary).to_contain_text("Indiquez une date et une heure")
    inspect(sheet, "dates-fausses")
    sheet.get_by_label("Clôture du dépôt").fill("20/11/2029 à 18 h")
    save(sheet)
    inspect(sheet, "reglages")
    click_through(sheet.get_by_role("link", name="Modifier la présentation"))
    sheet.get_by_label("Présentation").fill("Agir avec les habitants.")
    sheet.get_by_label("Qui peut répondre").fill("Les associations.")
    save(sheet)
    open_tab(sheet, "Vue d’ensemble")
    expect(sheet.get_by_role("main")).to_contain_text("aucun financeur n’a encore d’enveloppe")
    inspect(sheet, "appel-en-preparation")
    open_tab(sheet, "Enveloppes")
    click_through(sheet.get_by_role("link", name="Ajouter une enveloppe"))
    sheet.get_by_label("Montant").fill("120 000")
    save(sheet, "Ajouter")
    inspect(sheet, "enveloppes")
    open_tab(sheet, "Vue d’ensemble")
    click_through(sheet.get_by_role("link", name="Voir comme une association"))
    expect(sheet.get_by_text("la Direction seule voit cette page")).to_have_count(1)
    click_through(sheet.get_by_role("link", name="Revenir à la préparation"))
    click_through(sheet.get_by_role("link", name="Publier"))
    inspect(sheet, "publier")
    save(sheet, "Publier l’appel")
    expect(sheet.get_by_text("L’appel est publié.")).to_have_count(1)
    inspect(sheet, "appel-publie")

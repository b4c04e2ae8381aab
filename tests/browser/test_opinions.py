"""The Direction asks in bulk; a landlord answers from the link of its mail on a phone, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from portal.committee.operations.completeness import open_checklists
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from tests.browser.walking import click_through, sign_in
from tests.integration.committee.asking import partner
from tests.integration.committee.scene import days_from_now
from tests.integration.committee.scene import scene as made


@pytest.fixture
def scene(app, mailbox):
    built = made(app)
    built.admitted()
    built.another("Chantier jeunes")
    built.agent(built.city)
    in_unit_of_work(open_checklists)
    partner(built.contract, "Famille et Provence", "agence@bailleur.test")
    built.visitors = {"officer": built.as_officer}
    built.number, built.call_number = built.application.id, built.call.id
    mailbox.collect()
    db.session.remove()
    return built


def asked_in_bulk(page, scene, address):
    """From the call's desk to the sending, by links and buttons."""
    sign_in(page, address, scene.visitors["officer"])
    page.goto(f"/instruction/{scene.call_number}")
    click_through(page.get_by_role("link", name="Avis", exact=True))
    click_through(page.get_by_role("link", name="Demander des avis"))
    page.get_by_label("Famille et Provence").check()
    click_through(page.get_by_role("button", name="Voir ce qui partira"))
    expect(page.get_by_role("button", name=re.compile("Demander 2.avis par 1.message"))).to_be_visible()


def test_a_landlord_answers_on_a_phone_without_scripts(scene, open_page, check_page, live, mailbox):
    desk = open_page()
    asked_in_bulk(desk, scene, live)
    check_page(desk, "avis-demander")
    click_through(desk.get_by_role("button", name=re.compile("Demander 2")))
    expect(desk.get_by_text("Indiquez une date.").first).to_be_visible()
    desk.get_by_label("Avis attendu au plus tard le").fill(days_from_now(10))
    click_through(desk.get_by_role("button", name=re.compile("Demander 2")))
    expect(desk.get_by_text(re.compile("2.avis sont demandés"))).to_be_visible()
    check_page(desk, "avis-suivi")
    link = mailbox.one().link

    phone = open_page(320, scripts=False)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Votre avis est demandé")
    check_page(phone, "avis-lien")
    click_through(phone.get_by_role("link", name="Cuisines d’été"))
    check_page(phone, "avis-lien-dossier")
    click_through(phone.get_by_role("link", name="Aller à votre avis"))
    phone.get_by_label("Favorable sous réserve").check()
    click_through(phone.get_by_role("button", name="Donner mon avis"))
    expect(phone.get_by_text("Écrivez la réserve.").first).to_be_visible()
    expect(phone.get_by_label("Favorable sous réserve")).to_be_checked()
    check_page(phone, "avis-lien-a-corriger")
    phone.get_by_label("Réserve", exact=True).fill("Prévenir les gardiens.")
    phone.get_by_label("Votre nom et votre fonction").fill("M. Fabre, gérant")
    click_through(phone.get_by_role("button", name="Donner mon avis"))
    expect(phone.get_by_text("est enregistré")).to_be_visible()
    click_through(phone.get_by_role("link", name="Chantier jeunes"))
    phone.get_by_text("Je ne donne pas d’avis sur ce dossier").click()
    phone.get_by_label("Pourquoi vous ne donnez pas d’avis").fill("Hors de notre patrimoine.")
    click_through(phone.get_by_role("button", name="Ne pas donner d’avis"))
    expect(phone.get_by_text("aucun avis n’est attendu de vous")).to_be_visible()
    phone.goto(f"{link}x")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Ce lien ne sert plus")
    expect(phone.get_by_text("Cuisines d’été")).to_have_count(0)

    desk.goto(f"/dossiers/{scene.number}/instruction")
    opinions = desk.locator("#avis")
    given = opinions.get_by_role("row", name=re.compile("Famille et Provence"))
    expect(given).to_contain_text("Prévenir les gardiens.")
    check_page(desk, "dossier-avis")
    desk.goto(f"/appels/{scene.call_number}/avis/demandes")
    expect(desk.get_by_role("row", name=re.compile("Chantier jeunes"))).to_contain_text("Hors de notre patrimoine.")
    check_page(desk, "avis-demandes")


def test_a_funder_says_what_it_envisages_and_the_table_shows_it(scene, open_page, check_page, live):
    desk = open_page()
    sign_in(desk, live, scene.visitors["officer"])
    desk.goto(f"/dossiers/{scene.number}/instruction")
    click_through(desk.locator("#avis").get_by_role("link", name=re.compile("Donner l’avis de Ville d’Aix")))
    desk.get_by_label("Favorable", exact=True).check()
    desk.get_by_label("Montant envisagé").fill("5 000")
    desk.get_by_label("Nature du crédit envisagé").select_option(label="Crédits politique de la ville")
    check_page(desk, "avis-montant")
    click_through(desk.get_by_role("button", name="Rendre l’avis"))
    expect(desk.get_by_text("L’avis est enregistré.")).to_be_visible()
    desk.goto(f"/programmation/{scene.call_number}")
    expect(desk.get_by_text(re.compile("5.000,00.€ envisagés")).first).to_be_visible()


def test_the_address_book_is_kept_and_reminders_leave_by_hand(scene, open_page, check_page, live, mailbox):
    desk = open_page()
    asked_in_bulk(desk, scene, live)
    desk.get_by_label("Avis attendu au plus tard le").fill(days_from_now(10))
    click_through(desk.get_by_role("button", name=re.compile("Demander 2")))
    click_through(desk.get_by_role("link", name="Relancer"))
    check_page(desk, "avis-relancer")
    click_through(desk.get_by_role("button", name=re.compile("Relancer 1")))
    expect(desk.get_by_text(re.compile("Le rappel part vers 1.destinataire"))).to_be_visible()
    assert {mail.to for mail in mailbox.collect()} == {"agence@bailleur.test"}
    desk.goto(f"/dossiers/{scene.number}/instruction")
    click_through(desk.get_by_role("link", name="Demander un avis"))
    check_page(desk, "avis-demander-un")
    click_through(desk.get_by_role("link", name="Ajouter un partenaire au carnet d’adresses"))
    check_page(desk, "partenaire")
    desk.get_by_label("Nom du service ou de la structure").fill("Collège des Cèdres")
    desk.get_by_label("Adresse électronique").fill("college@ac.test")
    click_through(desk.get_by_role("button", name="Enregistrer"))
    desk.get_by_label(re.compile("Collège des Cèdres")).check()
    desk.get_by_label("Avis attendu au plus tard le").fill(days_from_now(5))
    click_through(desk.get_by_role("button", name="Demander l’avis"))
    expect(desk.locator("#avis").get_by_role("row", name=re.compile("Collège des Cèdres"))).to_be_visible()

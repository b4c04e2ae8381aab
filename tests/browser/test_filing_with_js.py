"""With JavaScript, at 375 px: it saves by itself, totals follow, a cut connection loses nothing."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.accounts import passwords
from portal.calls.models import BudgetLine, FundingLine, SectionDraft
from portal.calls.queries.budget import funding_offers
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.browser.test_filing_without_js import PASSWORD
from tests.browser.walking import click_through, sign_in_by_form, wait_until_saved
from tests.integration.calls.filing.scene import filer, fresh, scene


@pytest.fixture
def draft(app):
    """(the owner's address, the id) of an application just begun."""
    it = scene()
    with unit_of_work():
        it.owner.password_hash = passwords.hashed(PASSWORD)
        it.owner.totp_secret = it.owner.totp_confirmed_at = None
    email = it.owner.email
    draft = filer(app, it.owner).begin(it)
    assert len(funding_offers(fresh(draft))) == 2
    db.session.rollback()
    return email, draft


@pytest.fixture
def page(draft, open_page):
    page = open_page(375, height=740)
    sign_in_by_form(page, draft[0], PASSWORD)
    return page


def status(page, words):
    page.locator("[data-save-status]", has_text=words).wait_for()


def kept(column):
    db.session.rollback()
    found = db.session.execute(sa.select(column)).scalars().all()
    db.session.rollback()
    return found


def test_what_one_types_is_saved_without_pressing_anything(draft, page, check_page):
    page.goto(f"/dossiers/{draft[1]}/projet")
    page.get_by_label("Titre du projet").fill("Lire en bas des tours")
    wait_until_saved(page)
    assert fresh(draft[1]).title == "Lire en bas des tours"
    page.get_by_label("Début").fill("demain")
    status(page, "une réponse à corriger")
    check_page(page, "projet-js")
    page.get_by_label("Début").fill("01/02/2026")
    page.get_by_label("Fin").fill("30/11/2026")
    click_through(page.get_by_role("button", name="Enregistrer et continuer"))
    expect(page).to_have_url(re.compile(".*/quartiers$"))


def test_totals_follow_the_typing_and_lines_are_added_in_place(draft, page, check_page):
    page.goto(f"/dossiers/{draft[1]}/financements")
    page.get_by_role("group", name="Ville d’essai").get_by_label("Crédits politique de la ville").fill("4 000,10")
    page.get_by_role("group", name="État").get_by_label("Crédits politique de la ville").fill("1000")
    assert plain(page.locator("[data-total=asked]")) == "5 000,10 €"
    wait_until_saved(page)
    page.goto(f"/dossiers/{draft[1]}/budget")
    page.locator("summary", has_text="Achats").click()
    page.get_by_label("Montant : Autres fournitures, ligne 1").fill("5 000")
    page.get_by_role("button", name="Ajouter une ligne : Autres fournitures").click()
    expect(page.locator(":focus")).to_have_attribute("name", "line_expense_606_1_label")
    page.keyboard.type("Timbres")
    page.get_by_label("Montant : Autres fournitures, ligne 2").fill("0,10")
    assert plain(page.locator("[data-total=expense]")) == "5 000,10 €"
    assert plain(page.locator("[data-total=income]")) == "5 000,10 €"
    assert plain(page.locator("[data-difference='expense income']")) == "0,00 €"
    wait_until_saved(page)
    check_page(page, "budget-js")
    assert sorted(kept(BudgetLine.label)) == [
        "Autres fournitures",
        "Timbres",
        "Ville d’essai — Crédits politique de la ville",
        "État — Crédits politique de la ville",
    ]


def plain(locator):
    return " ".join(locator.first.inner_text().split())


def test_a_cut_connection_loses_nothing(draft, page):
    page.goto(f"/dossiers/{draft[1]}/projet")
    page.context.set_offline(True)
    page.get_by_label("Titre du projet").fill("Écrit dans le tramway")
    status(page, "gardée sur cet appareil")
    assert kept(SectionDraft.id) == []
    page.context.set_offline(False)
    wait_until_saved(page)
    assert fresh(draft[1]).title == "Écrit dans le tramway"


def test_a_session_that_ended_is_told_and_the_words_come_back_after_signing_in(draft, page):
    page.goto(f"/dossiers/{draft[1]}/projet")
    page.context.clear_cookies()
    page.get_by_label("Titre du projet").fill("Écrit trop tard")
    status(page, "Votre session est terminée")
    click_through(page.get_by_role("link", name="reconnectez-vous"))
    page.get_by_label("Adresse électronique").fill(draft[0])
    page.get_by_label("Mot de passe").fill(PASSWORD)
    click_through(page.get_by_role("main").get_by_role("button", name="Se connecter"))
    wait_until_saved(page)
    expect(page.get_by_label("Titre du projet")).to_have_value("Écrit trop tard")
    assert fresh(draft[1]).title == "Écrit trop tard"


def test_words_of_a_page_closed_at_once_are_there_when_it_is_opened_again(draft, page):
    path = f"/dossiers/{draft[1]}/projet"
    page.goto(path)
    page.get_by_label("Titre du projet").fill("Écrit en descendant du bus")
    page.goto("/accueil")  # no pause: nothing was saved yet
    page.goto(path)
    expect(page.get_by_label("Titre du projet")).to_have_value("Écrit en descendant du bus")


def test_words_of_a_page_that_died_without_network_come_back(draft, page):
    path = f"/dossiers/{draft[1]}/financements"
    page.goto(path)
    page.context.set_offline(True)
    page.get_by_role("group", name="Ville d’essai").get_by_label("Crédits politique de la ville").fill("4 000")
    status(page, "gardée sur cet appareil")
    dead = page
    page = page.context.new_page()
    dead.close()
    page.context.set_offline(False)
    page.goto(path)
    wait_until_saved(page)
    assert kept(FundingLine.requested_cents) == [400_000]


def test_words_typed_after_another_tab_saved_are_kept_until_one_chooses(draft, page):
    path = f"/dossiers/{draft[1]}/projet"
    page.goto(path)
    other = page.context.new_page()
    other.goto(path)
    other.get_by_label("Titre du projet").fill("L’autre onglet")
    wait_until_saved(other)
    page.get_by_label("Titre du projet").fill("Cet onglet")
    status(page, "pour comparer les deux versions")
    page.get_by_label("Quels sont les objectifs").fill("Et encore ceci")
    page.complaints.clear()
    page.goto("/accueil")
    page.goto(path)
    expect(page.get_by_label("Quels sont les objectifs")).to_have_value("Et encore ceci")
    status(page, "pour comparer les deux versions")
    page.complaints.clear()
    click_through(page.get_by_role("button", name="Enregistrer", exact=True).last)
    click_through(page.get_by_role("link", name="Garder la version enregistrée"))
    expect(page.get_by_label("Titre du projet")).to_have_value("L’autre onglet")
    expect(page.get_by_label("Quels sont les objectifs")).to_have_value("")


def test_two_tabs_are_told_apart_and_one_chooses(draft, page, check_page):
    path = f"/dossiers/{draft[1]}/projet"
    page.goto(path)
    other = page.context.new_page()
    other.goto(path)
    other.get_by_label("Titre du projet").fill("L’autre onglet")
    wait_until_saved(other)
    page.get_by_label("Titre du projet").fill("Cet onglet")
    status(page, "pour comparer les deux versions")
    # The browser's own console tells of the refused save.
    page.complaints.clear()
    click_through(page.get_by_role("button", name="Enregistrer", exact=True).last)
    page.get_by_role("heading", name="Deux versions").wait_for()
    page.complaints.clear()
    check_page(page, "conflit")
    click_through(page.get_by_role("button", name="Garder ma saisie"))
    assert fresh(draft[1]).title == "Cet onglet"

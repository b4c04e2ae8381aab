"""A structure's pages and the Direction's, in a real browser: read, compared with the directory, checked."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from portal.accounts.models import BankAccount
from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation import clock
from tests import factories
from tests.browser.walking import click_through, inspect, sign_in
from tests.directory import SIREN, company, serving
from tests.visitors import Visitor


@pytest.fixture
def directory(app):
    before = app.config["PORTAL"]
    with serving() as state:
        app.config["PORTAL"] = replace(before, directory_url=state.address)
        state.answers(company())
        yield state
        app.config["PORTAL"] = before


@pytest.fixture
def organisation(app):
    return factories.organisation("Ateliers du Vallon", siren=SIREN)


def test_a_member_reads_the_sheet_and_takes_from_the_directory(sheet, app, address, directory, organisation):
    visitor, number = Visitor(app, factories.member(organisation)), organisation.id
    db.session.remove()
    sign_in(sheet, address, visitor)
    sheet.goto(f"{address}/structures/{number}/fiche")
    inspect(sheet, "structure-fiche")
    click_through(sheet.get_by_role("button", name="Oui, tout est exact"))
    click_through(sheet.get_by_role("link", name="Chercher dans l’annuaire"))
    click_through(sheet.get_by_role("button", name="Chercher dans l’annuaire"))
    inspect(sheet, "structure-annuaire")
    click_through(sheet.get_by_role("button", name="Comparer avec la fiche"))
    inspect(sheet, "structure-annuaire-comparaison")
    click_through(sheet.get_by_role("button", name="Reprendre les champs cochés"))
    expect(sheet.get_by_label("Sigle")).to_have_value("LAV")
    for name in ("Années", "Établissements", "Dirigeants", "Documents", "Compte bancaire"):
        click_through(sheet.get_by_role("navigation", name="Pages de la structure").get_by_role("link", name=name))
        inspect(sheet, f"structure-{name}")


def test_the_direction_checks_an_account_and_puts_two_structures_together(sheet, app, address, organisation):
    contract = factories.contract()
    factories.application(factories.call(contract), organisation, status=ApplicationStatus.SUBMITTED)
    factories.organisation("Le Grand Vallon")
    factories.save(
        BankAccount(
            organisation_id=organisation.id, iban="FR7630006000011234567890189", holder="Jean Dupont",
            created_at=clock.now(),
        )
    )  # fmt: skip
    visitor = Visitor(app, factories.staff(Role.MANAGER, contract))
    db.session.remove()
    sign_in(sheet, address, visitor)
    sheet.goto(f"{address}/direction/structures")
    inspect(sheet, "structures-suivies")
    click_through(sheet.get_by_role("link", name="Ateliers du Vallon"))
    inspect(sheet, "structure-suivie")
    click_through(sheet.get_by_role("link", name="Vérifier le compte par téléphone"))
    inspect(sheet, "structure-compte")
    sheet.get_by_label("Personne appelée").fill("Mme Roche, trésorière")
    sheet.get_by_label("Numéro appelé").fill("04 42 00 00 00")
    sheet.get_by_label("Oui, c’est bien son compte").check()
    click_through(sheet.get_by_role("button", name="Enregistrer la réponse"))
    expect(sheet.get_by_text("Mme Roche, trésorière")).to_have_count(1)
    click_through(sheet.get_by_role("link", name="Réunir à une autre structure"))
    sheet.get_by_label("Nom, SIREN, SIRET ou RNA de la structure qui reprend").fill("grand")
    click_through(sheet.get_by_role("button", name="Chercher"))
    inspect(sheet, "structure-choix")
    click_through(sheet.get_by_role("link", name="Choisir Le Grand Vallon"))
    inspect(sheet, "structure-fusion")
    sheet.get_by_label("Motif").fill("Fusion votée")
    sheet.get_by_label("J’ai vérifié").check()
    click_through(sheet.get_by_role("button", name="Réunir les deux structures"))
    expect(sheet.get_by_role("heading", level=1)).to_have_text("Le Grand Vallon")

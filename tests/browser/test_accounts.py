"""The pages of people and access in a real browser, wide and narrow, with and without JavaScript."""

from __future__ import annotations

import pyotp
from playwright.sync_api import expect

from portal.accounts import passwords
from portal.accounts.models import JoinRequest
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.extensions import db
from portal.foundation import clock
from tests import factories
from tests.browser.walking import click_through, inspect

PASSWORD = "les figues mûrissent en août"
WIDTHS = [1280, 320]


def account(email: str, **values: object):
    return factories.person(
        "Nadia",
        "Roche",
        email=email,
        password_hash=passwords.hashed(PASSWORD),
        totp_secret=None,
        totp_confirmed_at=None,
        **values,
    )


def inspected(sheet, address: str, path: str) -> None:
    sheet.goto(f"{address}{path}")
    inspected_here(sheet, path)


def inspected_here(sheet, path: str) -> None:
    inspect(sheet, path.split("?", maxsplit=1)[0].strip("/").replace("/", "-") or "accueil")


def sign_in(page, address: str, email: str) -> None:
    page.goto(f"{address}/connexion")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    click_through(page.get_by_role("button", name="Se connecter"))


def test_the_pages_of_a_visitor_are_accessible_and_fit(sheet, address):
    for path in ("/connexion", "/inscription", "/mot-de-passe-oublie", "/mot-de-passe/x"):
        sheet.goto(f"{address}{path}")
        sheet.complaints.clear()  # a link that is over answers 410, which the browser notes
        inspected_here(sheet, path)


def test_the_pages_of_an_applicant_are_accessible_and_fit(app, sheet, address):
    person = account("nadia@exemple.test", phone="06 00 00 00 00")
    organisation = factories.organisation("Association pour le développement des Tisseurs de lien")
    factories.grant(person, Role.APPLICANT, ScopeKind.ORGANISATION, organisation.id, MemberLevel.OWNER)
    other = factories.member(organisation, MemberLevel.EDITOR)
    grant_id = other.grants[0].id
    asker = factories.person("Lou", "Candidat")
    factories.save(JoinRequest(organisation_id=organisation.id, person_id=asker.id, created_at=clock.now()))
    organisation_id, known = organisation.id, factories.organisation("Les Éclats").siret
    db.session.remove()
    sign_in(sheet, address, "nadia@exemple.test")
    sheet.wait_for_url(f"{address}/accueil")
    for path in (
        "/compte",
        "/compte/profil",
        "/compte/mot-de-passe",
        "/compte/courriel",
        "/compte/double-authentification",
        "/compte/mandats",
        "/compte/mandats/structure?q=tisseurs",
        f"/compte/mandats/nouveau?structure={organisation_id}",
        "/compte/mes-donnees",
        "/compte/supprimer",
        "/structures",
        "/structures/nouvelle",
        f"/structures/rejoindre?siret={known}",
        f"/structures/{organisation_id}/membres",
        f"/structures/{organisation_id}/membres/inviter",
        f"/structures/membres/{grant_id}",
        "/travaux",
    ):
        inspected(sheet, address, path)


def test_the_pages_of_an_admin_are_accessible_and_fit(app, sheet, address):
    person = account("nadia@exemple.test")
    factories.grant(person, Role.ADMIN, ScopeKind.INSTANCE, INSTANCE_ID)
    contract = factories.contract()
    factories.call(contract)
    officer = factories.staff(Role.OFFICER, contract)
    contract_id, officer_id = contract.id, officer.id
    db.session.remove()
    sign_in(sheet, address, "nadia@exemple.test")
    sheet.goto(f"{address}/personnes")
    secret = sheet.locator("[data-copy-source]").inner_text()
    sheet.get_by_label("Code affiché par l’application").fill(pyotp.TOTP(secret).now())
    click_through(sheet.get_by_role("button", name="Confirmer"))
    sheet.get_by_role("heading", name="Vos codes de secours").wait_for()
    inspected_here(sheet, "/codes-de-secours")
    click_through(sheet.get_by_role("link", name="J’ai gardé mes codes, continuer"))
    for path in (
        "/personnes",
        f"/personnes/acces?portee=contract-{contract_id}",
        f"/personnes/inviter?portee=contract-{contract_id}",
        "/personnes/demandes",
        "/personnes/comptes",
        f"/personnes/comptes/{officer_id}",
        f"/personnes/comptes/{officer_id}/double-authentification",
        f"/personnes/comptes/{officer_id}/fermer",
    ):
        inspected(sheet, address, path)


def test_an_account_and_a_structure_are_made_at_320_px_without_javascript(app, browser, address, mailbox):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{address}/inscription")
    page.get_by_label("Prénom").fill("Nadia")
    page.get_by_label("Nom", exact=False).nth(1).fill("Roche")
    page.get_by_label("Adresse électronique").fill("nadia@exemple.test")
    click_through(page.get_by_role("button", name="Recevoir le lien"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultez votre messagerie")
    page.goto(f"{address}{mailbox.one().link}")
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    click_through(page.get_by_role("button", name="Enregistrer ce mot de passe"))
    page.get_by_label("Adresse électronique").fill("nadia@exemple.test")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    click_through(page.get_by_role("button", name="Se connecter"))
    page.goto(f"{address}/structures/nouvelle")
    page.get_by_label("Nom de la structure").fill("Les Tisseurs")
    page.get_by_label("Numéro SIRET").fill("732 829 320 00074")
    click_through(page.get_by_role("button", name="Continuer"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Les Tisseurs")
    expect(page.get_by_role("row").filter(has_text="nadia@exemple.test")).to_have_count(1)
    context.close()

"""The public pages and the homes in a real browser, wide and narrow."""

from datetime import date

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import INSTANCE_ID, Role, ScopeKind
from portal.committee.models import Sitting, SittingKind
from tests import factories, scenes
from tests.browser.walking import arriving, inspect, sign_in
from tests.visitors import Visitor


@pytest.fixture
def pages(app):
    """The public pages of a small city, by name."""
    city = scenes.city()
    scenes.described(city)
    other = factories.organisation("Régie de quartier La Passerelle")
    scenes.past_action(city, "Théâtre à l’école", order=1)
    scenes.past_action(
        city,
        "Sorties du samedi",
        by=other,
        places={city.encagnane: (city.culture, "Au musée"), city.beisson: (city.sport, "À la piscine")},
        order=2,
    )
    granted = scenes.filed_action(city, "Cuisine du dimanche")
    invented = factories.contract("demo-2024-2030", name="Contrat de démonstration 2024-2030", is_demo=True)
    call = factories.call(invented, year=2026, title="Appel fictif 2026")
    factories.quartier(invented, "Quartier des Oliviers")
    fiction = scenes.past_action(city, "Action inventée", call=call)
    return {
        "city": city,
        "accueil": "/",
        "appels": "/appels-a-projets",
        "appel": f"/appels-a-projets/{city.call.id}",
        "quartiers": "/quartiers",
        "quartier": "/quartiers/encagnane?annee=2022",
        "actions": "/actions",
        "actions-vides": "/actions?q=introuvable",
        "action": f"/actions/{granted.id}",
        "action-inventee": f"/actions/{fiction.id}",
        "mentions": "/mentions-legales",
        "donnees": "/donnees-personnelles",
        "accessibilite": "/accessibilite",
        "plan": "/plan-du-site",
    }


@pytest.fixture
def open_pages(pages, address):
    """The pages, once the portal answers with all that was made for them."""
    return {name: f"{address}{path}" for name, path in pages.items() if name != "city"}


def test_public_pages_are_accessible_and_fit(sheet, open_pages):
    for name, page in open_pages.items():
        sheet.goto(page)
        inspect(sheet, f"site-{name}")


@pytest.fixture
def people(pages, app):
    """Somebody of each kind of home."""
    city = pages["city"]
    everything = factories.person("Nadia", "Roche")
    for role, kind, scope in (
        (Role.MANAGER, ScopeKind.CONTRACT, city.contract),
        (Role.REVIEWER, ScopeKind.CALL, city.call),
        (Role.FUNDER_AGENT, ScopeKind.FUNDER, city.funder),
        (Role.ADMIN, ScopeKind.INSTANCE, None),
    ):
        factories.grant(everything, role, kind, scope.id if scope else INSTANCE_ID)
    kind = factories.save(
        SittingKind(contract_id=city.contract.id, code="copil", label="Comité de pilotage", position=1)
    )
    factories.save(
        Sitting(kind_id=kind.id, contract_id=city.contract.id, title="COPIL de mars", held_on=date(2036, 3, 1))
    )
    factories.application(city.call, city.organisation, title="Brouillon en cours")
    resident = factories.person("Omar", "Benali")
    factories.grant(resident, Role.RESIDENT, ScopeKind.QUARTIER, city.beisson.id)
    found = {"staff": everything, "applicant": factories.member(city.organisation), "resident": resident}
    return {name: Visitor(app, person) for name, person in found.items()}


def test_homes_are_accessible_and_fit(sheet, people, address, app):
    for name, visitor in people.items():
        sign_in(sheet, address, visitor)
        sheet.goto(f"{address}/accueil")
        inspect(sheet, f"site-accueil-{name}")


def test_an_action_is_found_by_words_and_opened_by_keyboard_alone(page, pages, address):
    page.goto(f"{address}/actions")
    page.get_by_label("Mots cherchés").focus()
    page.keyboard.type("sorties")
    with arriving(page):
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Sorties du samedi").focus()
    with arriving(page):
        page.keyboard.press("Enter")
    page.wait_for_url("**/actions/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sorties du samedi")
    expect(page.get_by_role("row").filter(has_text="À la piscine")).to_have_count(1)

"""The public pages in a real browser, wide and narrow: nothing for axe, nothing for the policy."""

import os
import threading
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from portal.accounts.rules import INSTANCE_ID, Role, ScopeKind
from portal.committee.models import Sitting, SittingKind
from portal.extensions import db
from tests import factories, scenes
from tests.visitors import Visitor

SHOTS = os.environ.get("SITE_SHOTS")
WIDTHS = [1280, 320]


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
def address(app, pages):
    # Each request takes its own connection; the test must not hold one open.
    db.session.rollback()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(params=WIDTHS)
def sheet(page, request):
    """A page of that width, with what the browser complained of."""
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.set_viewport_size({"width": request.param, "height": 900})
    page.width = request.param
    return page


def inspected(sheet, address, path, name):
    sheet.goto(f"{address}{path}")
    assert sheet.complaints == []
    if SHOTS:
        sheet.screenshot(path=Path(SHOTS) / f"{name}-{sheet.width}.png", full_page=True)
    found = Axe().run(sheet, options={"preload": False}).response["violations"]
    assert [(fault["id"], [node["html"][:160] for node in fault["nodes"]]) for fault in found] == [], path
    wider = sheet.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, path


def test_public_pages_are_accessible_and_fit(sheet, address, pages):
    del pages["city"]
    for name, path in pages.items():
        inspected(sheet, address, path, name)


def signed_in(sheet, app, address, person):
    """Give the browser the session of somebody, as the sign-in pages would."""
    cookie = Visitor(app, person).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    sheet.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


@pytest.fixture
def people(pages):
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
    return {"staff": everything, "applicant": factories.member(city.organisation), "resident": resident}


def test_homes_are_accessible_and_fit(sheet, people, address, app):
    for name, person in people.items():
        signed_in(sheet, app, address, person)
        inspected(sheet, address, "/accueil", f"tableau-{name}")


def test_an_action_is_found_by_words_and_opened_by_keyboard_alone(page, address):
    page.goto(f"{address}/actions")
    page.get_by_label("Mots cherchés").focus()
    page.keyboard.type("sorties")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sorties du samedi").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/actions/*")
    assert page.get_by_role("heading", level=1).inner_text() == "Sorties du samedi"
    assert page.get_by_role("row").filter(has_text="À la piscine").count() == 1

"""A scenario from its rules to its proposals, in a real browser, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories
from tests.browser.walking import click_through, inspect, sign_in
from tests.integration.committee.deciding import make_scene
from tests.integration.committee.test_programme import scored
from tests.integration.committee.test_scenarios import worked


@pytest.fixture
def scene(app):
    """Five admissible applications in two quartiers, scored, for more than the envelopes hold."""
    built = make_scene(app)
    other = factories.quartier(built.contract, "Beisson")
    with unit_of_work():
        call = db.session.get(Call, built.call.id)
        call.scenarios_enabled = True
        call.quartiers = [built.quartier, other]
    made = [built.application(city=6_000_00 + 500_00 * rank, state=3_000_00) for rank in range(5)]
    with unit_of_work():
        made[4].placements[0].quartier_id = other.id
    reader = factories.staff(Role.REVIEWER, built.call)
    for rank, application in enumerate(made):
        scored(built, application, reader, 4 - rank % 4)
    built.visitors = {role: built.visit(role) for role in (Role.OFFICER, Role.MANAGER)}
    built.place = f"/programmation/{built.call.id}/scenarios"
    built.titles = [each.title for each in made]
    db.session.remove()
    return built


def press(sheet, name):
    click_through(sheet.get_by_role("button", name=name, exact=True))


def prepare(sheet, address, scene, title, **typed):
    """Fill the rules and ask for the computing."""
    sheet.goto(f"{address}{scene.place}/nouveau")
    sheet.get_by_label("Nom du scénario").fill(title)
    for label, value in typed.items():
        sheet.get_by_label(label.replace("_", " ")).fill(value)
    press(sheet, "Calculer ce scénario")
    expect(sheet.get_by_text("En attente")).to_be_visible()


def test_from_the_rules_to_the_proposals(sheet, scene, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    sheet.goto(f"{address}{scene.place.removesuffix('/scenarios')}")
    click_through(sheet.get_by_role("link", name="Scénarios", exact=True))
    expect(sheet.get_by_text("Aucun scénario pour l’instant.")).to_be_visible()
    inspect(sheet, "scenarios-vide")
    click_through(sheet.get_by_role("link", name="Préparer un scénario"))
    sheet.get_by_label("Baisse maximale").fill("cent")
    press(sheet, "Calculer ce scénario")
    expect(sheet.get_by_role("alert")).to_contain_text("Baisse maximale : Indiquez un pourcentage")
    inspect(sheet, "scenario-erreur")

    prepare(sheet, address, scene, "Au plus juste", Baisse_maximale="50")
    inspect(sheet, "scenario-en-cours")
    worked()
    db.session.remove()
    # The page follows the computing by itself.
    click_through(sheet.get_by_role("link", name="Voir le résultat"))
    expect(sheet.get_by_role("heading", name="Dossier par dossier")).to_be_visible()
    inspect(sheet, "scenario-resultat")
    sheet.get_by_label("Montrer").select_option(label="Ceux qui ne reçoivent rien, et pourquoi")
    press(sheet, "Filtrer")
    expect(sheet.get_by_text("Ne reçoit rien").first).to_be_visible()
    inspect(sheet, "scenario-ecartes")

    prepare(sheet, address, scene, "Beisson garanti", Part_minimale_pour_Beisson="20")
    worked()
    db.session.remove()
    sheet.goto(f"{address}{scene.place}")
    for box in sheet.get_by_role("checkbox").all():
        box.check()
    inspect(sheet, "scenarios")
    press(sheet, "Comparer les scénarios cochés")
    expect(sheet.get_by_role("columnheader", name="Beisson garanti").first).to_be_attached()
    inspect(sheet, "scenarios-comparer")

    sheet.goto(f"{address}{scene.place}")
    click_through(sheet.get_by_role("link", name="Au plus juste", exact=True))
    sheet.get_by_role("checkbox", name="Choisir le dossier").first.check()
    press(sheet, "Reprendre les dossiers choisis")
    expect(sheet.get_by_text("1 dossier choisi")).to_be_visible()
    inspect(sheet, "scenario-reprendre")
    press(sheet, "Écrire ces propositions")
    expect(sheet.get_by_text("Propositions écrites dans le tableau : 2.")).to_be_visible()
    expect(sheet.get_by_text("Repris en propositions").first).to_be_visible()
    inspect(sheet, "scenario-repris")


def test_rules_that_contradict_are_told_on_the_page(sheet, scene, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    prepare(sheet, address, scene, "Trop pour Beisson", Part_minimale_pour_Beisson="90")
    worked()
    db.session.remove()
    click_through(sheet.get_by_role("link", name="Voir le résultat"))
    expect(sheet.get_by_text("ne demandent que").first).to_be_visible()
    inspect(sheet, "scenario-contradiction")
    click_through(sheet.get_by_role("link", name="Reprendre ces règles et les changer"))
    expect(sheet.get_by_label("Part minimale pour Beisson")).to_have_value("90")


def test_a_scenario_is_prepared_and_taken_up_without_scripts_on_a_small_screen(open_page, app, scene, live, check_page):
    page = open_page(320, scripts=False)
    sign_in(page, live, scene.visitors[Role.OFFICER])
    page.goto(f"{scene.place}/nouveau")
    page.get_by_label("Nom du scénario").fill("Sans script")
    click_through(page.get_by_role("button", name="Calculer ce scénario"))
    expect(page.get_by_role("link", name="Actualiser cette page")).to_be_visible()
    worked()
    db.session.remove()
    click_through(page.get_by_role("link", name="Actualiser cette page"))
    check_page(page, "scenario-sans-script")
    click_through(page.get_by_role("link", name="Tout reprendre en propositions"))
    expect(page.get_by_text("Tout le scénario : 5 dossiers")).to_be_visible()
    click_through(page.get_by_role("button", name="Écrire ces propositions"))
    expect(page.get_by_text("Propositions écrites dans le tableau : 10.")).to_be_visible()


def test_the_head_of_the_direction_opens_scenarios_for_a_call(sheet, scene, address):
    with unit_of_work():
        db.session.get(Call, scene.call.id).scenarios_enabled = False
    db.session.remove()
    sign_in(sheet, address, scene.visitors[Role.MANAGER])
    sheet.goto(f"{address}/appels/{scene.call.id}/scenarios/reglage")
    sheet.get_by_label("La Direction peut calculer des scénarios de répartition").check()
    inspect(sheet, "scenarios-reglage")
    press(sheet, "Enregistrer")
    expect(sheet.get_by_text("Les scénarios sont réglés.")).to_be_visible()
    sheet.goto(f"{address}{scene.place}")
    expect(sheet.get_by_role("link", name="Préparer un scénario")).to_be_visible()

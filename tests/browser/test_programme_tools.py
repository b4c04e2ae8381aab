"""A tool of the programming table, from its figures to the lines written, in a real browser and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from tests import factories
from tests.browser.walking import click_through, inspect, sign_in
from tests.integration.committee.deciding import make_scene


@pytest.fixture
def scene(app):
    """Three lines of the city, of which one is arbitrated, beyond its envelope."""
    built = make_scene(app)
    made = [built.application(city=15_000_00, state=0) for _ in range(3)]
    built.arbitrate(made[2], city=1_000_00)
    built.visitors = {role: built.visit(role) for role in (Role.OFFICER, Role.FUNDER_AGENT)}
    built.table = f"/programmation/{built.call.id}"
    built.lines = [built.line(each).id for each in made]
    db.session.remove()
    return built


@pytest.fixture
def structure(scene):
    """The name of a structure with two projects, beyond the threshold of one funder."""
    first = db.session.get_one(FundingLine, scene.lines[0]).application
    more = factories.application(
        first.call, first.organisation, status=ApplicationStatus.ADMISSIBLE, title="Fête du quartier"
    )
    factories.funding_line(more, factories.funder("CAF"), 4_000_00)
    factories.funding_line(more, first.funding_lines[0].funder, 20_000_00)
    name = first.organisation.name
    db.session.remove()
    return name


@pytest.fixture(params=[1280, 320])
def plain_page(browser, request):
    """A page without JavaScript, of that width."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": request.param, "height": 900})
    page = context.new_page()
    yield page
    context.close()


def ask(page, address, scene, rate):
    page.goto(f"{address}{scene.table}")
    click_through(page.get_by_role("link", name="Proposer sur plusieurs lignes"))
    page.get_by_label("Appliquer un taux", exact=True).check()
    page.get_by_label("Taux, en pour cent").fill(rate)
    page.get_by_label("Arrondir à un multiple de").select_option("1\u202f000\u00a0€")
    click_through(page.get_by_role("button", name="Voir l’aperçu"))


def test_a_rate_is_previewed_counted_again_and_applied(sheet, scene, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    sheet.goto(f"{address}{scene.table}/outils")
    inspect(sheet, "outils")
    click_through(sheet.get_by_role("button", name="Voir l’aperçu"))
    expect(sheet.get_by_role("alert").get_by_text("Choisissez un outil.")).to_be_visible()
    inspect(sheet, "outils-erreur")
    ask(sheet, address, scene, "90")
    expect(sheet.get_by_text("proposé au-delà de l’enveloppe")).to_be_visible()
    expect(sheet.get_by_text("Financement à l’état « Arbitré »")).to_be_visible()
    inspect(sheet, "outils-apercu")
    sheet.locator(f"#choix-{scene.lines[1]}").uncheck()
    click_through(sheet.get_by_role("button", name="Recompter les lignes cochées"))
    expect(sheet.get_by_text("proposé au-delà de l’enveloppe")).to_have_count(0)
    click_through(sheet.get_by_role("button", name="Appliquer à 1 ligne"))
    expect(sheet.locator("[data-flash]")).to_contain_text("Lignes proposées")
    expect(sheet.locator(f"#ligne-{scene.lines[0]} [data-proposed]")).to_have_text("13\u202f000,00\u00a0€")
    expect(sheet.locator(f"#ligne-{scene.lines[1]} [data-proposed]")).to_have_text("–")
    inspect(sheet, "outils-applique")


def test_a_line_changed_since_the_preview_is_told_with_both_amounts(sheet, scene, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    ask(sheet, address, scene, "50")
    scene.visitors[Role.FUNDER_AGENT].post(f"/programmation/lignes/{scene.lines[0]}", amount="2 000")
    click_through(sheet.get_by_role("button", name="Appliquer à 2 lignes"))
    told = sheet.locator(".callout", has_text="Ce qui a changé depuis l’aperçu")
    expect(told).to_contain_text("enregistré 2\u202f000,00\u00a0€\u00a0; votre aperçu 7\u202f000,00\u00a0€")
    expect(sheet.locator(f"#choix-{scene.lines[0]}")).not_to_be_checked()
    expect(sheet.locator(f"#choix-{scene.lines[1]}")).to_be_checked()
    inspect(sheet, "outils-conflit")


def test_a_rate_is_applied_without_javascript(plain_page, scene, address):
    sign_in(plain_page, address, scene.visitors[Role.FUNDER_AGENT])
    ask(plain_page, address, scene, "50")
    plain_page.locator(f"#choix-{scene.lines[1]}").uncheck()
    click_through(plain_page.get_by_role("button", name="Appliquer à 2 lignes"))
    expect(plain_page.locator(f"#ligne-{scene.lines[0]} [data-proposed]")).to_have_text("7\u202f000,00\u00a0€")
    expect(plain_page.locator(f"#ligne-{scene.lines[1]} [data-proposed]")).to_have_text("–")


def test_the_table_leads_to_all_the_projects_of_a_structure(sheet, scene, structure, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    sheet.goto(f"{address}{scene.table}")
    click_through(sheet.get_by_role("link", name="Vue par structure"))
    inspect(sheet, "structures")
    click_through(sheet.get_by_role("link", name=structure))
    expect(sheet.get_by_text("Convention\u00a0: 35\u202f000,00\u00a0€ dans l’année")).to_be_visible()
    inspect(sheet, "vue-structure")


def test_the_table_is_exported_from_its_page(sheet, scene, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    sheet.goto(f"{address}{scene.table}?mots=projet")
    click_through(sheet.get_by_role("link", name="Exporter", exact=True))
    expect(sheet.get_by_text("Les filtres du tableau s’appliquent")).to_be_visible()
    sheet.get_by_label("Avis", exact=True).uncheck()
    inspect(sheet, "exporter")
    click_through(sheet.get_by_role("button", name="Préparer le classeur"))
    expect(sheet.locator("[data-flash]")).to_contain_text("Le classeur se prépare")

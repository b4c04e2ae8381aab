"""The programming table as an officer lives in it: by keyboard alone, with a colleague in another window."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.extensions import db
from tests.browser.walking import click_through, inspect, sign_in
from tests.integration.committee.deciding import make_scene
from tests.typography import plain


@pytest.fixture
def scene(app):
    """Two applications that each ask two funders; a table that asks what changed at once."""
    built = make_scene(app)
    made = [built.application() for _ in range(2)]
    built.visitors = {role: built.visit(role) for role in (Role.OFFICER, Role.MANAGER, Role.FUNDER_AGENT)}
    built.table = f"/programmation/{built.call.id}"
    built.names = [f"{funder.name}, dossier {each.reference}" for each in made for funder in (built.city, built.state)]
    built.lines = [f"#ligne-{built.line(each, funder).id}" for each in made for funder in (built.city, built.state)]
    built.manager = built.person(Role.MANAGER).display_name
    built.application_id, built.title = made[0].id, made[0].title
    app.config["PROGRAMME_POLL_MS"] = 150
    db.session.remove()
    yield built
    del app.config["PROGRAMME_POLL_MS"]


def live(page, address, scene, role=Role.OFFICER, query=""):
    sign_in(page, address, scene.visitors[role])
    page.goto(f"{address}{scene.table}{query}")
    expect(page.locator("[data-live-state]")).to_have_text("En direct")
    return page


def cell(page, scene, index):
    return page.locator(f"{scene.lines[index]} [data-cell]")


def focused(page, scene, index):
    expect(cell(page, scene, index).locator("button, input").first).to_be_focused()


def window(browser, width=1280):
    context = browser.new_context(viewport={"width": width, "height": 900})
    return context.new_page()


def test_the_table_is_written_with_the_keyboard_alone(sheet, scene, address):
    live(sheet, address, scene)
    inspect(sheet, "programmation-tableau")
    keys = sheet.keyboard
    cell(sheet, scene, 0).locator("button").focus()
    keys.press("ArrowDown")
    focused(sheet, scene, 1)
    keys.press("Shift+Tab")
    focused(sheet, scene, 0)
    keys.type("2500")
    expect(cell(sheet, scene, 0).locator(".programme-note")).to_have_text(
        "Reste à proposer\u00a0: 17\u202f500,00\u00a0€ — non enregistré"
    )
    expect(sheet.locator("[data-sum=whole]").first).to_have_text("2\u202f500,00\u00a0€ non enregistré")
    expect(sheet.locator("[data-sum=row]").first).to_have_text("2\u202f500,00\u00a0€ non enregistré")
    inspect(sheet, "programmation-saisie")
    keys.press("Enter")
    focused(sheet, scene, 1)
    expect(cell(sheet, scene, 0).locator("button")).to_have_text("2\u202f500,00\u00a0€")
    expect(sheet.locator("[data-live-words]")).to_contain_text("enregistré")
    expect(sheet.locator("[data-sum=whole]").first).to_have_text("2\u202f500,00\u00a0€")
    expect(sheet.locator("[data-sum=left]").first).to_have_text("17\u202f500,00\u00a0€")

    keys.press("ArrowUp")
    keys.press("F2")
    keys.press("Control+A")
    keys.type("5000,01")
    keys.press("Enter")
    expect(cell(sheet, scene, 0).locator("input")).to_be_focused()
    expect(cell(sheet, scene, 0).locator(".programme-note")).to_have_text(
        "Ce montant dépasse la demande\u00a0: 5\u202f000,00\u00a0€."
    )
    inspect(sheet, "programmation-refus")
    keys.press("Escape")
    focused(sheet, scene, 0)
    expect(cell(sheet, scene, 0).locator("button")).to_have_text("2\u202f500,00\u00a0€")
    keys.press("PageDown")
    focused(sheet, scene, 2)
    keys.press("Escape")
    expect(sheet.locator("#apres-le-tableau")).to_be_focused()


def test_leaving_a_cell_saves_it_and_a_wrong_amount_stays_in_sight(sheet, scene, address):
    live(sheet, address, scene)
    cell(sheet, scene, 0).locator("button").click()
    cell(sheet, scene, 0).locator("input").fill("1 000")
    cell(sheet, scene, 1).locator("button").click()
    expect(cell(sheet, scene, 0).locator("button")).to_have_text("1\u202f000,00\u00a0€")
    cell(sheet, scene, 1).locator("input").fill("mille")
    cell(sheet, scene, 0).locator("button").click()
    expect(cell(sheet, scene, 1)).to_contain_text("non enregistré\u00a0: Indiquez un montant en euros")
    expect(sheet.locator("[data-live-pending]")).to_contain_text("1 montant non enregistré")
    sheet.keyboard.press("Escape")
    sheet.get_by_role("button", name="Y aller").click()
    focused(sheet, scene, 1)
    sheet.keyboard.press("F2")
    expect(cell(sheet, scene, 1).locator("input")).to_have_value("mille")


def test_two_windows_live_and_the_second_writer_chooses(sheet, browser, scene, address):
    mine = live(sheet, address, scene)
    theirs = live(window(browser, sheet.width), address, scene, Role.MANAGER)
    cell(mine, scene, 0).locator("button").focus()
    mine.keyboard.type("30")
    cell(theirs, scene, 1).locator("button").focus()
    theirs.keyboard.type("700")
    theirs.keyboard.press("Enter")
    # A colleague's amount arrives without disturbing the one being written.
    expect(cell(mine, scene, 1).locator("button")).to_have_text("700,00\u00a0€")
    expect(cell(mine, scene, 1)).to_contain_text(f"par {scene.manager}")
    expect(mine.locator("[data-live-words]")).to_contain_text(scene.manager)
    expect(cell(mine, scene, 0).locator("input")).to_be_focused()
    expect(cell(mine, scene, 0).locator("input")).to_have_value("30")
    expect(mine.locator("[data-sum=whole]").first).to_have_text("730,00\u00a0€ non enregistré")
    inspect(mine, "programmation-collegue")

    cell(theirs, scene, 0).locator("button").focus()
    theirs.keyboard.type("900")
    theirs.keyboard.press("Enter")
    expect(cell(mine, scene, 0).locator(".programme-note")).to_contain_text("vous choisirez")
    mine.keyboard.type("0")
    mine.keyboard.press("Enter")
    expect(cell(mine, scene, 0)).to_contain_text(
        "Enregistré entre-temps\u00a0: 900,00\u00a0€. Votre saisie\u00a0: 300,00\u00a0€."
    )
    # The browser tells of the refusal in its console: it is the conflict itself.
    mine.complaints.clear()
    inspect(mine, "programmation-conflit")
    cell(mine, scene, 0).get_by_role("button", name="Garder la mienne").press("Enter")
    expect(cell(mine, scene, 0).locator("button")).to_have_text("300,00\u00a0€")
    focused(mine, scene, 0)
    expect(cell(theirs, scene, 0).locator("button")).to_have_text("300,00\u00a0€")

    # The other choice: the colleague's amount stays.
    cell(mine, scene, 0).locator("button").press("F2")
    mine.keyboard.press("Control+A")
    mine.keyboard.type("1")
    cell(theirs, scene, 0).locator("button").focus()
    theirs.keyboard.type("950")
    theirs.keyboard.press("Enter")
    expect(cell(mine, scene, 0).locator(".programme-note")).to_contain_text("vous choisirez")
    mine.keyboard.press("Enter")
    cell(mine, scene, 0).get_by_role("button", name="Garder la sienne").click()
    expect(cell(mine, scene, 0).locator("button")).to_have_text("950,00\u00a0€")
    # Its version is now the one seen: writing over it is no conflict.
    cell(mine, scene, 0).locator("button").press("F2")
    mine.keyboard.press("Control+A")
    mine.keyboard.type("960")
    mine.keyboard.press("Enter")
    expect(cell(theirs, scene, 0).locator("button")).to_have_text("960,00\u00a0€")
    theirs.context.close()


def test_offline_is_told_and_what_waited_leaves_again(browser, scene, address):
    page = live(window(browser), address, scene)
    page.context.set_offline(True)
    expect(page.locator("[data-live-state]")).to_contain_text("Hors ligne")
    cell(page, scene, 0).locator("button").focus()
    page.keyboard.type("120")
    page.keyboard.press("Enter")
    expect(cell(page, scene, 0)).to_contain_text("non enregistré\u00a0: Hors ligne")
    page.context.set_offline(False)
    expect(page.locator("[data-live-state]")).to_have_text("En direct")
    expect(cell(page, scene, 0)).to_have_text("120,00\u00a0€")
    page.context.close()


def test_a_hidden_page_asks_nothing(browser, scene, address):
    page = live(window(browser), address, scene)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "changements" in request.url else None)
    hide = """hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange')); }"""
    page.evaluate(hide, True)
    # The one under way ends; then nothing leaves, however long one looks elsewhere.
    page.wait_for_load_state("networkidle")
    before = len(asked)
    page.clock.install()
    page.clock.fast_forward(60_000)
    assert len(asked) == before
    with page.expect_request(lambda request: "changements" in request.url):
        page.evaluate(hide, False)
    page.context.close()


def test_groups_filters_and_columns_are_reached_from_the_page(sheet, scene, address):
    live(sheet, address, scene)
    sheet.get_by_label("Regrouper par").select_option(label="Financeur")
    click_through(sheet.get_by_role("button", name="Filtrer"))
    expect(sheet.locator(".programme-group-name")).to_have_text(["Ville d’essai", "État"])
    sheet.get_by_text("Colonnes affichées").click()
    sheet.get_by_label("Attribué N−2").uncheck()
    click_through(sheet.get_by_role("button", name="Afficher ces colonnes"))
    expect(sheet.locator(".programme-group-name")).to_have_text(["Ville d’essai", "État"])
    expect(sheet.locator("td[data-label='Attribué N−2']")).to_have_count(0)
    sheet.get_by_text("Au clavier").click()
    inspect(sheet, "programmation-groupes")
    sheet.goto(f"{address}{scene.table}")
    expect(sheet.locator("td[data-label='Attribué N−2']")).to_have_count(0)


def test_an_application_is_written_at_320_px_without_javascript(browser, scene, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    sign_in(page, address, scene.visitors[Role.OFFICER])
    page.goto(f"{address}{scene.table}")
    click_through(page.get_by_role("link", name="Saisir ce dossier").first)
    fields = page.get_by_role("textbox")
    fields.nth(0).fill("1 200")
    fields.nth(1).fill("4 000")
    scene.visitors[Role.FUNDER_AGENT].post(f"/programmation/lignes/{scene.lines[0][7:]}", amount="800")
    click_through(page.get_by_role("button", name="Enregistrer tous les montants"))
    expect(page.get_by_role("alert")).to_contain_text("Ce montant dépasse la demande")
    fields.nth(1).fill("2 000")
    click_through(page.get_by_role("button", name="Garder la mienne"))
    told = page.locator("[data-proposed]").all_inner_texts()
    assert [plain(text) for text in told][:2] == ["1 200,00 €", "2 000,00 €"]
    context.close()


def test_the_page_of_an_application_reads_well(sheet, scene, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    sheet.goto(f"{address}/programmation/dossiers/{scene.application_id}")
    inspect(sheet, "programmation-dossier")
    sheet.goto(f"{address}/programmation")
    inspect(sheet, "programmation")
    sheet.goto(f"{address}/programmation/lignes/{scene.lines[0][7:]}")
    inspect(sheet, "programmation-ligne")

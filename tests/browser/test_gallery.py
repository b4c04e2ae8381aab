"""Every piece of the look, in a real browser: nothing for axe to say, nothing for the policy to block."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.gallery.sample import make_app
from tests.browser.serving import served
from tests.browser.walking import arriving, click_through

SHOTS = os.environ.get("GALLERY_SHOTS")
WIDTHS = [1280, 320]


@pytest.fixture(scope="module")
def address():
    with served(make_app()) as found:
        yield found


def keep(page, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{page.width}.png", full_page=True)


def faults(page):
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [(fault["id"], [node["html"][:160] for node in fault["nodes"]]) for fault in found]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_every_piece_is_accessible_and_fits(sheet, address):
    sheet.goto(f"{address}/galerie")
    sheet.get_by_role("link", name="Télécharger le fichier").wait_for()
    # Before axe and pictures, which put styles of their own into the page.
    assert sheet.complaints == []
    keep(sheet, "pieces")
    assert faults(sheet) == []
    assert overflow(sheet) == 0


def test_mistakes_are_summed_up_tied_to_their_fields_and_focused(sheet, address):
    sheet.goto(f"{address}/galerie")
    sheet.get_by_label("Montant demandé à la Ville").fill("beaucoup")
    sheet.get_by_label("Part d’habitants du quartier").fill("10")
    click_through(sheet.get_by_role("button", name="Enregistrer la section"))
    summary = sheet.get_by_role("alert").filter(has_text="À corriger")
    assert summary.evaluate("element => element === document.activeElement")
    keep(sheet, "mistakes")
    assert faults(sheet) == []
    assert overflow(sheet) == 0
    assert sheet.title().startswith("Erreur — ")
    click_through(summary.get_by_role("link", name="Montant demandé à la Ville"))
    amount = sheet.get_by_label("Montant demandé à la Ville")
    assert amount.evaluate("element => element === document.activeElement")
    expect(amount).to_have_value("beaucoup")
    told = sheet.locator(f"#{amount.get_attribute('aria-describedby')}").inner_text()
    assert "Indiquez un montant en euros, par exemple 1 234,56." in told
    for link in summary.get_by_role("link").all():
        expect(sheet.locator(link.get_attribute("href"))).to_have_count(1)


def test_big_targets_everywhere(sheet, address):
    sheet.goto(f"{address}/galerie")
    small = sheet.evaluate("""() => [...document.querySelectorAll(
        "button, summary, .btn, .main-nav a, .account-panel a, .tabs a, .page-number, .step a,"
        + ".form-control, .form-select"
      )].filter(e => e.checkVisibility() && !e.matches(".btn-small") && e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML.slice(0, 120))""")
    assert small == []


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 429, 500, 503])
def test_refusals_of_the_server_are_readable_pages(page, address, code):
    page.width = 1280
    page.goto(f"{address}/erreur/{code}?visiteur=1")
    keep(page, f"erreur{code}")
    assert faults(page) == []
    expect(page.get_by_role("heading", level=1)).to_have_text("Page introuvable")


def test_the_menu_opens_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{address}/galerie")
    link = page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Quartiers")
    expect(link).not_to_be_visible()
    page.get_by_text("Menu", exact=True).click()
    expect(link).to_be_visible()
    context.close()


def test_the_first_tab_offers_to_skip_to_the_content(page, address):
    page.goto(f"{address}/galerie")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller au contenu")
    with arriving(page):
        page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", "contenu")


def test_escape_closes_the_account_menu_and_returns_to_it(page, address):
    page.goto(f"{address}/galerie")
    page.get_by_text("Nadia Roche").first.click()
    page.get_by_role("link", name="Mon compte").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Mon compte")).not_to_be_visible()
    expect(page.locator(":focus")).to_have_text("Nadia Roche")


def test_leaving_with_unsaved_edits_asks_first(page, address):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{address}/galerie")
    page.get_by_label("Titre du projet").fill("Autre titre")
    page.goto(f"{address}/galerie")
    assert asked == ["beforeunload"]

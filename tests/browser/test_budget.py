"""The budget filled at one go: pasted cells with JavaScript, the two pages without it, several years at 320 px."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from playwright.sync_api import expect

from portal.accounts import passwords
from portal.calls.models import BudgetLine
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.browser.test_filing_without_js import PASSWORD
from tests.browser.walking import click_through, sign_in_by_form, wait_until_saved
from tests.integration.calls.filing.scene import filer, scene
from tests.integration.calls.filing.test_multi_year import fill, multi_year

CELLS = "Livres\t1 234,56 €\nJeux\t200\n641\tSalaire d’Ana\t6 000,00\n756\tCotisations\t1 000\nTotal\t\t8 434,56"
PASTE = """([name, text]) => {
  const field = document.querySelector(`[name="${name}"]`);
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  return document.querySelector("[data-save-status]").textContent;
}"""
"""Paste, and read what the page says of it at once: its own saving says something else soon after."""


@pytest.fixture
def draft(app):
    """(the owner's address, the id) of an application of three years."""
    it = scene()
    with unit_of_work():
        it.owner.password_hash = passwords.hashed(PASSWORD)
        it.owner.totp_secret = it.owner.totp_confirmed_at = None
    owner = filer(app, it.owner)
    email, draft = it.owner.email, owner.begin(it)
    sections = multi_year(it)
    fill(owner, draft, {name: sections[name] for name in ("projet", "financements")})
    db.session.rollback()
    return email, draft


def kept():
    db.session.rollback()
    statement = sa.select(BudgetLine.account_code, BudgetLine.label, BudgetLine.amount_cents, BudgetLine.year_index)
    found = [tuple(row) for row in db.session.execute(statement.where(BudgetLine.funder_id.is_(None)))]
    db.session.rollback()
    return sorted(found)


def test_cells_pasted_into_a_line_fill_the_next_ones_and_their_accounts(draft, open_page, check_page):
    page = open_page(1280)
    sign_in_by_form(page, draft[0], PASSWORD)
    page.goto(f"/dossiers/{draft[1]}/budget")
    page.locator("summary", has_text="Achats").click()
    assert "4 lignes collées" in page.evaluate(PASTE, ["line_expense_606_0_label", CELLS]).replace("\u00a0", " ")
    wait_until_saved(page)
    page.get_by_label("Détail : Prestations de services, ligne 1").fill("12 séances × 150 €")
    page.keyboard.press("Tab")
    expect(page.locator("[name=line_expense_604_0_amount]")).to_have_value("1800,00")
    wait_until_saved(page)
    check_page(page, "budget-pluriannuel")
    click_through(page.get_by_role("button", name="Enregistrer et recalculer"))
    assert kept() == [
        ("604", "12 séances × 150 €", 180_000, 1), ("606", "Jeux", 20_000, 1), ("606", "Livres", 123_456, 1),
        ("641", "Salaire d’Ana", 600_000, 1), ("756", "Cotisations", 100_000, 1),
    ]  # fmt: skip


def test_without_scripts_a_block_and_a_workbook_are_shown_then_kept(draft, open_page, check_page, tmp_path):
    page = open_page(320, scripts=False)
    sign_in_by_form(page, draft[0], PASSWORD)
    page.goto(f"/dossiers/{draft[1]}/budget")
    expect(page.get_by_role("button", name="Recalculer", exact=True)).to_be_visible()
    check_page(page, "budget-pluriannuel-320")
    click_through(page.get_by_role("link", name="Coller depuis un tableur"))
    page.get_by_label("Lignes copiées").fill("606\tLivres\t10\t20\t30\n606\tRemise\t-1\t\t")
    click_through(page.get_by_role("button", name="Lire ces lignes"))
    check_page(page, "budget-coller-320")
    expect(page.get_by_role("button", name="Enregistrer ce budget")).to_have_count(0)
    page.get_by_label("Lignes copiées").fill("606\tLivres\t10\t20\t30")
    click_through(page.get_by_role("button", name="Lire ces lignes"))
    click_through(page.get_by_role("button", name="Enregistrer ce budget"))
    assert kept() == [("606", "Livres", 1_000, 1), ("606", "Livres", 2_000, 2), ("606", "Livres", 3_000, 3)]

    click_through(page.get_by_role("link", name="Remplir dans un classeur"))
    check_page(page, "budget-classeur-320")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le classeur").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    row = next(row for row in book["Charges"].iter_rows() if row[0].value == "613")
    row[2].value, row[3].value = "Salle", 80
    filled = tmp_path / "budget.xlsx"
    book.save(filled)
    page.get_by_label("Classeur rempli").set_input_files(filled)
    click_through(page.get_by_role("button", name="Envoyer le classeur"))
    click_through(page.get_by_role("button", name="Enregistrer ce budget"))
    assert ("613", "Salle", 8_000, 1) in kept()

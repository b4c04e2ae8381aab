"""« Copier vers DAUPHIN », a funder's amounts sent as a file, the State's extraction: in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from tests import factories
from tests.browser.walking import click_through, inspect, sign_in
from tests.integration.calls.filing.scene import filer, scene
from tests.integration.committee.deciding import make_scene
from tests.integration.exchange.sending import csv, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def filed(app):
    """A complete draft that asks the State, and its author."""
    it = scene()
    owner = filer(app, it.owner)
    number = owner.begin(it)
    owner.fill(number, it)
    return owner, number


@pytest.fixture
def voting(app):
    """A funder's agent, the page of the acts, and the reference of what awaits one."""
    committee = make_scene(app)
    application = committee.application()
    committee.arbitrate(application, city=4_000_00)
    page = f"/programmation/{committee.call.id}/actes"
    return committee.visit(Role.FUNDER_AGENT), page, application.reference


@pytest.fixture
def extracted(app):
    """An officer of the State, the page of the extraction, and its rows."""
    committee = make_scene(app)
    titles = ("Jardin partagé", "Ateliers cuisine du monde")
    made = []
    for title in titles:
        admissible = {"status": ApplicationStatus.ADMISSIBLE, "title": title}
        each = factories.application(committee.call, factories.organisation(), [committee.quartier], **admissible)
        factories.funding_line(each, committee.state, 3_000_00, committee.state_envelope)
        made.append(each)
    rows = [
        ["N° dossier", "SIRET", "Intitulé du projet", "Phase", "Montant demandé", "Montant proposé"],
        ["00111", made[0].organisation.siret, titles[0], "En instruction", "3000", "2500"],
        ["00222", made[1].organisation.siret, "Ateliers cuisines du monde", "Déposé", "3500", ""],
        ["00333", "73282932000074", "Un projet d’ailleurs", "Déposé", "1000", ""],
    ]
    page = f"/programmation/{committee.call.id}/dauphin/{committee.state.id}"
    return committee.visit(Role.STATE_OFFICER), page, rows


def test_each_answer_is_copied_and_marked_for_its_author_alone(filed, sheet, address):
    owner, number = filed
    db.session.remove()
    sheet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(sheet, address, owner)
    sheet.goto(f"{address}/dossiers/{number}")
    click_through(sheet.get_by_role("link", name="Copier la demande vers DAUPHIN"))
    count = sheet.locator("[data-copy-count]")
    expect(count).to_have_text(re.compile(r"0 sur \d+ copiés"))
    title = sheet.locator("[data-copy-field='projet-3']")
    button = title.get_by_role("button", name="Copier : Intitulé")
    button.focus()
    sheet.keyboard.press("Enter")
    expect(title.locator("[data-copy-state]")).to_have_text("✓ copié")
    expect(count).to_have_text(re.compile(r"1 sur \d+ copiés"))
    assert sheet.evaluate("navigator.clipboard.readText()") == "Lire en bas des tours"
    sheet.locator("[data-copy-field='table-produits']").get_by_role("button").click()
    expect(count).to_have_text(re.compile(r"2 sur \d+ copiés"))
    assert sheet.evaluate("navigator.clipboard.readText()").split("\n")[-1] == "\tTotal\t8000,50"
    inspect(sheet, "dauphin-copie")
    sheet.reload()
    expect(count).to_have_text(re.compile(r"2 sur \d+ copiés"))
    sheet.get_by_label("Numéro du dossier sur DAUPHIN").fill("à venir")
    click_through(sheet.get_by_role("button", name="Enregistrer le numéro"))
    expect(sheet.get_by_role("alert").first).to_contain_text("Recopiez le numéro donné par DAUPHIN")
    inspect(sheet, "dauphin-numero-refuse")
    sheet.get_by_label("Numéro du dossier sur DAUPHIN").fill("00123456")
    click_through(sheet.get_by_role("button", name="Enregistrer le numéro"))
    expect(sheet.get_by_role("status").first).to_contain_text("Le numéro DAUPHIN est enregistré.")
    sheet.get_by_role("button", name="Effacer les marques").click()
    expect(count).to_have_text(re.compile(r"0 sur \d+ copiés"))


def test_without_javascript_everything_is_there_to_read_and_to_download(filed, browser, address):
    owner, number = filed
    db.session.remove()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 900})
    page = context.new_page()
    sign_in(page, address, owner)
    page.goto(f"{address}/dossiers/{number}/dauphin")
    expect(page.get_by_role("button", name="Copier")).to_have_count(0)
    expect(page.get_by_text("Lire en bas des tours", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le tout en texte").click()
    assert "Lire en bas des tours" in download.value.path().read_text(encoding="utf-8-sig")
    page.get_by_label("Numéro du dossier sur DAUPHIN").fill("00123456")
    click_through(page.get_by_role("button", name="Enregistrer le numéro"))
    expect(page.get_by_label("Numéro du dossier sur DAUPHIN")).to_have_value("00123456")
    context.close()


def test_a_funder_sends_its_amounts_and_confirms_them(voting, sheet, address):
    agent, page, reference = voting
    sign_in(sheet, address, agent)
    sheet.goto(address + page)
    inspect(sheet, "actes-avec-fichier")
    click_through(sheet.get_by_role("link", name=re.compile("Envoyer les montants dans un fichier")))
    inspect(sheet, "montants")
    header = ["Dossier", "Montant voté"]
    send_votes(sheet, workbook([header, [reference, "1,234.56"], ["2026-999", 10]]))
    expect(sheet.get_by_role("heading", name="Rien ne peut être enregistré")).to_be_visible()
    expect(sheet.get_by_text("cellule B2").first).to_be_visible()
    inspect(sheet, "montants-a-corriger")
    click_through(sheet.get_by_role("link", name="Envoyer un autre fichier"))
    send_votes(sheet, workbook([header, [reference, "1 234,56"]]))
    expect(sheet.get_by_role("button", name="Enregistrer ces attributions")).to_be_visible()
    inspect(sheet, "montants-comparaison")
    click_through(sheet.get_by_role("button", name="Enregistrer ces attributions"))
    expect(sheet.get_by_role("status").first).to_contain_text("Montants attribués : 1.")
    expect(sheet.get_by_role("link", name="Délibération n° DEL-7")).to_be_visible()


def send_votes(sheet, content):
    sheet.get_by_label("Montants votés").set_input_files({"name": "v.xlsx", "mimeType": XLSX, "buffer": content})
    sheet.get_by_label("Numéro de l’acte").fill("DEL-7")
    sheet.get_by_label("Date de l’acte").fill("03/04/2026")
    click_through(sheet.get_by_role("button", name="Comparer les montants votés"))


def test_the_extraction_is_read_matched_and_chosen(extracted, sheet, address):
    officer, page, rows = extracted
    sign_in(sheet, address, officer)
    sheet.goto(address + page)
    inspect(sheet, "extraction")
    file = {"name": "extraction.csv", "mimeType": "text/csv", "buffer": csv(rows, encoding="cp1252")}
    sheet.get_by_label("Extraction des services de l’État").set_input_files(file)
    click_through(sheet.get_by_role("button", name="Lire le fichier"))
    sheet.get_by_label("Statut").select_option("Phase")
    inspect(sheet, "extraction-colonnes")
    click_through(sheet.get_by_role("button", name="Comparer avec le portail"))
    second = sheet.get_by_role("group", name=re.compile("Ligne 3"))
    expect(second).to_be_visible()
    inspect(sheet, "extraction-correspondances")
    second.get_by_role("radio").first.check()
    click_through(sheet.get_by_role("button", name="Enregistrer mes choix"))
    expect(sheet.get_by_role("status").first).to_contain_text("Dossiers mis à jour d’après l’extraction : 2.")
    inspect(sheet, "extraction-faite")

"""The Direction keeps its contract and brings back a past programme in a real browser, wide and narrow."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.contracts.models import Contract
from portal.contracts.operations.defaults import SHIPPED_CONTRACT
from portal.extensions import db
from tests import factories
from tests.browser.walking import click_through, inspect, sign_in
from tests.commands import run
from tests.integration.exchange.test_import_actions import SHIPPED
from tests.visitors import Visitor


@pytest.fixture
def manager(app):
    run(app, "init", "--contract", SHIPPED_CONTRACT)
    contract = db.session.execute(sa.select(Contract)).scalar_one()
    visitor = Visitor(app, factories.staff(Role.MANAGER, contract))
    db.session.remove()
    return visitor


def follow(sheet, name):
    click_through(sheet.get_by_role("main").get_by_role("link", name=name, exact=True).first)


def save(sheet, button="Enregistrer"):
    click_through(sheet.get_by_role("button", name=button))


def test_every_page_of_a_contract_is_sound(sheet, manager, address):
    sign_in(sheet, address, manager)
    sheet.goto(f"{address}/contrats")
    inspect(sheet, "contrats")
    follow(sheet, "Contrat de ville d’Aix-en-Provence 2015-2023")
    inspect(sheet, "contrat")
    contract = sheet.url
    for page in ("thematiques", "listes/axes", "listes/priorites", "listes/instances", "tranches-d-age", "indicateurs"):
        sheet.goto(f"{contract}/{page}")
        inspect(sheet, f"contrat-{page.replace('/', '-')}")
    for page in ("thematiques/ajouter", "listes/priorites/ajouter", "tranches-d-age/ajouter", "indicateurs/ajouter"):
        sheet.goto(f"{contract}/{page}")
        save(sheet)
        inspect(sheet, f"contrat-{page.replace('/', '-')}-vide")
    sheet.goto(f"{address}/financeurs")
    inspect(sheet, "financeurs")
    follow(sheet, "Ajouter un financeur")
    inspect(sheet, "financeur")


def test_two_people_change_the_settings_and_the_second_sees_both(sheet, manager, address):
    sign_in(sheet, address, manager)
    sheet.goto(f"{address}/contrats")
    follow(sheet, "Contrat de ville d’Aix-en-Provence 2015-2023")
    follow(sheet, "Modifier les réglages")
    inspect(sheet, "reglages-du-contrat")
    manager.post(
        sheet.url.removeprefix(address),
        version="1",
        name="Contrat de ville d’Aix-en-Provence 2015-2023",
        start_year="2015",
        end_year="2023",
        steering_act_label="vote",
        convention_threshold_cents="23000",
        auditor_threshold_cents="153000",
        open_data_threshold_cents="23000",
        small_count_threshold="5",
        payment_days="60",
        first_payment_bp="80",
        adjustment_days="30",
        contact_service="Direction Politique de la Ville",
    )
    sheet.get_by_label("Comment nommer la décision du COPIL").fill("arbitrage")
    save(sheet)
    main = sheet.get_by_role("main").inner_text()
    assert "Déjà enregistré" in main and "vote" in main
    inspect(sheet, "reglages-a-deux")
    save(sheet)
    expect(sheet.get_by_text("Le contrat est modifié.")).to_have_count(1)


def test_the_quartiers_and_their_figures_are_kept(sheet, manager, address):
    sign_in(sheet, address, manager)
    sheet.goto(f"{address}/contrats")
    follow(sheet, "Contrat de ville d’Aix-en-Provence 2015-2023")
    follow(sheet, "Quartiers")
    inspect(sheet, "quartiers-du-contrat")
    follow(sheet, "Encagnane")
    inspect(sheet, "quartier-du-contrat")
    follow(sheet, "Ajouter un chiffre")
    sheet.get_by_label("Valeur").fill("beaucoup")
    save(sheet)
    inspect(sheet, "chiffre-faux")
    sheet.get_by_label("Ce que dit le chiffre").fill("Crèches")
    sheet.get_by_label("Valeur").fill("3")
    sheet.get_by_label("Unité").fill("crèches")
    save(sheet)
    expect(sheet.get_by_text("Le chiffre est ajouté.")).to_have_count(1)
    follow(sheet, "Modifier le quartier")
    inspect(sheet, "quartier-a-modifier")
    sheet.go_back()
    follow(sheet, "Ajouter une structure")
    inspect(sheet, "structure")


def test_a_past_programme_is_compared_then_taken_back(sheet, manager, address, tmp_path):
    sign_in(sheet, address, manager)
    sheet.goto(f"{address}/contrats")
    follow(sheet, "Contrat de ville d’Aix-en-Provence 2015-2023")
    follow(sheet, "Données reprises")
    inspect(sheet, "imports-vides")
    follow(sheet, "Reprendre un tableau d’actions")
    sheet.get_by_label("Année de la programmation").fill("2022")
    wrong = tmp_path / "faux.csv"
    wrong.write_text("quartier,thematique,association,action,order\nNulle part,Magie,A,B,un\n")
    sheet.get_by_label("Tableau des actions").set_input_files(wrong)
    save(sheet, "Comparer le fichier")
    inspect(sheet, "import-a-corriger")
    follow(sheet, "Envoyer un autre fichier")
    sheet.get_by_label("Année de la programmation").fill("2022")
    sheet.get_by_label("Tableau des actions").set_input_files(SHIPPED)
    inspect(sheet, "import-a-envoyer")
    save(sheet, "Comparer le fichier")
    inspect(sheet, "import-compare")
    save(sheet, "Reprendre ces actions")
    expect(sheet.get_by_text("115 lignes reprises")).to_have_count(1)
    inspect(sheet, "imports")

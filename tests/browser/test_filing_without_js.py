"""A volunteer files a complete application on a phone, 320 px wide without JavaScript, 375 px with it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.accounts import passwords
from portal.calls.models import BudgetLine, FundingLine, Submission
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.browser.walking import click_through, sign_in_by_form
from tests.integration.calls.filing.scene import IBAN, PDF, fresh, scene

PASSWORD = "trois petits quartiers au soleil"


@pytest.fixture
def it(app):
    made = scene()
    with unit_of_work():
        made.owner.password_hash = passwords.hashed(PASSWORD)
        made.owner.totp_secret = made.owner.totp_confirmed_at = None
    return made


@pytest.fixture
def names(it):
    """What the test needs of the scene once the rows are out of reach."""
    return {
        "email": it.owner.email, "organisation": it.organisation.name, "call": it.call.title,
        "siret": it.organisation.siret, "qpv": it.qpv.name, "watch": it.watch.name, "theme": it.theme.label,
    }  # fmt: skip


def words_of(page):
    """What the page says, unbreakable spaces made plain."""
    return " ".join(page.get_by_role("main").inner_text().split())


def keep_going(page):
    click_through(page.get_by_role("button", name="Enregistrer et continuer"))


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (375, True)], ids=["without scripts", "with scripts"])
def test_a_whole_application_is_filed_on_a_phone(names, open_page, check_page, width, scripts):
    page = open_page(width, scripts=scripts, height=640)
    sign_in_by_form(page, names["email"], PASSWORD)
    page.goto("/dossiers")
    check_page(page, "mes-dossiers-vide")
    click_through(page.get_by_role("link", name="Commencer un dossier"))
    check_page(page, "commencer")
    click_through(page.get_by_role("button", name="Commencer le dossier"))
    check_page(page, "rubriques-au-debut")
    home = page.url
    _organisation(page, names, check_page)
    _project(page, check_page)
    _lists(page, names, check_page)
    page.goto(f"{home}/financements")
    _funding(page, check_page)
    _budget(page, home, check_page)
    _indicators(page, check_page)
    _documents(page, check_page)
    _sign(page, check_page)
    click_through(page.get_by_role("link", name="Voir mon dossier"))
    check_page(page, "dossier-depose")
    click_through(page.get_by_role("link", name="Lire le dossier déposé"))
    check_page(page, "lecture")
    page.goto("/dossiers")
    assert "Lire en bas des tours" in words_of(page)
    check_page(page, "mes-dossiers")
    _the_rows_are_there()


def _organisation(page, names, check_page):
    click_through(page.get_by_role("link", name="Votre structure"))
    check_page(page, "structure")
    page.get_by_label("Numéro SIRET").fill("123")
    page.get_by_label("Adresse du siège").fill("3 rue des Lilas")
    keep_going(page)
    # What was typed is there, with its message and the right field at the end of the link.
    check_page(page, "structure-erreur")
    expect(page.get_by_label("Numéro SIRET")).to_have_value("123")
    expect(page.get_by_label("Adresse du siège")).to_have_value("3 rue des Lilas")
    click_through(page.get_by_role("alert").get_by_role("link").first)
    page.get_by_label("Numéro SIRET").fill(names["siret"])
    page.get_by_label("Numéro RNA").fill("w131234567")
    page.get_by_label("Code postal").fill("13100")
    page.get_by_label("Commune").fill("Aix-en-Provence")
    page.get_by_label("Adresse électronique (obligatoire)").fill("contact@ateliers.test")
    page.get_by_label("Téléphone (obligatoire)").fill("04 42 00 00 00")
    page.get_by_label("Prénom et nom").fill("Dominique Martin")
    page.get_by_label("Fonction (obligatoire)").fill("Présidente")
    page.get_by_label("Budget de la structure").fill("45 000")
    page.get_by_label("Subventions publiques reçues").fill("12 000,50")
    click_through(page.get_by_role("button", name="Enregistrer", exact=True).last)
    click_through(page.get_by_role("link", name="Indiquer le compte bancaire"))
    check_page(page, "compte-bancaire")
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 180")
    click_through(page.get_by_role("button", name="Enregistrer le compte"))
    assert "mal recopié" in words_of(page)
    page.get_by_label("IBAN").fill(IBAN)
    click_through(page.get_by_role("button", name="Enregistrer le compte"))
    check_page(page, "structure-complete")
    assert "Rubrique complète" in words_of(page)
    keep_going(page)


def _project(page, check_page):
    page.get_by_label("Titre du projet").fill("Lire en bas des tours")
    click_through(page.get_by_role("button", name="Enregistrer", exact=True).last)
    check_page(page, "projet-a-completer")
    page.get_by_label("une première demande").check()
    for label, words in {
        "À quel besoin répond le projet": "Peu de livres à la maison, une bibliothèque éloignée.",
        "Quels sont les objectifs": "Donner le goût de lire, faire se rencontrer les familles.",
        "Que ferez-vous, concrètement": "Un stand de lecture chaque mercredi, en bas des tours.",
        "Où le projet se déroule-t-il": "Place du marché",
        "Début": "01/02/2026",
        "Fin": "30/11/2026",
        "Prénom et nom": "Camille Durand",
        "Adresse électronique": "camille@ateliers.test",
        "Téléphone": "06 00 00 00 00",
    }.items():
        page.get_by_label(label).fill(words)
    keep_going(page)


def _lists(page, names, check_page):
    page.get_by_label(f"Part du public venant de {names['qpv']}").fill("66,67")
    page.get_by_label(f"Habitants attendus de {names['qpv']}").fill("40")
    click_through(page.get_by_role("button", name="Enregistrer et recalculer"))
    check_page(page, "quartiers-incomplet")
    assert "33,33 %" in words_of(page)
    page.get_by_label(f"Part du public venant de {names['watch']}").fill("33,33")
    page.get_by_label(f"Habitants attendus de {names['watch']}").fill("15")
    keep_going(page)
    check_page(page, "thematiques")
    page.get_by_role("radio", name=names["theme"]).check()
    page.get_by_label("Jeunesse").check()
    keep_going(page)
    page.get_by_label("Nombre de personnes attendues").fill("60")
    page.get_by_label("Comment allez-vous vers ce public").fill("Affiches à l’école, café des parents.")
    page.get_by_role("group", name=names["qpv"]).get_by_label("Femmes").fill("20")
    page.get_by_role("group", name=names["qpv"]).get_by_label("Hommes").fill("20")
    page.get_by_role("group", name=names["watch"]).get_by_label("Non renseigné").fill("15")
    page.get_by_label("6-11 ans").fill("30")
    click_through(page.get_by_role("button", name="Enregistrer et recalculer"))
    check_page(page, "public")
    keep_going(page)


def _funding(page, check_page):
    page.get_by_role("group", name="Ville d’essai").get_by_label("Crédits politique de la ville").fill("4 000")
    page.get_by_role("group", name="État").get_by_label("Crédits politique de la ville").fill("3 000,50")
    click_through(page.get_by_role("button", name="Enregistrer et recalculer"))
    check_page(page, "financements")
    assert "7 000,50 €" in words_of(page)


def _budget(page, home, check_page):
    page.goto(f"{home}/budget")
    _open_group(page, "Achats")
    page.get_by_label("Montant : Autres fournitures, ligne 1").fill("2 000,50")
    page.get_by_label("Détail : Autres fournitures, ligne 1").fill("Livres")
    page.get_by_role("button", name="Ajouter une ligne : Autres fournitures").click()
    page.get_by_label("Montant : Autres fournitures, ligne 2").fill("500")
    _open_group(page, "Charges de personnel")
    page.get_by_label("Montant : Rémunérations, ligne 1").fill("5 500")
    click_through(page.get_by_role("button", name="Enregistrer et recalculer"))
    check_page(page, "budget-desequilibre")
    assert "Les charges dépassent les produits de 1 000,00 €" in words_of(page)
    _open_group(page, "Autres produits de gestion courante")
    page.get_by_label("Montant : Cotisations, ligne 1").fill("1 000")
    keep_going(page)


def _open_group(page, name):
    group = page.locator("summary", has_text=name).first
    if group.evaluate("e => !e.parentElement.open"):
        group.click()


def _indicators(page, check_page):
    page.goto(page.url.rsplit("/", 1)[0] + "/indicateurs")
    check_page(page, "indicateurs")
    people = page.get_by_role("group", name="Personnes touchées")
    people.get_by_label("Objectif").fill("60")
    page.get_by_label("Nombre concerné").fill("40")
    page.get_by_label("Sur un total de").fill("60")
    page.get_by_label("Comment évaluerez-vous le projet").fill("Un cahier de présence, relu chaque mois.")
    keep_going(page)


def _documents(page, check_page):
    check_page(page, "documents")
    for number, label in enumerate(("Relevé d’identité bancaire", "Rapport d’activité"), start=1):
        page.get_by_label(f"Fichiers : {label}", exact=True).set_input_files(
            {"name": "document.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        page.get_by_role("button", name=f"Ajouter : {label}").click()
        expect(page.locator(".joined")).to_have_count(number)
    page.get_by_text("Tous les documents demandés sont là").wait_for()
    check_page(page, "documents-complets")
    click_through(page.get_by_role("link", name="Continuer"))


def _sign(page, check_page):
    check_page(page, "depot")
    click_through(page.get_by_role("button", name="Déposer le dossier"))
    check_page(page, "depot-attestations")
    for box in page.get_by_role("checkbox").all():
        box.check()
    click_through(page.get_by_role("button", name="Déposer le dossier"))
    page.get_by_role("heading", level=1, name="Votre dossier est déposé", exact=True).wait_for()
    check_page(page, "recepisse")


def _the_rows_are_there():
    db.session.rollback()
    submission = db.session.execute(sa.select(Submission)).scalar_one()
    assert fresh(submission.application_id).status is ApplicationStatus.SUBMITTED
    asked = db.session.execute(sa.select(sa.func.sum(FundingLine.requested_cents))).scalar_one()
    assert asked == 700_050
    expenses = sa.select(sa.func.sum(BudgetLine.amount_cents)).where(BudgetLine.side == "expense")
    assert db.session.execute(expenses).scalar_one() == 800_050
    db.session.rollback()

"""The association tells what was done; the quartier's report and the delegate's workbook come out."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.cycle.city import TILLEULS, TITLE, VALLON
from tests.integration.calls.filing.scene import PDF


def read_decision(owner):
    owner.home("Mes dossiers")
    owner.follow(TITLE)


def begin_bilan(owner, city):
    """It waits among the bilans; the dashboard shows first that the project is to be adjusted."""
    owner.menu("Mes bilans")
    owner.follow(TITLE)
    city.bilan_id = int(owner.page.url.rsplit("/", 1)[1])
    owner.follow("Commencer le bilan")


def write_bilan(owner):
    """Section by section, and sent."""
    owner.fill(
        {
            "Ce qui a été fait": "Trente mercredis de lecture, place du marché.",
            "Les difficultés": "La pluie de novembre.",
            "La part des habitants": "Six mères tiennent le stand.",
            "La suite": "Un second stand au Vallon.",
        }
    )
    owner.press("Enregistrer et continuer")
    _realised_budget(owner)
    owner.fill({"Personnes touchées par l’action": "66", "6-11 ans": "40"})
    for name, women, men in ((TILLEULS, "30", "10"), (VALLON, "16", "10")):
        place = owner.page.get_by_role("group", name=f"Dont {name}")
        place.get_by_label(f"{name} : femmes").fill(women)
        place.get_by_label(f"{name} : hommes").fill(men)
    owner.press("Enregistrer et continuer")
    owner.fill({"Valeur réalisée": "66", "D’où vient cette valeur": "Cahier de présence"})
    owner.press("Enregistrer et continuer")
    owner.fill({"Ce que contient le document": "Photographies du stand"})
    owner.page.get_by_label("Fichier").set_input_files(
        {"name": "stand.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    owner.press("Joindre ce document")
    owner.follow("Continuer vers la signature")
    owner.page.get_by_label("J’atteste que ce bilan est exact").check()
    owner.press("Envoyer le bilan")
    assert "Le bilan est envoyé." in owner.words


def _realised_budget(owner):
    """What was really spent and received; the accounts that moved by more than 10 % ask for a word."""
    for label, amount in (
        (re.compile("^606"), "2 400,51"),
        (re.compile("^641"), "5 433,34"),
        (re.compile("^756"), "1 000"),
        (re.compile("^74.*Ville"), "3 333,34"),
        (re.compile("^74.*État"), "2 500"),
    ):
        owner.page.get_by_label(label).fill(amount)
    owner.press("Enregistrer le budget")
    waiting = owner.page.get_by_label("Expliquez l’écart").all()
    assert waiting
    for field in waiting:
        field.fill("Les financeurs ont accordé moins que demandé.")
    owner.press("Enregistrer le budget")


def accept(officer):
    officer.home("Bilans reçus")
    officer.follow(TITLE)
    officer.press("Accepter le bilan")


def read_report(officer, city, quartier):
    officer.home("Comptes rendus")
    officer.follow(f"{quartier} {city.year}")


def keep_report(officer, post):
    """Frozen as a version, whose PDF the worker makes."""
    officer.press("Figer une version")
    post.minute_passes()
    officer.page.reload()
    officer.look()
    return officer.download("Télécharger le PDF")


def take_workbook(delegate, post):
    """Asked for, followed on its progress page, downloaded."""
    delegate.home("Exports")
    delegate.follow("Contrat d’essai")
    delegate.press("Préparer le classeur")
    expect(delegate.page.get_by_role("progressbar")).to_have_count(1)
    post.minute_passes()
    # The page asks by itself; nobody reloads it.
    delegate.page.get_by_role("link", name="Télécharger le fichier").wait_for()
    delegate.look()
    return delegate.download("Télécharger le fichier")

"""An association that nobody knows opens its account, declares itself and files its application."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.cycle.city import ASSOCIATION, CITY, PASSWORD, STATE, TILLEULS, TITLE, VALLON, day
from tests.browser.walking import click_through, sign_in_by_form
from tests.integration.calls.filing.scene import IBAN, PDF

EMAIL = "nadia@ateliers.test"


def sign_up(visitor, post):
    """From the public home to a confirmed account, signed in."""
    visitor.page.goto("/")
    visitor.look()
    visitor.follow("Voir les appels à projets")
    visitor.follow("Appel à projets")
    visitor.follow("Créer un compte")
    visitor.fill({"Prénom": "Nadia", "Adresse électronique": EMAIL})
    visitor.page.get_by_label("Nom", exact=False).nth(1).fill("Roche")
    visitor.press("Recevoir le lien")
    assert visitor.title == "Consultez votre messagerie"
    visitor.open_from_mail(post.one_to(EMAIL))
    visitor.fill({"Nouveau mot de passe": PASSWORD})
    visitor.press("Enregistrer ce mot de passe")
    sign_in_by_form(visitor.page, EMAIL, PASSWORD)
    visitor.page.wait_for_url("**/accueil")
    visitor.look()


def declare_association(owner, city):
    owner.follow("Ma structure")
    owner.follow("Ajouter une structure")
    owner.fill({"Nom de la structure": ASSOCIATION, "Numéro SIRET": city.siret})
    owner.press("Continuer")
    assert owner.title == ASSOCIATION


def begin(owner, city):
    owner.home()
    owner.follow("Commencer un dossier")
    owner.press("Commencer le dossier")
    city.application_id = int(owner.page.url.rsplit("/", 1)[1])


def fill_in(owner, city):
    """The ten sections but the last, one after the other."""
    owner.follow("Votre structure")
    _organisation(owner)
    _project(owner, city)
    _quartiers(owner)
    _themes(owner)
    _people(owner)
    _funding_and_budget(owner)
    _indicators(owner)
    _documents(owner)


def _go_on(owner):
    owner.press("Enregistrer et continuer")


def _organisation(owner):
    owner.fill(
        {
            "Numéro RNA": "W131234567",
            "Adresse du siège": "3 rue des Lilas",
            "Code postal": "13100",
            "Commune": "Aix-en-Provence",
            "Adresse électronique (obligatoire)": "contact@ateliers.test",
            "Téléphone (obligatoire)": "04 42 00 00 00",
            "Prénom et nom": "Nadia Roche",
            "Fonction (obligatoire)": "Présidente",
            "Budget de la structure": "45 000",
            "Subventions publiques reçues": "12 000,50",
        }
    )
    click_through(owner.page.get_by_role("button", name="Enregistrer", exact=True).last)
    owner.look()
    owner.follow("Indiquer le compte bancaire")
    owner.fill({"IBAN": IBAN})
    owner.press("Enregistrer le compte")
    _go_on(owner)


def _project(owner, city):
    owner.fill({"Titre du projet": TITLE})
    owner.tick("une première demande")
    owner.fill(
        {
            "À quel besoin répond le projet": "Peu de livres à la maison, une bibliothèque éloignée.",
            "Quels sont les objectifs": "Donner le goût de lire, faire se rencontrer les familles.",
            "Que ferez-vous, concrètement": "Un stand de lecture chaque mercredi, en bas des tours.",
            "Où le projet se déroule-t-il": "Place du marché",
            "Début": day(city, 1, 2),
            "Fin": day(city, 30, 11),
            "Prénom et nom": "Camille Durand",
            "Adresse électronique": "camille@ateliers.test",
            "Téléphone": "06 00 00 00 00",
        }
    )
    _go_on(owner)


def _quartiers(owner):
    owner.fill(
        {
            f"Part du public venant de {TILLEULS}": "66,67",
            f"Habitants attendus de {TILLEULS}": "40",
            f"Part du public venant de {VALLON}": "33,33",
            f"Habitants attendus de {VALLON}": "20",
        }
    )
    _go_on(owner)


def _themes(owner):
    owner.page.get_by_role("radio", name="Réussite éducative").check()
    owner.tick("Jeunesse")
    _go_on(owner)


def _people(owner):
    owner.fill(
        {
            "Nombre de personnes attendues": "60",
            "Comment allez-vous vers ce public": "Affiches à l’école, café des parents.",
            "6-11 ans": "30",
        }
    )
    for name, women, men in ((TILLEULS, "20", "20"), (VALLON, "12", "8")):
        place = owner.page.get_by_role("group", name=name)
        place.get_by_label("Femmes").fill(women)
        place.get_by_label("Hommes").fill(men)
    _go_on(owner)


def _funding_and_budget(owner):
    """What is asked of each funder is written once; the budget follows, and balances to the cent."""
    if "financements" not in owner.page.url:
        owner.follow("Toutes les rubriques")
        owner.follow("Les financements demandés")
    for funder, amount in ((CITY, "4 000,01"), (STATE, "3 000,50")):
        owner.page.get_by_role("group", name=funder).get_by_label("Crédits politique de la ville").fill(amount)
    owner.press("Enregistrer et recalculer")
    assert "7 000,51 €" in owner.words
    owner.follow("Toutes les rubriques")
    owner.follow("Le budget")
    for group, account, amount in (
        ("Achats", "Autres fournitures", "2 500,51"),
        ("Charges de personnel", "Rémunérations", "5 500"),
        ("Autres produits de gestion courante", "Cotisations", "1 000"),
    ):
        fold = owner.page.locator("summary", has_text=group).first
        if fold.evaluate("e => !e.parentElement.open"):
            fold.click()
        owner.page.get_by_label(f"Montant : {account}, ligne 1").fill(amount)
    gap = owner.page.locator("[data-difference='expense income']")
    assert gap.inner_text().startswith("0")  # live, before anything is saved
    _go_on(owner)


def _indicators(owner):
    if not owner.page.url.endswith("indicateurs"):
        owner.follow("Toutes les rubriques")
        owner.follow("L’évaluation")
    people = owner.page.get_by_role("group", name="Personnes touchées")
    people.get_by_label("Objectif").fill("60")
    owner.fill({"Comment évaluerez-vous le projet": "Un cahier de présence, relu chaque mois."})
    _go_on(owner)


def _documents(owner):
    """Real files: each asked document gets one."""
    asked = owner.page.locator("li.document", has_text="À ajouter")
    for left in reversed(range(asked.count())):
        asked.first.locator("input[multiple]").set_input_files(
            {"name": "document.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        asked.first.get_by_role("button", name="Ajouter").click()
        expect(asked).to_have_count(left)
    owner.look()
    assert "Tous les documents demandés sont là" in owner.words
    owner.follow("Continuer")


def sign_and_file(owner):
    """Tick, sign, file; the receipt is on screen at once."""
    for box in owner.page.get_by_role("checkbox").all():
        box.check()
    owner.press("Déposer le dossier")
    assert owner.title == "Votre dossier est déposé"
    return owner.page.locator(".receipt-number").inner_text()

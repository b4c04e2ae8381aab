"""The manager makes the call and publishes it."""

from __future__ import annotations

from datetime import timedelta

from portal.foundation import clock
from portal.foundation.periods import to_paris
from tests.browser.cycle.city import CITY, STATE


def make_and_publish(manager, city):
    manager.home("Appels à projets")
    manager.follow("Créer un appel")
    manager.page.get_by_label("Partir d’un appel vierge").check()
    manager.fill({"Année des actions": str(city.year), "Titre": city.call_title})
    manager.press("Créer l’appel")
    now = to_paris(clock.now())
    manager.fill(
        {
            "Ouverture du dépôt": f"{now - timedelta(days=1):%d/%m/%Y à %H h %M}",
            "Clôture du dépôt": f"{now + timedelta(days=30):%d/%m/%Y à 18 h}",
        }
    )
    manager.press("Enregistrer")
    manager.follow("Modifier la présentation")
    manager.fill({"Présentation": "Agir avec les habitants.", "Qui peut répondre": "Les associations."})
    manager.press("Enregistrer")
    manager.follow("Modifier les indicateurs")
    manager.page.get_by_label("Personnes touchées").first.select_option(label="Obligatoire")
    manager.press("Enregistrer")
    _add_envelope(manager, CITY, "120 000")
    _add_envelope(manager, STATE, "80 000")
    manager.follow("Vue d’ensemble")
    city.call_id = int(manager.page.url.rsplit("/", 1)[1])
    manager.follow("Publier")
    manager.press("Publier l’appel")
    assert "L’appel est publié." in manager.words


def _add_envelope(manager, funder, amount):
    manager.follow("Enveloppes")
    manager.follow("Ajouter une enveloppe")
    manager.page.get_by_label("Financeur").select_option(label=funder)
    manager.fill({"Montant": amount})
    manager.press("Ajouter")


def notify_envelope(manager, city, funder):
    """What the funder has voted: from then on its acts cannot go beyond."""
    manager.home("Appels à projets")
    manager.follow(city.call_title)
    manager.follow("Enveloppes")
    manager.follow(funder)
    manager.follow("Réviser")
    manager.tick("Notifiée")
    manager.fill({"Motif ou référence": "Vote du budget"})
    manager.press("Enregistrer la révision")

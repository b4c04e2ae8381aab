"""The funders say what they would give, the COPIL arbitrates, each funder's act grants and its letter tells."""

from __future__ import annotations

from tests.browser.cycle.city import TITLE, day
from tests.browser.cycle.instructing import hold
from tests.integration.calls.filing.scene import PDF


def give_opinion(agent):
    agent.home("Avis à rendre")
    agent.follow("Donner l’avis", of=TITLE)
    agent.tick("Favorable")
    agent.press("Rendre l’avis")


def propose(agent, city, funder, amount):
    """In the programming table, in its cell."""
    agent.home()
    agent.follow(f"Programmation de {city.call_title}")
    row = agent.page.locator("tr[id^=ligne-]", has_text=funder)
    row.get_by_role("button", name="Proposé").click()
    row.get_by_role("textbox").fill(amount)
    row.get_by_role("textbox").press("Enter")
    row.locator("[data-cell]:not(.is-draft)", has_text=amount.replace(" ", "\u202f")).wait_for()
    agent.look()


def arbitrate(officer, city, amounts):
    """The COPIL follows what was proposed; its amounts are already in the fields."""
    hold(officer, city, "Comité de pilotage", "COPIL de mars", day(city, 12, 3))
    officer.follow("Arbitrer")
    offered = [field.input_value() for field in officer.page.locator("input[name^=amount_]").all()]
    assert [" ".join(text.split()) for text in offered] == amounts
    officer.tick("Retenu pour un montant inférieur")
    officer.fill({"Motif": "Enveloppe partagée entre tous les dossiers recevables"})
    officer.press("Enregistrer la décision")
    officer.press("Clore la séance")


def minutes(officer, post):
    """The record of decisions, once the worker has made it."""
    post.minute_passes()
    officer.page.reload()
    officer.look()
    return officer.download("Relevé de décisions n° 1 (PDF)")


def grant(agent, city, number):
    """The funder's own act makes the grant true in law."""
    agent.home("Actes à enregistrer")
    agent.follow(city.call_title)
    agent.follow("Actes")
    agent.follow("Enregistrer un acte")
    agent.fill({"Numéro": number, "Date de l’acte": day(city, 3, 4)})
    agent.page.get_by_label("Fichier de l’acte").set_input_files(
        {"name": "acte.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    agent.press("Enregistrer l’acte et attribuer")


def notify(agent, post):
    """The letter is made by the worker, read, and told to the association."""
    agent.press("Préparer les courriers")
    post.minute_passes()
    agent.page.reload()
    agent.look()
    letter = agent.page.request.get(agent.page.get_by_role("link", name="Lire").first.get_attribute("href")).body()
    agent.follow("Notifier aux porteurs")
    agent.press("Notifier 1 courrier")
    return letter

"""The two sittings, from their plan to their closing, and what the recused member reads of them."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.sitting.call import (
    ENVELOPE,
    FILED,
    FUNDERS,
    NOT_RETAINED,
    RECUSED,
    RETAINED,
    ROSE,
    STEERING,
    WAITING,
    total_asked,
    total_proposed,
    written,
)
from tests.browser.sitting.instructing import flash, press, table
from tests.browser.walking import click_through

AGENDA = "Ordre du jour"
REFUSED = "Le projet double une action existante."
SHARED = "L’enveloppe est partagée entre tous."
LATER = "À financer si un crédit se libère."


def usual_kinds(page):
    page.goto("/seances/natures")
    press(page, "Ajouter les natures habituelles")
    expect(flash(page)).to_be_visible()


def plan(page, story, kind, title):
    page.goto("/seances/nouvelle")
    choice = page.locator("select[name=kind_id] option", has_text=kind).get_attribute("value")
    page.get_by_label("Nature de la séance").select_option(value=choice)
    page.get_by_label("Appel à projets").select_option(label=story.title)
    page.get_by_label("Intitulé").fill(title)
    page.get_by_label("Date").fill("12/03/2027")
    press(page, "Prévoir la séance")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def pronounce_admissible(page, story):
    """The COTECH says at once that all thirty may be financed."""
    place = plan(page, story, "appels à projets", "COTECH de janvier")
    _enter_all(page, place)
    page.goto(f"{place}/membres")
    press(page, "Convoquer ces personnes")
    expect(flash(page)).to_be_visible()
    _attend_and_open(page, place)
    click_through(page.get_by_role("link", name="Se prononcer en bloc sur les 30 dossiers"))
    page.get_by_label("Recevables", exact=True).check()
    _pronounced(page, len(FILED))
    press(page, "Clore la séance")
    expect(page.get_by_role("button", name="Clore la séance")).to_have_count(0)


def convene(page, story, place, post):
    """The steering members by right, Rose by hand; each receives a letter."""
    page.goto(f"{place}/membres")
    press(page, "Convoquer ces personnes")
    convened = table(page, "Membres convoqués").locator("tbody tr")
    expect(convened).to_have_count(len(STEERING))
    page.get_by_label("Personne ayant un compte").select_option(
        value=page.locator("select[name=person_id] option", has_text=ROSE).get_attribute("value")
    )
    page.get_by_label("Qualité").fill("Représentante du comité technique")
    press(page, "Ajouter")
    members = len(STEERING) + 1
    expect(convened).to_have_count(members)
    press(page, f"Envoyer {members} convocations")
    expect(page.get_by_text("Convocations en préparation")).to_be_visible()
    post.minute_passes()
    page.reload()
    expect(table(page, "Convocations").get_by_role("link", name="PDF")).to_have_count(members)


def hold(page, story, place):
    """The agenda by selection, the attendance; then the decisions, block by block."""
    _enter_all(page, place)
    _attend_and_open(page, place)
    for numbers, outcome, reason in (
        (RETAINED, "Retenus comme proposé", SHARED),
        (NOT_RETAINED, "Non retenus", REFUSED),
        ([WAITING], "Liste complémentaire, à la suite et dans cet ordre", LATER),
    ):
        for number in numbers:
            page.get_by_label(f"Choisir le dossier {story.reference(number)}").check()
        press(page, "Se prononcer sur les dossiers cochés")
        _read_selection(page, numbers, RETAINED if numbers is not RETAINED else ())
        page.get_by_label(outcome, exact=True).check()
        page.get_by_label("Motif commun").fill(reason)
        _pronounced(page, len(numbers))
    _read_agenda(page, story, FILED)


def close(page):
    press(page, "Clore la séance")
    expect(page.get_by_role("button", name="Clore la séance")).to_have_count(0)


def read_as_recused(page, story, place):
    """Rose reads twenty-nine lines; nothing tells the thirtieth, not even the sums."""
    page.goto(place)
    expect(page.get_by_text("Vous êtes en déport sur 1 dossier de cet ordre du jour")).to_be_visible()
    _read_agenda(page, story, others())
    expect(page.get_by_role("link", name="Relevé de décisions")).to_have_count(0)
    page.goto("/mes-analyses")
    expect(page.locator(".pagination-total")).to_have_text("15 dossiers")
    expect(page.get_by_text(story.name(RECUSED))).to_have_count(0)
    page.goto(f"{story.table}/liste-complementaire")
    kept = [number for number in RETAINED if number != RECUSED]
    left = table(page, "Ce qui reste des enveloppes").locator("tbody td[data-label='Reste']")
    expect(left).to_have_text(written(*(ENVELOPE - total_proposed(kept, [name]) for name in FUNDERS)))


def others():
    """The applications of which Rose is not recused."""
    return [number for number in FILED if number != RECUSED]


def _enter_all(page, place):
    page.goto(f"{place}/ordre-du-jour")
    expect(table(page, "Dossiers proposés").locator("input:checked")).to_have_count(len(FILED))
    press(page, "Inscrire les dossiers cochés")
    expect(table(page, AGENDA).locator("tbody tr")).to_have_count(len(FILED))


def _attend_and_open(page, place):
    page.goto(f"{place}/emargement")
    press(page, "Enregistrer la présence")
    press(page, "Ouvrir la séance")
    expect(page.get_by_role("link", name="Conduire en direct")).to_be_visible()


def _pronounced(page, decisions):
    press(page, "Prononcer")
    expect(flash(page)).to_have_text(f"Décisions enregistrées : {decisions}.")


def _read_selection(page, numbers, before):
    """What the block asks of each funder and would leave of its envelope, `before` being already retained."""
    concerned = [name for name in FUNDERS if total_asked(numbers, [name])]
    sums = table(page, "Ce que la sélection demande").locator("tbody tr")
    expect(sums.locator("th")).to_have_text(concerned)
    expect(sums.locator("[data-label='Demandé']")).to_have_text(
        written(*(total_asked(numbers, [name]) for name in concerned))
    )
    expect(sums.locator("[data-label='Proposé']")).to_have_text(
        written(*(total_proposed(numbers, [name]) for name in concerned))
    )
    effects = table(page, "Effet sur les enveloppes, si la sélection est retenue comme proposé").locator("tbody tr")
    expect(effects.locator("[data-label='Reste après']")).to_have_text(
        written(*(ENVELOPE - total_proposed([*before, *numbers], [name]) for name in concerned))
    )


def _read_agenda(page, story, numbers):
    """A line for each application, with its sums and what was decided."""
    rows = table(page, AGENDA).locator("tbody tr")
    expect(rows.locator("th")).to_have_text([f"{story.reference(number)} — {story.name(number)}" for number in numbers])
    expect(rows.locator("[data-label='Demandé']")).to_have_text(written(*(total_asked([number]) for number in numbers)))
    told = {number: total_proposed([number]) for number in RETAINED} | dict.fromkeys(NOT_RETAINED, 0)
    expect(rows.locator("[data-label='Arbitré']")).to_have_text(
        [*written(*(told[number] for number in numbers if number != WAITING)), "–"]
    )

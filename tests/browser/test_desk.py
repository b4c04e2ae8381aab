"""The Direction, a reviewer, a funder's agent and the organisation meet around one file, in a real browser."""

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus, Origin
from portal.committee.operations.completeness import open_checklists
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from tests import factories
from tests.browser.walking import click_through, inspect, sign_in
from tests.integration.committee.scene import days_from_now
from tests.integration.committee.scene import scene as made
from tests.visitors import Visitor


@pytest.fixture
def scene(app):
    built = made(app)
    for number in range(3):
        built.another(f"Atelier numérique du jeudi {number}")
    built.another("Chantier jeunes", ApplicationStatus.ADMISSIBLE)
    factories.application(
        built.call,
        built.organisation,
        [built.quartier],
        status=ApplicationStatus.DECIDED,
        title="Repris de 2022",
        origin=Origin.IMPORTED,
    )
    in_unit_of_work(open_checklists)
    built.reviewer("Béa")
    built.visitors = {
        "officer": built.as_officer,
        "owner": built.as_owner,
        "reviewer": Visitor(app, built.assigned("Ada")),
        "agent": Visitor(app, built.agent(built.city)),
        "delegate": Visitor(app, factories.staff(Role.DELEGATE, built.contract)),
    }
    built.address_of_file = built.file
    built.call_number = built.call.id
    built.number = built.application.id
    db.session.remove()
    return built


def opens(sheet, address, path, name):
    sheet.goto(f"{address}{path}")
    inspect(sheet, name)


def test_the_officer_instructs(sheet, scene, address):
    sign_in(sheet, address, scene.visitors["officer"])
    opens(sheet, address, "/instruction", "instruction-appels")
    click_through(sheet.get_by_role("link", name="Appel à projets 2026").first)
    inspect(sheet, "instruction-file")
    sheet.get_by_label("Titre ou structure").fill("cuisines")
    click_through(sheet.get_by_role("button", name="Filtrer"))
    click_through(sheet.get_by_role("link", name="Cuisines d’été"))
    inspect(sheet, "dossier-direction")
    click_through(sheet.get_by_role("link", name="Contrôler la complétude"))
    sheet.get_by_label("Note interne").first.fill("Reçu par courriel")
    inspect(sheet, "completude")
    click_through(sheet.get_by_role("button", name="Enregistrer", exact=True))
    expect(sheet.get_by_text("La complétude est enregistrée.")).to_have_count(1)
    click_through(sheet.get_by_role("link", name="Demander des corrections"))
    click_through(sheet.get_by_role("button", name="Envoyer la demande"))
    inspect(sheet, "corrections-a-completer")
    sheet.get_by_label("Ce qui doit être corrigé").fill("Le RIB est illisible.")
    sheet.get_by_label("Le budget").check()
    sheet.get_by_label("Réponse attendue").fill(days_from_now(12))
    click_through(sheet.get_by_role("button", name="Envoyer la demande"))
    expect(sheet.get_by_text("La demande est envoyée")).to_have_count(1)
    click_through(sheet.get_by_role("link", name="Proposer la recevabilité"))
    inspect(sheet, "recevabilite-proposer")
    sheet.get_by_label("Recevable", exact=True).check()
    click_through(sheet.get_by_role("button", name="Enregistrer la proposition"))
    click_through(sheet.get_by_role("link", name="Prononcer par délégation"))
    sheet.get_by_label("Délégation").fill("Délibération du 3 mars 2026")
    inspect(sheet, "recevabilite-delegation")
    click_through(sheet.get_by_role("button", name="Prononcer"))
    inspect(sheet, "dossier-recevable")


def test_the_direction_distributes_records_and_enters(sheet, scene, address):
    sign_in(sheet, address, scene.visitors["officer"])
    sheet.goto(f"{address}/instruction/{scene.call_number}/affectations")
    click_through(sheet.get_by_role("button", name="Voir la répartition"))
    inspect(sheet, "repartition")
    click_through(sheet.get_by_role("button", name="Confier ces analyses"))
    expect(sheet.get_by_text("analyses ont été confiées")).to_have_count(1)
    opens(sheet, address, f"/instruction/{scene.call_number}/deports", "deports")
    sheet.get_by_label("Motif").fill("Conjointe salariée")
    click_through(sheet.get_by_role("button", name="Enregistrer le déport"))
    click_through(sheet.get_by_role("link", name="Mettre fin"))
    inspect(sheet, "deport-fin")
    opens(sheet, address, f"/dossiers/{scene.number}/avis-partenaires", "avis-partenaire")


def test_a_reviewer_scores_with_the_keyboard_and_sees_the_total_move(sheet, scene, address):
    sign_in(sheet, address, scene.visitors["reviewer"])
    opens(sheet, address, "/mes-analyses", "mes-analyses")
    click_through(sheet.get_by_role("link", name="Cuisines d’été"))
    inspect(sheet, "fiche-analyse")
    total = sheet.locator("[data-total]")
    first, second = (sheet.locator("fieldset.choices").nth(rank) for rank in range(2))
    first.locator("input").first.focus()
    for _ in range(3):
        sheet.keyboard.press("ArrowDown")
    expect(total).to_have_text("45,00")
    second.locator("input").last.focus()
    sheet.keyboard.press("Space")
    expect(total).to_have_text("85,00")
    click_through(sheet.get_by_role("button", name="Rendre l’analyse"))
    expect(sheet.get_by_role("alert")).to_contain_text("Donnez votre avis.")
    inspect(sheet, "fiche-a-corriger")
    sheet.get_by_label("Favorable", exact=True).check()
    click_through(sheet.get_by_role("button", name="Enregistrer", exact=True))
    expect(total).to_have_text("85,00")
    click_through(sheet.get_by_role("button", name="Rendre l’analyse"))
    inspect(sheet, "dossier-relecteur")
    click_through(sheet.get_by_role("link", name="Je me déporte"))
    inspect(sheet, "deport")


def test_a_funders_agent_gives_an_opinion(sheet, scene, address):
    sign_in(sheet, address, scene.visitors["agent"])
    opens(sheet, address, "/avis", "avis-a-rendre")
    click_through(sheet.get_by_role("link", name="Cuisines d’été").first)
    inspect(sheet, "dossier-financeur")
    click_through(sheet.get_by_role("link", name="Donner l’avis"))
    sheet.get_by_label("Favorable sous réserve").check()
    click_through(sheet.get_by_role("button", name="Rendre l’avis"))
    inspect(sheet, "avis-a-corriger")
    sheet.get_by_role("textbox", name="Réserve").fill("Préciser le budget des denrées.")
    click_through(sheet.get_by_role("button", name="Rendre l’avis"))
    expect(sheet.get_by_text("L’avis est enregistré.")).to_have_count(1)


def test_the_organisation_answers(sheet, scene, address):
    sign_in(sheet, address, scene.visitors["officer"])
    sheet.goto(f"{address}/dossiers/{scene.number}/corrections/demander")
    sheet.get_by_label("Ce qui doit être corrigé").fill("Le budget est à revoir.")
    sheet.get_by_label("Le budget").check()
    sheet.get_by_label("Réponse attendue").fill(days_from_now(12))
    click_through(sheet.get_by_role("button", name="Envoyer la demande"))
    sheet.context.clear_cookies()
    sign_in(sheet, address, scene.visitors["owner"])
    opens(sheet, address, f"/dossiers/{scene.number}/corrections", "corrections-porteur")
    click_through(sheet.get_by_role("link", name="Le budget"))
    assert sheet.get_by_role("heading", level=1).inner_text() != ""
    sheet.goto(f"{address}/dossiers/{scene.number}/corrections")
    sheet.get_by_label("Votre réponse").fill("C’est corrigé.")
    sheet.get_by_label("Nom de la personne qui envoie").fill("Nadia Roche")
    sheet.get_by_label("Sa fonction").fill("présidente")
    click_through(sheet.get_by_role("button", name="Envoyer mes corrections"))
    inspect(sheet, "corrections-envoyees")


def test_the_delegate_reads(sheet, scene, address):
    sign_in(sheet, address, scene.visitors["delegate"])
    opens(sheet, address, scene.address_of_file, "dossier-delegue")

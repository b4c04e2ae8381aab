"""From the COTECH to the notification, in a real browser: Direction, funder's agent, recused member, applicant."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from tests.browser.walking import click_through, inspect, sign_in
from tests.integration.committee.deciding import make_scene
from tests.visitors import Visitor


@pytest.fixture
def scene(app):
    """Three admissible applications and one filed; sessions of those who decide."""
    built = make_scene(app)
    made = [built.application() for _ in range(3)]
    filed = built.application(status=ApplicationStatus.SUBMITTED)
    built.recuse(built.person(Role.STEERING), made[2])
    built.visitors = {role: built.visit(role) for role in (Role.OFFICER, Role.MANAGER, Role.FUNDER_AGENT)}
    built.visitors |= {Role.STEERING: built.visit(Role.STEERING), "owner": Visitor(app, built.member(made[0]))}
    built.table = f"/programmation/{built.call.id}"
    built.first = made[0].id
    built.titles = [each.title for each in (*made, filed)]
    db.session.remove()
    return built


def opens(sheet, address, path, name):
    sheet.goto(f"{address}{path}")
    inspect(sheet, name)


def press(sheet, name):
    click_through(sheet.get_by_role("button", name=name, exact=True))


def held(sheet, address, kind, title):
    """A sitting planned, convened, with its agenda, open; its address."""
    sheet.goto(f"{address}/seances/nouvelle")
    choice = sheet.locator("select[name=kind_id] option", has_text=kind).get_attribute("value")
    sheet.get_by_label("Nature de la séance").select_option(value=choice)
    sheet.get_by_label("Appel à projets").select_option(index=1)
    sheet.get_by_label("Intitulé").fill(title)
    sheet.get_by_label("Date").fill("12/03/2026")
    inspect(sheet, "seance-prevoir")
    press(sheet, "Prévoir la séance")
    place = sheet.url
    sheet.goto(f"{place}/membres")
    sheet.get_by_label("Ou nom d’une personne sans compte").fill("Awa Citoyenne")
    sheet.get_by_label("Qualité").fill("Conseil citoyen")
    press(sheet, "Ajouter")
    if sheet.get_by_role("button", name="Convoquer ces personnes").count():
        press(sheet, "Convoquer ces personnes")
    inspect(sheet, "seance-membres")
    sheet.goto(f"{place}/ordre-du-jour")
    inspect(sheet, "seance-ordre-du-jour")
    press(sheet, "Inscrire les dossiers cochés")
    sheet.goto(f"{place}/emargement")
    inspect(sheet, "seance-emargement")
    press(sheet, "Enregistrer la présence")
    press(sheet, "Ouvrir la séance")
    inspect(sheet, "seance-ouverte")
    return place


def arbitrate(sheet, position, outcome, reason, *amounts):
    click_through(sheet.get_by_role("link", name="Arbitrer").nth(position))
    sheet.get_by_label(outcome, exact=True).check()
    sheet.get_by_label("Motif").fill(reason)
    for field, typed in zip(sheet.locator("input[name^=amount_]").all(), amounts):
        field.fill(typed)
    inspect(sheet, "arbitrage")
    press(sheet, "Enregistrer la décision")


def test_from_the_committees_to_the_notification(sheet, scene, address):
    sign_in(sheet, address, scene.visitors[Role.OFFICER])
    opens(sheet, address, "/seances", "seances")
    opens(sheet, address, "/seances/natures", "seances-natures")
    click_through(sheet.get_by_role("button", name="Ajouter les natures habituelles"))
    click_through(sheet.get_by_role("link", name="Comité de pilotage"))
    inspect(sheet, "seances-nature")

    held(sheet, address, "appels à projets", "COTECH de mars")
    sheet.get_by_role("checkbox").first.check()
    press(sheet, "Se prononcer sur les dossiers cochés")
    inspect(sheet, "recevabilite-en-bloc")
    sheet.get_by_label("Recevables", exact=True).check()
    press(sheet, "Prononcer")

    copil = held(sheet, address, "Comité de pilotage", "COPIL de mars")
    arbitrate(sheet, 0, "Retenu pour un montant inférieur", "Budget réduit", "4 000", "1 000")
    arbitrate(sheet, 1, "Non retenu", "Action déjà soutenue")
    press(sheet, "Clore la séance")
    scene.render()
    db.session.remove()
    opens(sheet, address, copil.removeprefix(address), "seance-close")
    click_through(sheet.get_by_role("link", name="Courriers", exact=True))
    press(sheet, "Préparer les courriers")
    scene.render()
    db.session.remove()
    sheet.reload()
    inspect(sheet, "courriers-de-rejet")

    sign_in(sheet, address, scene.visitors[Role.FUNDER_AGENT])
    opens(sheet, address, f"{scene.table}/actes", "actes")
    click_through(sheet.get_by_role("link", name="Enregistrer un acte"))
    inspect(sheet, "acte-nouveau")
    sheet.get_by_label("Numéro").fill("2026-41")
    sheet.get_by_label("Date de l’acte").fill("03/04/2026")
    press(sheet, "Enregistrer l’acte et attribuer")
    inspect(sheet, "acte")
    press(sheet, "Préparer les courriers")
    scene.render()
    db.session.remove()
    sheet.reload()
    click_through(sheet.get_by_role("link", name="Notifier aux porteurs"))
    inspect(sheet, "acte-notifier")
    press(sheet, "Notifier 1 courrier")

    sign_in(sheet, address, scene.visitors[Role.STEERING])
    opens(sheet, address, copil.removeprefix(address), "seance-deport")
    expect(sheet.get_by_text(scene.titles[2])).to_have_count(0)
    sign_in(sheet, address, scene.visitors[Role.MANAGER])
    opens(sheet, address, f"{scene.table}/cloture", "cloture")
    opens(sheet, address, f"{scene.table}/enveloppes", "programmation-enveloppes")
    sign_in(sheet, address, scene.visitors["owner"])
    opens(sheet, address, f"/dossiers/{scene.first}", "porteur-decision")
    told = ["attribué par la Ville", "à verser"]
    expect(sheet.get_by_text("4 000,00 €")).to_have_count(len(told))

"""The Direction writes questions and tries them; an association answers, and sees those its answers call for."""

import pytest
from playwright.sync_api import expect

from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.states import CallStatus
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories
from tests.browser.walking import arriving, click_through, inspect, sign_in
from tests.integration.calls.filing.scene import PDF, filer, scene
from tests.visitors import Visitor


@pytest.fixture
def city(app):
    return scene(status=CallStatus.DRAFT)


def add(sheet, label, kind, **more):
    click_through(sheet.get_by_role("link", name="Ajouter une question"))
    sheet.get_by_role("textbox", name="Question").fill(label)
    sheet.get_by_label(kind).check()
    for name, words in more.items():
        sheet.locator(f"#{name}").fill(words)


def test_questions_are_written_tried_and_answered(app, sheet, address, city):
    sign_in(sheet, address, Visitor(app, factories.staff(Role.OFFICER, city.contract)))
    call, organisation, owner = city.call.id, city.organisation.id, filer(app, city.owner)
    db.session.remove()
    sheet.goto(f"{address}/appels/{call}/reglages")
    click_through(sheet.get_by_role("link", name="Préparer les questions"))
    add(sheet, "Un local ?", "Oui ou non")
    expect(sheet.get_by_label("Choix proposés")).not_to_be_visible()
    inspect(sheet, "question-nouvelle")
    click_through(sheet.get_by_role("button", name="Enregistrer"))
    add(sheet, "Où ?", "Texte court")
    sheet.get_by_label("Poser cette question").select_option(label="Si «\u00a0Un local ?\u00a0»\u00a0: oui")
    click_through(sheet.get_by_role("button", name="Enregistrer"))
    add(sheet, "Un plan ?", "Fichier")
    click_through(sheet.get_by_role("button", name="Enregistrer"))
    with arriving(sheet):
        sheet.get_by_role("button", name="Monter : Un plan ?").press("Enter")
    expect(sheet.get_by_role("main")).to_contain_text("La question est maintenant à la place 2.")
    inspect(sheet, "questions-de-l-appel")
    click_through(sheet.get_by_role("link", name="Voir comme une association"))
    expect(sheet.get_by_label("Où ?")).not_to_be_visible()
    sheet.get_by_label("oui", exact=True).check()
    expect(sheet.get_by_label("Où ?")).to_be_visible()
    inspect(sheet, "questions-apercu")
    _publish(call)
    begun = owner.post(f"/appels/{call}/deposer", organisation=organisation)
    _answer(sheet, f"{address}{begun.location}/questions", address, owner)


def _publish(call):
    with unit_of_work() as session:
        session.get_one(Call, call).status = CallStatus.PUBLISHED


def _answer(sheet, path, address, owner):
    sheet.context.clear_cookies()
    sign_in(sheet, address, owner)
    sheet.goto(path)
    sheet.get_by_label("oui", exact=True).check()
    sheet.get_by_label("Où ?").fill("Rue Neuve")
    sheet.get_by_label("non", exact=True).check()
    expect(sheet.get_by_label("Où ?")).not_to_be_visible()
    sheet.get_by_label("oui", exact=True).check()
    expect(sheet.get_by_label("Où ?")).to_have_value("Rue Neuve")
    file = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF}
    sheet.get_by_label("Un plan ?").first.set_input_files(file)
    click_through(sheet.get_by_role("button", name="Envoyer ce fichier"))
    sheet.get_by_role("link", name="plan.pdf").wait_for()
    expect(sheet.get_by_label("Où ?")).to_have_value("Rue Neuve")
    inspect(sheet, "questions-repondues")

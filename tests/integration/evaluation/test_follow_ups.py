"""The page of an application leads to its bilan, and the bilan back to it, for whoever may open them."""

from __future__ import annotations

from portal.accounts.rules import Role
from portal.evaluation.states import BilanStatus
from portal.foundation.database import unit_of_work
from tests import factories
from tests.visitors import Visitor


def links(answer):
    return answer.tree.xpath('//*[@id="bilan"]//a/@href')


def test_the_organisation_finds_its_bilan_on_the_page_of_its_application(app, world):
    bilan_id, application_id = world.bilan().id, world.application.id
    applicant = world.applicant(app)
    page = applicant.get(f"/dossiers/{application_id}")
    assert links(page) == [f"/bilans/{bilan_id}"]
    assert "À rendre attendu le 30 juin 2027" in page.text
    assert f"/dossiers/{application_id}" in applicant.get(f"/bilans/{bilan_id}").tree.xpath("//main//a/@href")


def test_the_direction_finds_it_at_once_and_a_funder_once_it_is_sent(app, world):
    bilan, application_id = world.bilan(), world.application.id
    officer = world.visitor(app, Role.OFFICER)
    agent = Visitor(app, factories.staff(Role.FUNDER_AGENT, world.city))
    file = f"/dossiers/{application_id}/instruction"
    assert (links(officer.get(file)), links(agent.get(file))) == ([f"/bilans/{bilan.id}"], [])
    assert file in officer.get(f"/bilans/{bilan.id}").tree.xpath("//main//a/@href")
    with unit_of_work():
        bilan.status = BilanStatus.SUBMITTED
    assert links(agent.get(file)) == [f"/bilans/{bilan.id}"]

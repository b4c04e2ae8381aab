"""Opinions of funders and partners."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.models import Opinion
from portal.committee.operations.opinions import OpinionText, enter_partner_opinion, give_opinion
from portal.committee.states import Verdict
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Conflict, Refusal
from tests import factories
from tests.integration.committee.scene import REVIEWER, actor
from tests.queries import counted

FAVOURABLE = OpinionText(Verdict.FAVOURABLE)
AGENT = frozenset({Role.FUNDER_AGENT})


def page(scene, funder):
    return scene.path(f"avis/{funder.id}")


def give(scene, text=FAVOURABLE, version=0, roles=AGENT, application=None):
    who = scene.people.setdefault("agent", scene.agent(scene.city))
    of = application or scene.application
    return in_unit_of_work(lambda: give_opinion(of, scene.city, text, version, actor=actor(who), roles=roles))


def opinions():
    rows = db.session.execute(
        sa.select(Opinion.funder_id, Opinion.partner_name, Opinion.verdict, Opinion.reserve).order_by(Opinion.id)
    )
    return [tuple(row) for row in rows]


def statuses(scene):
    rows = db.session.execute(
        sa.select(FundingLine.funder_id, FundingLine.status).where(FundingLine.application_id == scene.application.id)
    )
    return {funder_id: status.value for funder_id, status in rows}


def set_line(scene, status):
    def change() -> None:
        db.session.get_one(FundingLine, scene.lines[0].id).status = status

    in_unit_of_work(change)


def test_an_agent_gives_its_funders_opinion_and_the_line_moves(scene):
    agent = scene.visit(scene.agent(scene.city))
    sent = agent.post(page(scene, scene.city), version="0", verdict="reserved", reserve="Revoir le budget")
    assert sent.location == "/avis"
    assert opinions() == [(scene.city.id, None, Verdict.RESERVED, "Revoir le budget")]
    assert statuses(scene) == {scene.city.id: "opinion_given", scene.state.id: "requested"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({}, "verdict"), ({"verdict": "reserved"}, "reserve"), ({"verdict": "unfavourable", "reserve": "x"}, "reason")],
)
def test_an_opinion_that_lacks_its_words_moves_nothing(scene, fields, wrong):
    answer = scene.visit(scene.agent(scene.city)).post(page(scene, scene.city), version="0", **fields)
    assert set(answer.errors) == {wrong}
    assert (opinions(), set(statuses(scene).values())) == ([], {"requested"})


def test_nobody_speaks_for_another_funder(scene):
    agent = scene.visit(scene.agent(scene.city))
    for funder in (scene.state, scene.caf):
        assert agent.get(page(scene, funder)).status_code == 404
        assert agent.post(page(scene, funder), verdict="favourable").status_code == 404
    assert opinions() == []


def test_the_delegate_speaks_for_the_state_alone(scene):
    delegate = scene.visit(factories.staff(Role.DELEGATE, scene.contract))
    assert delegate.get(page(scene, scene.city)).status_code == 404
    assert delegate.post(page(scene, scene.state), version="0", verdict="favourable").location == "/avis"


def test_a_reviewer_gives_no_funders_opinion(scene):
    assert scene.visit(scene.reviewer()).get(page(scene, scene.city)).status_code == 404
    with pytest.raises(Refusal, match="qualité"):
        give(scene, roles=REVIEWER)


def test_the_direction_enters_what_a_funder_without_account_says(scene):
    assert scene.as_officer.post(page(scene, scene.city), version="0", verdict="none").location == scene.file


def test_given_again_the_opinion_is_replaced(scene):
    give(scene)
    give(scene, OpinionText(Verdict.UNFAVOURABLE, reason="Hors sujet"), version=1)
    assert opinions() == [(scene.city.id, None, Verdict.UNFAVOURABLE, "")]
    assert statuses(scene)[scene.city.id] == "opinion_given"


def test_a_line_already_proposed_keeps_its_state_and_one_arbitrated_refuses(scene):
    give(scene)
    set_line(scene, FundingStatus.PROPOSED)
    give(scene, version=1)
    assert statuses(scene)[scene.city.id] == "proposed"
    set_line(scene, FundingStatus.ARBITRATED)
    with pytest.raises(Refusal, match="ne change plus"):
        give(scene, version=2)


def test_a_funder_that_refused_one_nature_still_gives_its_opinion_on_the_other(scene):
    set_line(scene, FundingStatus.REFUSED)
    agent = scene.visit(scene.agent(scene.city))
    assert scene.application.title not in agent.get("/avis").text
    other = factories.funding_line(scene.application, scene.city, 1_000_00, nature=Nature.COMMON_LAW)
    assert scene.application.title in agent.get("/avis").text
    assert agent.post(page(scene, scene.city), version="0", verdict="favourable").location == "/avis"
    db.session.expire_all()
    states = [db.session.get_one(FundingLine, each).status for each in (scene.lines[0].id, other.id)]
    assert states == [FundingStatus.REFUSED, FundingStatus.OPINION_GIVEN]


def test_two_agents_of_the_same_funder_the_second_sees_both(scene):
    give(scene)
    with pytest.raises(Conflict) as conflict:
        give(scene, OpinionText(Verdict.UNFAVOURABLE, reason="Hors sujet"), version=0)
    assert (conflict.value.theirs["Avis"], conflict.value.mine["Avis"]) == ("Favorable", "Défavorable")
    answer = scene.visit(scene.people["agent"]).post(
        page(scene, scene.city), version="0", verdict="unfavourable", reason="Hors sujet"
    )
    assert "Votre saisie, non enregistrée" in answer.text
    assert answer.tree.xpath('//input[@name="version"]/@value') == ["1"]


def test_no_opinion_on_a_decided_file(scene):
    other = scene.another("Décidé", ApplicationStatus.DECIDED)
    with pytest.raises(Refusal, match="ne se donnent plus"):
        give(scene, application=other)


# -- the list -------------------------------------------------------------------------------------


def test_the_list_shows_what_is_owed_and_forgets_what_is_given(scene):
    agent = scene.visit(scene.agent(scene.city))
    scene.another("Deuxième")
    scene.another("Brouillon", ApplicationStatus.DRAFT)
    assert agent.get("/avis").texts("//tbody//th") == ["Cuisines d’été", "Deuxième"]
    agent.post(page(scene, scene.city), version="0", verdict="favourable")
    assert agent.get("/avis").texts("//tbody//th") == ["Deuxième"]
    assert agent.get("/avis?etat=rendus").texts("//tbody//th") == ["Cuisines d’été"]
    assert agent.get("/avis?etat=tous&financeur=999").texts("//tbody//th") == []


def test_the_list_leaves_out_what_one_is_recused_from(scene):
    who = scene.agent(scene.city)
    factories.recusal(who, scene.application)
    assert scene.visit(who).get("/avis").texts("//tbody//th") == []


def test_the_list_asks_the_same_number_of_queries_for_1_and_50_rows(scene):
    agent = scene.visit(scene.agent(scene.city))

    def ask():
        with counted() as counter:
            assert agent.get("/avis").status_code == 200
        return len(counter)

    ask()
    one = ask()
    for number in range(50):
        scene.another(f"Projet {number}")
    assert ask() == one


# -- partners -------------------------------------------------------------------------------------


def test_the_direction_enters_a_partners_opinion_and_corrects_it(scene):
    path = scene.path("avis-partenaires")
    fields = {"version": "0", "partner_name": "Conseil citoyen d’Encagnane", "verdict": "favourable"}
    assert scene.as_officer.post(path, **fields).location == scene.file
    again = scene.as_officer.post(path, **fields | {"partner_name": "conseil  citoyen d'encagnane"})
    assert set(again.errors) == {"partner_name"}
    opinion = db.session.execute(sa.select(Opinion)).scalar_one()
    sent = scene.as_officer.post(f"{path}/{opinion.id}", **fields | {"version": "1", "verdict": "none"})
    assert sent.location == scene.file
    assert opinions() == [(None, "Conseil citoyen d’Encagnane", Verdict.NONE, "")]
    assert "Conseil citoyen" in scene.as_officer.get(scene.file).text


def test_a_partner_has_a_name_and_only_the_direction_enters_it(scene):
    answer = scene.as_officer.post(scene.path("avis-partenaires"), version="0", partner_name=" ", verdict="none")
    assert set(answer.errors) == {"partner_name"}
    assert scene.visit(scene.agent(scene.city)).get(scene.path("avis-partenaires")).status_code == 404
    with pytest.raises(Refusal, match="Direction"):
        in_unit_of_work(
            lambda: enter_partner_opinion(
                scene.application, "Bailleur", FAVOURABLE, actor=actor(scene.reviewer()), roles=REVIEWER
            )
        )


def test_once_the_application_is_admissible_an_opinion_leads_to_the_amount(scene):
    agent = scene.visit(scene.agent(scene.city))
    assert "Proposer un montant" not in agent.get(page(scene, scene.city)).text
    scene.admitted()
    given = agent.post(page(scene, scene.city), version="0", verdict="favourable")
    after = agent.follow(given)
    links = after.tree.xpath('//a[contains(., "Proposer un montant")]/@href')
    assert links == [f"/programmation/lignes/{scene.lines[0].id}"]
    assert agent.get(links[0]).status_code == 200

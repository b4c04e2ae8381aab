"""The acts of funders: all granted or nothing, never beyond a notified envelope."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import Apportionment, Envelope, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import FundingAct
from portal.committee.operations.acts import ActTerms, await_assembly, file_elsewhere, record_act, refuse_funding
from portal.committee.states import ActKind, Outcome
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.refusals import Refusal
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted

TERMS = {"kind": "deliberation", "number": "2026-12", "decided_on": "03/04/2026"}


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def address(scene, funder):
    return f"/programmation/{scene.call.id}/actes/nouveau/{funder.id}"


def test_a_funder_records_its_act_and_its_lines_are_granted(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00, state=1_000_00)
    line = scene.line(application)
    answer = scene.visit(Role.FUNDER_AGENT).post(
        address(scene, scene.city), **TERMS, **{f"amount_{line.id}": "3 500,10"}
    )
    assert answer.status_code == 302
    line = db.session.get(FundingLine, line.id)
    assert (line.status, line.granted_cents) == (FundingStatus.GRANTED, 3_500_10)
    assert db.session.get(Envelope, scene.city_envelope.id).granted_cents == 3_500_10
    assert db.session.scalars(sa.select(Apportionment.granted_cents).filter_by(funding_line_id=line.id)).all() == [
        3_500_10
    ]
    page = scene.visit(Role.FUNDER_AGENT).get(answer.location)
    assert page.texts("//h1") == ["Délibération n° 2026-12"]
    assert scene.line(application, scene.state).status is FundingStatus.ARBITRATED


def test_the_parts_of_the_quartiers_add_up_to_the_grant(scene):
    other = factories.quartier(scene.contract, "Autre quartier")
    third = factories.quartier(scene.contract, "Troisième quartier")
    application = factories.application(
        scene.call, factories.organisation(), [scene.quartier, other, third], status=scene.application().status
    )
    factories.funding_line(application, scene.city, 1_000_00, scene.city_envelope)
    scene.arbitrate(application, city=1_000_00)
    scene.act(application, 1_000_00)
    of = Apportionment.funding_line_id == scene.line(application).id
    parts = db.session.scalars(sa.select(Apportionment.granted_cents).where(of)).all()
    assert sorted(parts) == [333_33, 333_33, 333_34]


def test_a_notified_envelope_refuses_what_it_lacks_at_the_right_line_and_nothing_is_kept(scene):
    first, second = (scene.application(state=8_000_00) for _ in range(2))
    for each in (first, second):
        scene.arbitrate(each, state=6_000_00)
    lines = [scene.line(each, scene.state) for each in (first, second)]
    page = scene.visit(Role.STATE_OFFICER).post(
        address(scene, scene.state),
        **TERMS,
        **{f"amount_{line.id}": "6 000" for line in lines},
        file=(BytesIO(b"%PDF-1.4\n%%EOF"), "acte.pdf"),
    )
    assert page.errors == {
        f"amount_{lines[1].id}": "L’enveloppe notifiée n’y suffit pas : il reste 4 000,00 €.",
    }
    assert [db.session.get(FundingLine, line.id).status for line in lines] == [FundingStatus.ARBITRATED] * 2
    assert db.session.query(FundingAct).count() == 0
    assert db.session.get(Envelope, scene.state_envelope.id).granted_cents == 0


def test_a_forecast_envelope_may_be_exceeded_and_says_so(scene):
    application = scene.application(city=30_000_00, state=0)
    scene.arbitrate(application, city=30_000_00)
    scene.act(application, 30_000_00)
    page = scene.visit().get(f"/programmation/{scene.call.id}/enveloppes")
    assert "attribué au-delà de l’enveloppe" in page.text


def test_more_than_asked_and_nothing_at_all_are_refused_beside_their_lines(scene):
    first, second = scene.application(), scene.application()
    for each in (first, second):
        scene.arbitrate(each, city=4_000_00)
    one, two = scene.line(first), scene.line(second)
    page = scene.visit(Role.FUNDER_AGENT).post(
        address(scene, scene.city), **TERMS, **{f"amount_{one.id}": "5 000,01", f"amount_{two.id}": "0"}
    )
    assert page.errors == {
        f"amount_{one.id}": "Ce montant dépasse la demande : 5 000,00 €.",
        f"amount_{two.id}": "Pour ne rien attribuer, refusez ce financement avec son motif.",
    }


def test_an_act_to_come_or_already_known_is_refused(scene):
    first, second = scene.application(), scene.application()
    for each in (first, second):
        scene.arbitrate(each, city=4_000_00)
    agent = scene.visit(Role.FUNDER_AGENT)
    field = {f"amount_{scene.line(first).id}": "1 000"}
    page = agent.post(address(scene, scene.city), **(TERMS | {"decided_on": "01/01/2099"}), **field)
    assert page.errors == {"decided_on": "La date de l’acte est à venir : attendez qu’il soit pris."}
    agent.post(address(scene, scene.city), **TERMS, **field)
    page = agent.post(address(scene, scene.city), **TERMS, **{f"amount_{scene.line(second).id}": "1 000"})
    assert page.errors == {"number": "Cet acte est déjà enregistré : même numéro, même date."}


def test_the_file_of_an_act_is_kept_and_served_to_its_funder(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    agent = scene.visit(Role.FUNDER_AGENT)
    answer = agent.post(
        address(scene, scene.city),
        **TERMS,
        **{f"amount_{scene.line(application).id}": "4 000"},
        file=(BytesIO(b"%PDF-1.4\n%%EOF"), "delib.pdf"),
    )
    assert agent.get(f"{answer.location}/fichier").data == b"%PDF-1.4\n%%EOF"
    assert scene.visit(Role.STATE_OFFICER).get(f"{answer.location}/fichier").status_code == 404


def granting(scene, application, role, cents=1_000_00):
    actor = scene.actor(role)
    terms = ActTerms(ActKind.ORDER, "7", date(2026, 4, 3))
    with unit_of_work():
        record_act(scene.call, scene.city, terms, {scene.line(application).id: cents}, actor=actor, roles={role})


@pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER, Role.DELEGATE, Role.STEERING])
def test_only_the_funder_or_the_manager_records_an_act(scene, role):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    with pytest.raises(Refusal, match="qualité"):
        granting(scene, application, role)
    assert scene.visit(role).get(address(scene, scene.city)).status_code == 404


def test_a_funder_does_not_record_the_act_of_another(scene):
    scene.arbitrate(scene.application(), city=4_000_00, state=1_000_00)
    assert scene.visit(Role.FUNDER_AGENT).get(address(scene, scene.state)).status_code == 404
    assert scene.visit(Role.MANAGER).get(address(scene, scene.state)).status_code == 200


def test_a_line_not_arbitrated_or_already_granted_is_not_granted(scene):
    application = scene.application()
    scene.decide(application, Outcome.RETAINED)
    with pytest.raises(Refusal, match="n’est pas possible dans l’état actuel"):
        granting(scene, application, Role.MANAGER)
    scene.arbitrate(scene.application(), city=1)
    other = scene.application()
    scene.arbitrate(other, city=4_000_00)
    granting(scene, other, Role.MANAGER)
    with pytest.raises(Refusal, match="déjà enregistré"):
        granting(scene, other, Role.MANAGER)
    with pytest.raises(Refusal, match="déjà fait"):
        scene.act(other, 1_000_00, number="8", role=Role.MANAGER)


def test_an_act_that_would_lose_a_line_granted_meanwhile_is_refused_whole(scene):
    kept, taken = scene.application(), scene.application()
    for each in (kept, taken):
        scene.arbitrate(each, city=4_000_00)
    typed = {f"amount_{scene.line(each).id}": "1 000" for each in (kept, taken)}
    scene.act(taken, 2_000_00, role=Role.MANAGER)
    page = scene.visit(Role.FUNDER_AGENT).post(address(scene, scene.city), **TERMS, **typed)
    assert page.errors[""].startswith("Des financements que vous aviez remplis n’attendent plus d’acte")
    assert page.tree.xpath(f"//input[@name='amount_{scene.line(kept).id}']/@value") == ["1 000"]
    assert scene.line(kept).status is FundingStatus.ARBITRATED
    assert db.session.query(FundingAct).count() == 1


def test_nothing_is_granted_to_an_application_no_longer_retained(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    with unit_of_work() as session:
        session.execute(sa.text("UPDATE decision SET outcome = 'adjourned'"))
    with pytest.raises(Refusal, match="n’est pas retenu"):
        granting(scene, application, Role.MANAGER)


def test_a_grant_without_its_act_is_refused(scene):
    from portal.calls.operations.cycle import move_funding

    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    actor = scene.actor(Role.MANAGER)
    with pytest.raises(Refusal, match="acte de son financeur"), unit_of_work():
        move_funding(scene.line(application), "grant", actor=actor, roles={Role.MANAGER}, amount_cents=1)


def test_a_recused_agent_neither_sees_nor_grants_the_application(scene):
    kept, left = scene.application(), scene.application()
    for each in (kept, left):
        scene.arbitrate(each, city=4_000_00)
    agent = scene.person(Role.FUNDER_AGENT)
    scene.recuse(agent, left)
    page = scene.visit(Role.FUNDER_AGENT).get(address(scene, scene.city))
    assert kept.organisation.name in page.text
    assert left.organisation.name not in page.text
    with pytest.raises(Refusal):
        granting(scene, left, Role.FUNDER_AGENT)


def test_what_is_left_is_not_told_to_somebody_recused_from_a_part_of_it(scene):
    kept, left = scene.application(state=8_000_00), scene.application(state=8_000_00)
    for each in (kept, left):
        scene.arbitrate(each, state=7_000_00)
    manager = scene.visit(Role.MANAGER)
    manager.post(address(scene, scene.state), **TERMS, **{f"amount_{scene.line(left, scene.state).id}": "7 000"})
    scene.recuse(scene.person(Role.STATE_OFFICER), left)
    field = f"amount_{scene.line(kept, scene.state).id}"
    page = scene.visit(Role.STATE_OFFICER).post(
        address(scene, scene.state), **(TERMS | {"number": "2"}), **{field: "7 000"}
    )
    assert page.errors == {field: "Cette attribution n’est pas possible, ou l’enveloppe n’y suffit pas."}


def test_what_somebody_stepped_out_of_does_not_count_as_waiting(scene):
    kept, left = scene.application(), scene.application()
    for each in (kept, left):
        scene.arbitrate(each, city=4_000_00)
    scene.recuse(scene.person(Role.MANAGER), left)
    page = scene.visit(Role.MANAGER).get(f"/programmation/{scene.call.id}/actes")
    assert page.texts(f"//tr[th[contains(., '{scene.city.name}')]]/td[@data-label='En attente d’un acte']") == ["1"]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.STEERING, Role.DELEGATE, Role.OFFICER])
def test_the_committee_reads_the_acts(scene, role):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    act = scene.act(application, 4_000_00)
    visitor = scene.visit(role)
    assert "4 000,00 €" in visitor.get(f"/programmation/{scene.call.id}/actes").text
    assert application.title in visitor.get(f"/actes/{act.id}").text


def test_a_funder_refuses_with_a_reason_once(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    line = scene.line(application)
    agent = scene.visit(Role.FUNDER_AGENT)
    page = agent.post(f"/programmation/lignes/{line.id}/refuser", reason="")
    assert page.errors == {"reason": "Indiquez le motif."}
    agent.post(f"/programmation/lignes/{line.id}/refuser", reason="Crédits épuisés")
    line = db.session.get(FundingLine, line.id)
    assert (line.status, line.refusal_reason) == (FundingStatus.REFUSED, "Crédits épuisés")
    actor = scene.actor(Role.FUNDER_AGENT)
    with pytest.raises(Refusal, match="déjà fait"), unit_of_work():
        refuse_funding(line, "encore", actor=actor, roles={Role.FUNDER_AGENT})
    with pytest.raises(Refusal, match="qualité"), unit_of_work():
        refuse_funding(scene.line(application, scene.state), "x", actor=actor, roles={Role.OFFICER})
    with pytest.raises(Refusal, match="qualité"), unit_of_work():
        refuse_funding(scene.line(application), "x", actor=actor, roles={Role.DELEGATE})


def test_a_refusal_without_words_changes_nothing(scene):
    line = scene.line(scene.application())
    actor = scene.actor(Role.MANAGER)
    with pytest.raises(Refusal, match="motif"), unit_of_work():
        refuse_funding(line, "  ", actor=actor, roles={Role.MANAGER})


def test_a_funder_waits_for_its_assembly_then_grants(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    line = scene.line(application)
    agent = scene.visit(Role.FUNDER_AGENT)
    assert agent.post(f"/programmation/lignes/{line.id}/attendre").status_code == 302
    assert db.session.get(FundingLine, line.id).status is FundingStatus.AWAITING_ASSEMBLY
    assert agent.post(f"/programmation/lignes/{line.id}/attendre").status_code == 409
    actor = scene.actor(Role.REVIEWER)
    with pytest.raises(Refusal, match="qualité"), unit_of_work():
        await_assembly(line, actor=actor, roles={Role.REVIEWER})
    scene.act(application, 4_000_00)
    assert db.session.get(FundingLine, line.id).status is FundingStatus.GRANTED


def test_a_request_filed_in_the_funder_s_own_tool_keeps_its_number_there(scene):
    line = scene.line(scene.application())
    address = f"/programmation/lignes/{line.id}/depose-ailleurs"
    agent = scene.visit(Role.FUNDER_AGENT)
    assert agent.post(address, reference="").errors == {"reference": "Indiquez le numéro du dossier déposé ailleurs."}
    agent.post(address, reference=" 24-118 ")
    line = db.session.get(FundingLine, line.id)
    assert (line.status, line.external_ref) == (FundingStatus.FILED_ELSEWHERE, "24-118")
    assert "24-118" in agent.get(f"/programmation/lignes/{line.id}").text
    actor = scene.actor(Role.FUNDER_AGENT)
    with pytest.raises(Refusal, match="déjà fait"), unit_of_work():
        file_elsewhere(line, "24-119", actor=actor, roles={Role.FUNDER_AGENT})


def test_filed_elsewhere_without_a_number_changes_nothing(scene):
    line = scene.line(scene.application())
    with pytest.raises(Refusal, match="numéro"), unit_of_work():
        file_elsewhere(line, "  ", actor=scene.actor(Role.FUNDER_AGENT), roles={Role.FUNDER_AGENT})


def test_the_acts_page_takes_the_same_queries_for_one_line_and_for_thirty(scene):
    small, large = [scene.application(state=0)], [scene.application(city=100_00, state=0) for _ in range(30)]
    counts = []
    for number, group in (("1", small), ("2", large)):
        for each in group:
            scene.arbitrate(each, city=100_00)
        actor, terms = scene.actor(Role.MANAGER), ActTerms(ActKind.ORDER, number, date(2026, 4, 3))
        with unit_of_work():
            act = record_act(
                scene.call,
                scene.city,
                terms,
                {scene.line(each).id: 100_00 for each in group},
                actor=actor,
                roles={Role.MANAGER},
            )
        address_of_act, visitor = f"/actes/{act.id}", scene.visit(Role.MANAGER)
        with counted() as queries:
            assert visitor.get(address_of_act).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]

"""Arbitrating in a sitting: who, when, on what ground; the former decision stays."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role
from portal.calls.models import Application, FundingLine
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.models import Decision
from portal.committee.operations.arbitration import arbitrate
from portal.committee.states import Outcome, SittingStatus
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.foundation.refusals import Refusal
from tests.integration.committee.deciding import Scene, make_scene


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def post(scene, sitting, application, role=Role.OFFICER, **fields):
    item = scene.item(sitting, application)
    return scene.visit(role).post(f"/ordre-du-jour/{item.id}/arbitrage", **fields)


def amounts(scene, application, city, state):
    return {
        f"amount_{scene.line(application).id}": city,
        f"amount_{scene.line(application, scene.state).id}": state,
    }


def test_the_direction_retains_an_application_for_less_with_a_reason(scene):
    application = scene.application()
    sitting = scene.sitting(application)
    answer = post(
        scene,
        sitting,
        application,
        outcome="retained_lower",
        reason="Budget contraint",
        **amounts(scene, application, "4 000", "1 500,50"),
    )
    assert answer.status_code == 302
    application = db.session.get(Application, application.id)
    assert application.status is ApplicationStatus.DECIDED
    assert [(line.status, line.arbitrated_cents) for line in application.funding_lines] == [
        (FundingStatus.ARBITRATED, 4_000_00),
        (FundingStatus.ARBITRATED, 1_500_50),
    ]
    decision = db.session.query(Decision).one()
    assert (decision.outcome, decision.reason, decision.sitting_id) == (
        Outcome.RETAINED_LOWER,
        "Budget contraint",
        sitting.id,
    )
    assert [row.amount_cents for row in decision.amounts] == [4_000_00, 1_500_50]
    assert [event.action for event in history_of("application", application.id)] == ["application.decided"]


def test_what_was_typed_wrong_is_said_beside_its_field_and_nothing_moves(scene):
    application = scene.application()
    sitting = scene.sitting(application)
    page = post(
        scene,
        sitting,
        application,
        outcome="retained_lower",
        reason="x",
        **amounts(scene, application, "6 000", "beaucoup"),
    )
    assert page.errors == {
        f"amount_{scene.line(application, scene.state).id}": "Indiquez un montant en euros, par exemple 1 234,56.",
    }
    page = post(
        scene, sitting, application, outcome="retained_lower", reason="x", **amounts(scene, application, "6 000", "1")
    )
    assert page.errors == {f"amount_{scene.line(application).id}": "Ce montant dépasse la demande : 5 000,00 €."}
    page = post(scene, sitting, application, outcome="not_retained", reason=" ")
    assert page.errors == {"reason": "Indiquez le motif : il est communiqué au porteur."}
    assert db.session.query(Decision).count() == 0
    assert db.session.get(Application, application.id).status is ApplicationStatus.ADMISSIBLE


def test_a_later_decision_supersedes_the_former_which_stays_as_it_was(scene):
    application = scene.application(state=0)
    first, second = scene.sitting(application), scene.sitting(application)
    field = f"amount_{scene.line(application).id}"
    post(scene, first, application, outcome="retained", **{field: "5000"})
    standing = db.session.query(Decision).one()
    post(scene, second, application, outcome="not_retained", reason="Doublon", seen=str(standing.id))
    decisions = db.session.query(Decision).order_by(Decision.id).all()
    assert [(d.outcome, d.sitting_id, d.superseded_at is None) for d in decisions] == [
        (Outcome.RETAINED, first.id, False),
        (Outcome.NOT_RETAINED, second.id, True),
    ]
    assert [row.amount_cents for row in decisions[0].amounts] == [5_000_00]
    assert db.session.query(FundingLine).one().arbitrated_cents == 0


def test_the_second_of_two_officers_sees_the_first_decision_before_replacing_it(scene):
    application = scene.application(state=0)
    sitting = scene.sitting(application)
    field = f"amount_{scene.line(application).id}"
    post(scene, sitting, application, outcome="retained", **{field: "5000"})
    page = post(scene, sitting, application, outcome="adjourned", reason="À préciser", seen="")
    assert "Déjà enregistré" in page.text
    [seen] = page.tree.xpath("//input[@name='seen']/@value")
    answer = post(scene, sitting, application, outcome="adjourned", reason="À préciser", seen=seen)
    assert answer.status_code == 302
    assert db.session.query(Decision).filter_by(superseded_at=None).one().outcome is Outcome.ADJOURNED


def refusal(scene, item, role=Role.OFFICER, outcome=Outcome.NOT_RETAINED, reason="motif"):
    actor = scene.actor(role)
    with pytest.raises(Refusal) as refused, unit_of_work():
        arbitrate(item, outcome, reason, {}, actor=actor, roles={role})
    return refused.value.message


@pytest.mark.parametrize("role", [Role.STEERING, Role.REVIEWER, Role.DELEGATE])
def test_only_the_direction_records_an_arbitration(scene, role):
    application = scene.application()
    item = scene.item(scene.sitting(application), application)
    assert "qualité" in refusal(scene, item, role)
    assert scene.visit(role).get(f"/ordre-du-jour/{item.id}/arbitrage").status_code == 404


@pytest.mark.parametrize("status", [SittingStatus.PLANNED, SittingStatus.CLOSED])
def test_a_sitting_that_is_not_open_arbitrates_nothing(scene, status):
    application = scene.application()
    item = scene.item(scene.sitting(application, status=status), application)
    assert "n’est pas ouverte" in refusal(scene, item)


def test_a_technical_committee_does_not_arbitrate(scene):
    application = scene.application()
    item = scene.item(scene.sitting(application, arbitrates=False), application)
    assert "comité de pilotage" in refusal(scene, item)


def test_an_application_not_admissible_is_not_arbitrated(scene):
    application = scene.application(status=ApplicationStatus.SUBMITTED)
    item = scene.item(scene.sitting(application), application)
    assert "n’est pas possible dans l’état actuel" in refusal(scene, item)


def test_without_quorum_counting_out_the_recused_nothing_is_decided(scene):
    application = scene.application()
    sitting = scene.sitting(application, quorum=2)
    scene.convene(sitting, "Awa Citoyenne")
    steering = scene.person(Role.STEERING)
    scene.convene(sitting, steering)
    scene.recuse(steering, application)
    item = scene.item(sitting, application)
    assert "quorum n’est pas atteint" in refusal(scene, item)
    scene.convene(sitting, "Un autre membre")
    actor = scene.actor()
    with unit_of_work():
        arbitrate(item, Outcome.ADJOURNED, "À revoir", {}, actor=actor, roles={Role.OFFICER})
    assert db.session.get(Application, application.id).status is ApplicationStatus.DECIDED


def test_a_recused_officer_cannot_record_even_by_the_operation(scene):
    application = scene.application()
    item = scene.item(scene.sitting(application), application)
    scene.recuse(scene.person(Role.OFFICER), application)
    assert "dépor" in refusal(scene, item)

"""Proposed by the officer, pronounced in a sitting or by a recorded delegation."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import Application
from portal.calls.states import ApplicationStatus
from portal.committee.models import Decision, Sitting, SittingKind
from portal.committee.operations.admissibility import pronounce_admissibility, propose_admissibility
from portal.committee.queries import admissibility as queries
from portal.committee.states import DecisionKind, Outcome, SittingStatus
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal
from tests import factories
from tests.factories import save
from tests.integration.committee.scene import DIRECTION, REVIEWER, actor

NOTE = "Délibération du 3 mars 2026, article 2"


def pronounce(scene, outcome=Outcome.ADMISSIBLE, reason="", sitting=None, note=NOTE, roles=DIRECTION):
    """By somebody who has read the decision in force."""

    def act():
        seen = queries.standing_decision(scene.application.id, DecisionKind.ADMISSIBILITY)
        return pronounce_admissibility(
            sitting,
            scene.application,
            outcome,
            reason,
            note,
            seen_decision_id=seen.id if seen else None,
            actor=actor(scene.officer),
            roles=roles,
        )

    return in_unit_of_work(act)


def status(scene):
    return db.session.get_one(Application, scene.application.id).status


def decisions():
    rows = db.session.execute(
        sa.select(Decision.outcome, Decision.reason, Decision.superseded_at.is_not(None)).order_by(Decision.id)
    )
    return [tuple(row) for row in rows]


def sitting(scene, *, may=True, state=SittingStatus.OPEN, **values):
    contract_id = values.pop("contract_id", scene.contract.id)
    kind = save(
        SittingKind(contract_id=contract_id, code="cotech", label="COTECH", pronounces_admissibility=may, position=1)
    )
    return save(
        Sitting(
            kind_id=kind.id,
            contract_id=contract_id,
            status=state,
            title="COTECH de janvier",
            held_on=date(2026, 1, 15),
            **values,
        )
    )


# -- proposing ------------------------------------------------------------------------------------


def test_the_officer_proposes_and_changes_their_mind(scene):
    page = scene.path("recevabilite/proposer")
    assert scene.as_officer.post(page, outcome="admissible", reason="").location == scene.file
    assert scene.as_officer.post(page, outcome="inadmissible", reason="Hors délai").location == scene.file
    proposal = queries.proposal_on(scene.application.id)
    assert (proposal.outcome, proposal.reason) == (Outcome.INADMISSIBLE, "Hors délai")
    assert status(scene) is ApplicationStatus.SUBMITTED


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({}, "outcome"), ({"outcome": "inadmissible"}, "reason"), ({"outcome": "retained"}, "outcome")],
)
def test_a_proposal_without_its_parts_is_refused_beside_its_field(scene, fields, wrong):
    page = scene.as_officer.post(scene.path("recevabilite/proposer"), **fields)
    assert set(page.errors) == {wrong}
    assert queries.proposal_on(scene.application.id) is None


def test_others_do_not_propose(scene):
    with pytest.raises(Refusal, match="Direction"):
        in_unit_of_work(
            lambda: propose_admissibility(
                scene.application, Outcome.ADMISSIBLE, "", actor=actor(scene.reviewer()), roles=REVIEWER
            )
        )


# -- by delegation --------------------------------------------------------------------------------


def test_by_delegation_the_application_moves_and_the_decision_keeps_the_note(scene):
    page = scene.path("recevabilite/prononcer")
    assert scene.as_officer.post(page, outcome="admissible", delegation_note=NOTE).location == scene.file
    assert status(scene) is ApplicationStatus.ADMISSIBLE
    assert NOTE in scene.as_officer.get(scene.file).text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"outcome": "admissible"}, "delegation_note"),
        ({"outcome": "inadmissible", "delegation_note": NOTE}, "reason"),
        ({"delegation_note": NOTE}, "outcome"),
    ],
)
def test_what_lacks_is_said_beside_its_field_and_nothing_moves(scene, fields, wrong):
    page = scene.as_officer.post(scene.path("recevabilite/prononcer"), **fields)
    assert set(page.errors) == {wrong}
    assert (status(scene), decisions()) == (ApplicationStatus.SUBMITTED, [])


def test_a_new_decision_replaces_the_former_which_stays_as_it_was(scene):
    pronounce(scene)
    pronounce(scene, Outcome.INADMISSIBLE, "Structure dissoute")
    pronounce(scene)
    assert decisions() == [
        (Outcome.ADMISSIBLE, "", True),
        (Outcome.INADMISSIBLE, "Structure dissoute", True),
        (Outcome.ADMISSIBLE, "", False),
    ]
    assert status(scene) is ApplicationStatus.ADMISSIBLE


def test_pronouncing_twice_the_same_changes_nothing(scene):
    pronounce(scene)
    with pytest.raises(Refusal, match="déjà fait"):
        pronounce(scene)
    assert len(decisions()) == 1


def test_a_decision_recorded_since_the_page_was_read_is_shown_before_it_is_replaced(scene):
    page = scene.path("recevabilite/prononcer")
    fields = {"outcome": "inadmissible", "reason": "Hors délai", "delegation_note": NOTE}
    pronounce(scene)
    late = scene.as_officer.post(page, **fields, seen="")
    assert "Une décision vient d’être enregistrée" in late.errors[""]
    assert (status(scene), decisions()) == (ApplicationStatus.ADMISSIBLE, [(Outcome.ADMISSIBLE, "", False)])
    (seen,) = late.tree.xpath("//input[@name='seen']/@value")
    assert scene.as_officer.post(page, **fields, seen=seen).location == scene.file
    assert status(scene) is ApplicationStatus.INADMISSIBLE


@pytest.mark.parametrize("roles", [REVIEWER, {Role.DELEGATE}, {Role.APPLICANT}, frozenset()])
def test_others_do_not_pronounce(scene, roles):
    with pytest.raises(Refusal, match="qualité"):
        pronounce(scene, roles=roles)
    assert decisions() == []


# -- in a sitting ---------------------------------------------------------------------------------


def test_in_a_sitting_the_decision_bears_its_date_and_needs_no_note(scene):
    decision = pronounce(scene, sitting=sitting(scene), note=None)
    assert (decision.decided_on, decision.delegation_note) == (date(2026, 1, 15), None)
    assert "COTECH de janvier" in scene.as_officer.get(scene.file).text


def test_only_an_open_sitting_of_that_contract_and_call_which_may_pronounces(scene):
    other = factories.call(scene.contract)
    for wrong in (sitting(scene, state=SittingStatus.PLANNED),):
        with pytest.raises(Refusal, match="pas ouverte"):
            pronounce(scene, sitting=wrong, note=None)
    save(SittingKind(contract_id=scene.contract.id, code="copil", label="COPIL", position=2))
    kind = db.session.execute(sa.select(SittingKind).where(SittingKind.code == "copil")).scalar_one()
    cotech = db.session.execute(sa.select(SittingKind).where(SittingKind.code == "cotech")).scalar_one()
    for wrong in (
        Sitting(
            kind_id=kind.id,
            contract_id=scene.contract.id,
            status=SittingStatus.OPEN,
            title="COPIL",
            held_on=date(2026, 1, 1),
        ),
        Sitting(
            kind_id=cotech.id,
            contract_id=scene.contract.id,
            call_id=other.id,
            status=SittingStatus.OPEN,
            title="Autre",
            held_on=date(2026, 1, 1),
        ),
    ):
        with pytest.raises(Refusal, match="ne prononce pas"):
            pronounce(scene, sitting=save(wrong), note=None)
    assert status(scene) is ApplicationStatus.SUBMITTED

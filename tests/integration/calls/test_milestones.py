"""The Direction lays the steps of a call, moves them, marks them done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import CallMilestone
from portal.calls.operations.calling_defaults import create_call
from portal.calls.states import CallKind, CallStatus, MilestoneKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor

DAY = timedelta(days=1)


@pytest.fixture
def call(app):
    contract = factories.contract()
    return factories.call(contract, [factories.quartier(contract, "Encagnane")])


@pytest.fixture
def officer(app, call):
    return Visitor(app, factories.staff(Role.OFFICER, call.contract))


def plan(call):
    return f"/appels/{call.id}/retroplanning"


def step(call, label="COTECH de mars", starts_on=date(2026, 3, 5), **values):
    return factories.save(
        CallMilestone(
            call_id=call.id,
            kind=values.pop("kind", MilestoneKind.COTECH),
            label=label,
            starts_on=starts_on,
            changed_at=clock.now(),
            **values,
        )
    )


def steps(call):
    rows = sa.select(CallMilestone).where(CallMilestone.call_id == call.id).order_by(CallMilestone.starts_on)
    return list(db.session.scalars(rows))


def typed(**changes):
    return {
        "label": "COPIL",
        "kind": "copil",
        "starts_on": "24/03/2026",
        "ends_on": "",
        "concerns": "Élus, Préfet",
        "version": "0",
        **changes,
    }


def test_an_officer_adds_a_step_that_takes_its_place_in_the_plan(officer, call):
    assert officer.post(f"{plan(call)}/nouveau", **typed(is_public="y")).location == plan(call)
    (made,) = steps(call)
    assert (made.label, made.kind, made.starts_on, made.ends_on, made.concerns, made.is_public, made.done_at) == (
        "COPIL", MilestoneKind.COPIL, date(2026, 3, 24), None, "Élus, Préfet", True, None,
    )  # fmt: skip
    assert "COPIL" in officer.get(plan(call)).text
    assert [event.action for event in history_of("call", call.id)] == ["call.milestone_added"]


def test_a_wrong_end_is_told_beside_it_and_nothing_is_laid(officer, call):
    page = officer.post(f"{plan(call)}/nouveau", **typed(ends_on="23/03/2026"))
    assert page.errors == {"ends_on": "La fin précède le début."}
    assert "Élus, Préfet" in page.data.decode()
    assert steps(call) == []


def test_a_date_that_cannot_be_read_keeps_what_was_typed(officer, call):
    page = officer.post(f"{plan(call)}/nouveau", **typed(starts_on="le 24 mars"))
    assert page.errors["starts_on"] == "Indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026."
    assert 'value="le 24 mars"' in page.data.decode()
    assert steps(call) == []


def test_a_late_step_is_told_on_the_plan_and_on_the_home_until_it_is_done(officer, call):
    late = step(call, "Réunion d’hier", (clock.now() - 2 * DAY).date())
    step(call, "Comité dans six mois", (clock.now() + 180 * DAY).date())
    assert "1 étape en retard" in officer.get(plan(call)).text
    home = officer.get("/accueil").text
    assert "Réunion d’hier" in home
    assert "Comité dans six mois" not in home
    officer.post(f"{plan(call)}/{late.id}/fait")
    assert "étape en retard" not in officer.get(plan(call)).text
    assert "Réunion d’hier" not in officer.get("/accueil").text
    assert db.session.get_one(CallMilestone, late.id).done_by_id == officer.person_id


def test_a_step_said_done_twice_leaves_one_event_and_may_be_taken_back(officer, call):
    made = step(call)
    for _ in range(2):
        officer.post(f"{plan(call)}/{made.id}/fait")
    officer.post(f"{plan(call)}/{made.id}/a-faire")
    assert [event.action for event in history_of("call", call.id)] == ["call.milestone_done", "call.milestone_undone"]
    assert db.session.get_one(CallMilestone, made.id).done_at is None


def test_the_second_of_two_writers_of_a_step_sees_both_values_and_may_keep_hers(officer, call):
    made = step(call)
    officer.post(f"{plan(call)}/{made.id}", **typed(label="COPIL de printemps", version="1"))
    second = officer.post(f"{plan(call)}/{made.id}", **typed(label="COPIL du 24", version="1"))
    assert "COPIL de printemps" in second.text
    assert "COPIL du 24" in second.text
    assert steps(call)[0].label == "COPIL de printemps"
    officer.post(f"{plan(call)}/{made.id}", **typed(label="COPIL du 24", version="2"))
    assert (steps(call)[0].label, steps(call)[0].version) == ("COPIL du 24", 3)


def test_a_step_is_removed_with_a_trace(officer, call):
    made = step(call)
    assert officer.post(f"{plan(call)}/{made.id}/retirer", version="1").location == plan(call)
    assert steps(call) == []
    (event,) = history_of("call", call.id)
    assert (event.action, event.details["label"]) == ("call.milestone_removed", "COTECH de mars")


def test_the_step_of_another_call_is_not_found_under_this_one(officer, call):
    other = factories.call(call.contract, year=2027)
    made = step(other)
    assert officer.get(f"{plan(call)}/{made.id}").status_code == 404
    assert officer.post(f"{plan(call)}/{made.id}/fait").status_code == 404


def test_the_usual_steps_are_offered_and_only_those_chosen_are_laid(officer, call):
    page = officer.get(f"{plan(call)}/proposition")
    assert len(page.tree.xpath("//input[@type='checkbox']")) == 10
    # The information meeting would have been held ten days ago.
    assert len(page.tree.xpath("//input[@type='checkbox'][@checked]")) == 9
    assert officer.post(f"{plan(call)}/proposition", steps=["1", "5"]).location == plan(call)
    assert [made.kind.value for made in steps(call)] == ["completeness", "copil"]
    assert "Choisissez au moins une étape." in officer.post(f"{plan(call)}/proposition", sent="1").text


def test_what_is_left_to_do_moves_together_and_what_is_done_stays(officer, call):
    step(call, "Fait", date(2026, 3, 2), done_at=clock.now())
    step(call, "À faire", date(2026, 3, 5), ends_on=date(2026, 3, 6))
    assert officer.post(f"{plan(call)}/decalage", days="7").location == plan(call)
    assert [(made.label, made.starts_on, made.ends_on) for made in steps(call)] == [
        ("Fait", date(2026, 3, 2), None),
        ("À faire", date(2026, 3, 12), date(2026, 3, 13)),
    ]
    assert officer.post(f"{plan(call)}/decalage", days="0").errors["days"].startswith("Indiquez de 1 à 366 jours")


def test_a_call_taken_up_from_last_year_has_its_steps_a_year_later_and_none_done(app, call):
    step(call, "COTECH", date(2026, 3, 5), concerns="État", is_public=True, done_at=datetime(2026, 3, 5, tzinfo=UTC))
    step(call, "Analyses", date(2026, 3, 7), ends_on=date(2026, 4, 3), kind=MilestoneKind.ANALYSIS)
    with unit_of_work():
        copy = create_call(
            call.contract, kind=CallKind.ANNUAL, year=2027, title="Appel 2027", source=call, actor=SYSTEM
        )
    assert copy.status is CallStatus.DRAFT
    assert [
        (made.label, made.kind.value, made.concerns, made.starts_on, made.ends_on, made.is_public, made.done_at)
        for made in steps(copy)
    ] == [
        ("COTECH", "cotech", "État", date(2027, 3, 5), None, True, None),
        ("Analyses", "analysis", None, date(2027, 3, 8), date(2027, 4, 5), False, None),
    ]


def test_an_association_and_another_contract_do_not_find_the_plan(app, call):
    organisation = factories.organisation()
    outsiders = [factories.member(organisation), factories.staff(Role.MANAGER, factories.contract("ailleurs"))]
    for outsider in outsiders:
        assert Visitor(app, outsider).get(plan(call)).status_code == 404


def test_the_plan_runs_as_many_queries_for_one_step_as_for_many(officer, call):
    step(call)
    officer.get(plan(call))
    with counted() as one:
        officer.get(plan(call))
    for number in range(20):
        step(call, f"Étape {number}", date(2026, 4, 1) + number * DAY)
    with counted() as many:
        officer.get(plan(call))
    assert len(one) == len(many)

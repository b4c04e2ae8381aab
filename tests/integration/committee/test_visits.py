"""Internal notes and visits: between those who instruct, never read by the structure."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.committee.models import FileNote, Visit
from portal.committee.states import VisitStatus
from portal.extensions import db
from portal.foundation.events import Event
from portal.foundation.outbox import Mail
from tests import factories
from tests.integration.committee.scene import days_from_now
from tests.queries import counted
from tests.typography import plain

NOTE = "Le trésorier a démissionné."


def write(scene, body=NOTE, visitor=None):
    return (visitor or scene.as_officer).post(scene.path("notes"), body=body)


def plan(scene, visitor=None, **more):
    values = {"day": days_from_now(5), "hour": "14 h 30", "place": "Salle des fêtes", "people": "Nadia"} | more
    return (visitor or scene.as_officer).post(scene.path("visites/nouvelle"), **values)


def the_visit() -> Visit:
    return db.session.scalars(sa.select(Visit)).one()


def test_a_note_is_read_by_those_who_instruct_and_by_nobody_else(scene):
    assert write(scene).status_code == 302
    delegate = scene.visit(factories.staff(Role.DELEGATE, scene.contract))
    assert NOTE in scene.as_officer.get(scene.file).text
    assert NOTE in delegate.get(scene.path("notes")).text
    reviewer, agent = scene.visit(scene.assigned()), scene.visit(scene.agent(scene.city))
    for visitor in (reviewer, agent, scene.as_owner):
        assert NOTE not in visitor.get(scene.file).text
        assert visitor.get(scene.path("notes")).status_code == 404
    assert NOTE not in scene.as_owner.get(f"/dossiers/{scene.application.id}").text


def test_the_journal_never_holds_the_words_of_a_note(scene):
    write(scene)
    events = db.session.scalars(sa.select(Event).where(Event.action == "note.written")).all()
    assert [NOTE in str(each.details) for each in events] == [False]


def test_only_its_author_takes_a_note_back(scene):
    write(scene)
    note = db.session.scalars(sa.select(FileNote)).one()
    colleague = scene.visit(factories.staff(Role.OFFICER, scene.contract))
    assert colleague.post(scene.path(f"notes/{note.id}/retirer")).status_code == 404
    assert scene.as_officer.post(scene.path(f"notes/{note.id}/retirer")).status_code == 302
    assert db.session.scalars(sa.select(FileNote)).all() == []


@pytest.mark.parametrize(("body", "told"), [("", "Écrivez votre note."), ("x" * 5001, "au plus 5000 caractères")])
def test_a_note_empty_or_endless_is_refused(scene, body, told):
    assert told in plain(write(scene, body).errors["body"])
    assert db.session.scalars(sa.select(FileNote)).all() == []


def test_a_visit_is_planned_told_moved_and_reported(scene):
    assert plan(scene, tells="y").status_code == 302
    mail = db.session.scalars(sa.select(Mail).where(Mail.template == "visit_planned")).one()
    assert mail.recipient == scene.owner.email
    visit = the_visit()
    moved = scene.as_officer.post(f"/visites/{visit.id}", day=days_from_now(9), version="1")
    assert moved.status_code == 302
    assert scene.as_officer.post(f"/visites/{visit.id}/compte-rendu", report=" ").errors.keys() == {"report"}
    assert scene.as_officer.post(f"/visites/{visit.id}/compte-rendu", report="40 enfants.").status_code == 302
    db.session.expire_all()
    assert (the_visit().status, the_visit().report) == (VisitStatus.HELD, "40 enfants.")
    assert "40 enfants." in scene.as_officer.get(f"/visites/{visit.id}").text
    assert "40 enfants." not in scene.as_owner.get(f"/dossiers/{scene.application.id}").text
    assert scene.as_officer.post(f"/visites/{visit.id}", day=days_from_now(3), version="3").status_code == 200
    assert the_visit().version == 3


def test_a_cancelled_visit_says_why_and_moves_no_more(scene):
    plan(scene)
    visit = the_visit()
    assert scene.as_officer.post(f"/visites/{visit.id}/annuler", reason="").errors.keys() == {"reason"}
    scene.as_officer.post(f"/visites/{visit.id}/annuler", reason="Pluie")
    page = scene.as_officer.post(f"/visites/{visit.id}/compte-rendu", report="Vu.")
    assert page.status_code == 200
    assert page.errors[""]
    assert "Pluie" in scene.as_officer.get(f"/visites/{visit.id}").text


def test_two_who_move_a_visit_see_what_the_other_wrote(scene):
    plan(scene)
    visit = the_visit()
    scene.as_officer.post(f"/visites/{visit.id}", day=days_from_now(9), place="Au stade", version="1")
    page = scene.as_officer.post(f"/visites/{visit.id}", day=days_from_now(12), place="À l’école", version="1")
    assert "modifiée entre-temps" in page.errors[""]
    assert "Au stade" in page.text
    assert page.tree.xpath('string(//input[@name="place"]/@value)') == "À l’école"
    db.session.expire_all()
    assert the_visit().place == "Au stade"


def test_a_day_that_is_none_is_told_beside_it(scene):
    assert plan(scene, day="32/13/2026").errors.keys() == {"day"}
    assert plan(scene, day="").errors == {"day": "Indiquez le jour de la visite."}
    assert db.session.scalars(sa.select(Visit)).all() == []


def test_the_visits_of_a_call_leave_out_what_one_stepped_out_of(scene):
    plan(scene)
    delegate = factories.staff(Role.DELEGATE, scene.contract)
    visitor = scene.visit(delegate)
    address = f"/instruction/{scene.call.id}/visites"
    assert len(visitor.get(address).texts("//tbody//tr")) == 1
    assert len(visitor.get(f"{address}?etat=held").texts("//tbody//tr")) == 0
    factories.recusal(delegate, scene.application)
    assert "Cuisines d’été" not in visitor.get(address).text
    assert visitor.get(f"/visites/{the_visit().id}").status_code == 404


def test_the_list_of_visits_costs_the_same_for_1_and_30(scene):
    plan(scene)

    def cost():
        with counted() as counter:
            scene.as_officer.get(f"/instruction/{scene.call.id}/visites")
        return len(counter)

    cost()
    one = cost()
    for _ in range(29):
        plan(scene)
    assert cost() == one

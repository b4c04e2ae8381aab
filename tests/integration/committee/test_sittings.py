"""Planning, opening and closing a sitting; what a recused person does not see of it."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role, ScopeKind
from portal.calls.states import ApplicationStatus
from portal.committee.models import Decision, Sitting, SittingDocument
from portal.committee.operations import sittings as operations
from portal.committee.operations.attendance import take_attendance
from portal.committee.operations.convening import send_convocations
from portal.committee.queries.minutes import minutes_of
from portal.committee.rules.attendance import Seat
from portal.committee.rules.minutes import blocks
from portal.committee.states import Attendance, DecisionKind, Outcome, SittingStatus
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail
from portal.foundation.refusals import Refusal
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def move(scene: Scene, sitting: Sitting, step: str, role: Role = Role.OFFICER) -> None:
    actor = scene.actor(role)
    with unit_of_work():
        operations.move_sitting(sitting, step, actor=actor, roles={role})


def absent(sitting: Sitting) -> dict[int, Seat]:
    return {member.id: Seat(Attendance.ABSENT) for member in sitting.members}


def test_an_officer_plans_a_sitting_convenes_and_sets_its_agenda(scene):
    application = scene.application(status=ApplicationStatus.SUBMITTED)
    officer = scene.visit(Role.OFFICER)
    assert officer.get("/seances/nouvelle").texts("//h1") == ["Prévoir une séance"]
    officer.post(f"/seances/natures/habituelles/{scene.contract.id}")
    form = officer.get("/seances/nouvelle")
    [kind_id] = form.tree.xpath("//select[@name='kind_id']/option[contains(., 'appels à projets')]/@value")
    planned = officer.post(
        "/seances/nouvelle",
        kind_id=kind_id,
        call_id=str(scene.call.id),
        title="COTECH de janvier",
        held_on="15/01/2027",
        place="Hôtel de ville",
    )
    page = officer.follow(planned)
    assert page.texts("//h1") == ["COTECH de janvier"]
    reviewer = scene.person(Role.REVIEWER)
    assert officer.post(f"{planned.location}/membres/habituels").status_code == 302
    officer.post(f"{planned.location}/membres", person_id="", name="Awa Citoyenne", capacity="Conseil citoyen")
    officer.post(f"{planned.location}/ordre-du-jour", picked=str(application.id))
    page = officer.get(planned.location)
    names = page.texts("//table[caption='Membres']//tbody/tr/th")
    assert names == [reviewer.display_name, "Awa Citoyenne"]
    assert page.texts("//table[caption='Ordre du jour']//tbody/tr/th") == [
        f"{application.reference} — {application.title}"
    ]


def test_a_sitting_without_date_or_kind_says_what_is_missing(scene):
    scene.sitting()
    page = scene.visit().post("/seances/nouvelle", kind_id="", title="", held_on="demain")
    assert page.errors == {
        "kind_id": "Choisissez la nature de la séance.",
        "title": "Donnez un intitulé à la séance.",
        "held_on": "Indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026.",
    }


def test_nothing_ticked_is_said(scene):
    sitting = scene.sitting()
    scene.convene(sitting, "Awa Citoyenne", present=None)
    officer = scene.visit()
    page = officer.post(f"/seances/{sitting.id}/ordre-du-jour")
    assert page.errors == {"": "Choisissez au moins un dossier."}


def test_a_sitting_opens_once_by_the_direction_with_members(scene):
    sitting = scene.sitting(status=SittingStatus.PLANNED)
    with pytest.raises(Refusal, match="qualité"):
        move(scene, sitting, "open", Role.STEERING)
    with pytest.raises(Refusal, match="Convoquez"):
        move(scene, sitting, "open")
    scene.convene(sitting, "Awa Citoyenne", present=None)
    move(scene, sitting, "open")
    with pytest.raises(Refusal, match="déjà fait"):
        move(scene, sitting, "open")
    assert db.session.get(Sitting, sitting.id).status is SittingStatus.OPEN


def test_a_sitting_closes_once_by_the_direction_with_its_attendance(scene):
    sitting = scene.sitting()
    scene.convene(sitting, "Awa Citoyenne", present=None)
    with pytest.raises(Refusal, match="qualité"):
        move(scene, sitting, "close", Role.REVIEWER)
    with pytest.raises(Refusal, match="présence"):
        move(scene, sitting, "close")
    with unit_of_work():
        take_attendance(sitting, absent(sitting), actor=scene.actor())
    move(scene, sitting, "close")
    with pytest.raises(Refusal, match="déjà fait"):
        move(scene, sitting, "close")
    with pytest.raises(Refusal, match="close"), unit_of_work():
        take_attendance(sitting, absent(sitting), actor=scene.actor())


def test_closing_makes_the_minutes_as_a_pdf_that_a_recused_person_cannot_open(scene):
    kept, left = scene.application(), scene.application()
    sitting = scene.sitting(kept, left)
    steering = scene.person(Role.STEERING)
    scene.convene(sitting, steering)
    scene.recuse(steering, left)
    move(scene, sitting, "close")
    scene.render()
    paper = db.session.query(SittingDocument).one()
    address = f"/seances/{sitting.id}/documents/{paper.id}.pdf"
    assert scene.visit(Role.OFFICER).get(address).data.startswith(b"%PDF")
    assert scene.visit(Role.STEERING).get(address).status_code == 404
    page = scene.visit(Role.STEERING).get(f"/seances/{sitting.id}")
    assert "demandez-le à la Direction" in page.text


def test_the_minutes_name_who_stepped_out_of_what(scene):
    kept, left = scene.application(), scene.application()
    sitting = scene.sitting(kept, left)
    steering = scene.person(Role.STEERING)
    scene.convene(sitting, steering)
    scene.recuse(steering, left)
    told = blocks(minutes_of(sitting))
    recusals = next(block for block in told if block["kind"] == "list")
    assert recusals["items"] == [f"{left.reference}\u00a0: {steering.display_name}"]


def test_a_recused_person_sees_nothing_of_the_item(scene):
    kept, left = scene.application(), scene.application()
    sitting = scene.sitting(kept, left)
    steering = scene.person(Role.STEERING)
    scene.recuse(steering, left)
    page = scene.visit(Role.STEERING).get(f"/seances/{sitting.id}")
    assert kept.title in page.text
    assert left.title not in page.text
    assert left.reference not in page.text
    assert "hors dossiers déportés" in page.text


def test_a_recused_officer_reaches_neither_the_item_nor_its_decision(scene):
    application = scene.application()
    sitting = scene.sitting(application)
    scene.recuse(scene.person(Role.OFFICER), application)
    item = scene.item(sitting, application)
    officer = scene.visit(Role.OFFICER)
    assert officer.get(f"/ordre-du-jour/{item.id}/arbitrage").status_code == 404
    assert officer.post(f"/ordre-du-jour/{item.id}/retirer").status_code == 404


def test_convocations_leave_once_for_a_date(scene):
    sitting = scene.sitting(status=SittingStatus.PLANNED)
    scene.convene(sitting, scene.person(Role.STEERING), present=None)
    scene.convene(sitting, "Awa Citoyenne", present=None)
    for _ in range(2):
        with unit_of_work():
            send_convocations(sitting, actor=scene.actor())
        scene.render()
    assert [mail.recipient for mail in db.session.query(Mail)] == [scene.person(Role.STEERING).email]


def test_the_admissibility_is_pronounced_in_blocks_after_the_selection_is_shown(scene):
    first, second, other = (scene.application(status=ApplicationStatus.SUBMITTED) for _ in range(3))
    sitting = scene.sitting(first, second, other, arbitrates=False)
    officer = scene.visit()
    page = officer.get(f"/seances/{sitting.id}/bloc?items={first.id}&items={second.id}")
    assert page.texts("//tbody/tr/th") == [f"{each.reference} — {each.title}" for each in (first, second)]
    officer.post(f"/seances/{sitting.id}/bloc", picked=[str(first.id), str(second.id)], outcome="admissible")
    statuses = [db.session.get(type(first), each.id).status for each in (first, second, other)]
    assert statuses == [ApplicationStatus.ADMISSIBLE, ApplicationStatus.ADMISSIBLE, ApplicationStatus.SUBMITTED]


def test_a_block_without_reason_pronounces_nothing(scene):
    first, second = (scene.application(status=ApplicationStatus.SUBMITTED) for _ in range(2))
    sitting = scene.sitting(first, second, arbitrates=False)
    page = scene.visit().post(
        f"/seances/{sitting.id}/bloc", picked=[str(first.id), str(second.id)], outcome="inadmissible"
    )
    assert page.errors == {"reason": f"Dossier {first.reference} : Indiquez le motif."}
    assert db.session.query(Decision).count() == 0


def test_the_sitting_page_takes_the_same_queries_for_one_item_and_for_forty(scene):
    small = scene.sitting(scene.application())
    large = scene.sitting(*(scene.application() for _ in range(40)))
    for sitting in (small, large):
        scene.convene(sitting, scene.person(Role.STEERING))
    counts = []
    for sitting in (small, large):
        officer = scene.visit()
        with counted() as queries:
            assert officer.get(f"/seances/{sitting.id}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [Role.FUNDER_AGENT, Role.STATE_OFFICER])
def test_a_funder_does_not_find_the_sitting(scene, role):
    sitting = scene.sitting(scene.application())
    assert scene.visit(role).get(f"/seances/{sitting.id}").status_code == 404


def test_an_invited_resident_reads_the_agenda_without_amounts_nor_open_decisions(scene):
    application = scene.application()
    sitting, other = scene.sitting(application), scene.sitting()
    resident = factories.person("Awa", "Citoyenne")
    factories.grant(resident, Role.RESIDENT, ScopeKind.SITTING, sitting.id)
    visitor = scene.visit(resident)
    page = visitor.get(f"/seances/{sitting.id}")
    assert application.title in page.text
    assert "€" not in page.text
    assert visitor.get(f"/seances/{other.id}").status_code == 404
    assert visitor.get("/seances").texts("//tbody/tr/th") == ["Séance d’essai"]


def test_an_applicant_does_not_find_the_sitting(scene):
    application = scene.application()
    sitting = scene.sitting(application)
    assert scene.visit(scene.member(application)).get(f"/seances/{sitting.id}").status_code == 404


def test_a_standing_decision_of_admissibility_is_superseded_not_edited(scene):
    application = scene.application(status=ApplicationStatus.SUBMITTED)
    sitting = scene.sitting(application, arbitrates=False)
    officer = scene.visit()
    address = f"/seances/{sitting.id}/bloc"
    officer.post(address, picked=[str(application.id)], outcome="inadmissible", reason="Hors délai")
    officer.post(address, picked=[str(application.id)], outcome="admissible", reason="Erreur de date")
    decisions = db.session.query(Decision).order_by(Decision.id).all()
    assert [(d.kind, d.outcome, d.reason, d.superseded_at is None) for d in decisions] == [
        (DecisionKind.ADMISSIBILITY, Outcome.INADMISSIBLE, "Hors délai", False),
        (DecisionKind.ADMISSIBILITY, Outcome.ADMISSIBLE, "Erreur de date", True),
    ]


def test_two_officers_who_change_a_sitting_compare_both(scene):
    sitting = scene.sitting(status=SittingStatus.PLANNED)
    officer, colleague, page = scene.visit(), scene.visit(Role.MANAGER), f"/seances/{sitting.id}/modifier"
    read = officer.get(page).tree
    fields = {each.name: each.value or "" for each in read.xpath("//form//input[@name] | //form//select[@name]")}
    colleague.post(page, **fields | {"place": "Salle du conseil"})
    late = officer.post(page, **fields | {"starts_at": "14:30"})
    told = late.texts("//*[@class='both-values']/section")
    assert ("Salle du conseil" in told[0], "14 h 30" in told[1]) == (True, True)
    kept = db.session.get_one(Sitting, sitting.id)
    assert (kept.place, kept.starts_at) == ("Salle du conseil", None)
    seen = late.tree.xpath("//input[@name='seen']/@value")[0]
    assert officer.post(page, **fields | {"starts_at": "14:30", "seen": seen}).status_code == 302
    assert str(db.session.get_one(Sitting, sitting.id).starts_at) == "14:30:00"


def test_a_resident_learns_what_was_decided_once_the_sitting_is_closed_not_from_the_states_before(scene):
    application = scene.application(status=ApplicationStatus.SUBMITTED)
    sitting = scene.sitting(application, arbitrates=False)
    resident = factories.person("Awa", "Diallo")
    factories.grant(resident, Role.RESIDENT, ScopeKind.SITTING, sitting.id)
    fields = {"picked": str(application.id), "outcome": "inadmissible", "reason": "Hors délai"}
    scene.visit().post(f"/seances/{sitting.id}/bloc", **fields)
    page = f"/seances/{sitting.id}"
    assert "Irrecevable" in scene.visit().get(page).text
    assert "Irrecevable" not in scene.visit(resident).get(page).text
    with unit_of_work():
        sitting.status = SittingStatus.CLOSED
    assert "Irrecevable" in scene.visit(resident).get(page).text

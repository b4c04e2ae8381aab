"""Letters and conventions gathered into one file: the selection shown, made by a job, closed by a recusal."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO

import docx
import pikepdf
import pytest

from portal.accounts.rules import Role
from portal.committee.models import Letter
from portal.committee.operations.bundles import MOST, BundleTerms, ask_bundle, forget_bundles
from portal.committee.states import BundleKind, Outcome
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work, unit_of_work
from portal.foundation.delivery import run_task
from portal.foundation.outbox import Task, TaskState
from portal.foundation.refusals import Refusal
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted
from tests.typography import plain


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def path(scene, rest="courriers"):
    return f"/programmation/{scene.call.id}/{rest}"


def told(scene, count=3):
    """Applications refused in one sitting each, their letters made; then one granted by the city."""
    applications = [scene.application() for _ in range(count)]
    for application in reversed(applications):
        decision = scene.decide(application, Outcome.NOT_RETAINED, f"Motif de {application.reference}")
        scene.visit().post(f"/seances/{decision.sitting_id}/courriers")
    granted = scene.application()
    scene.arbitrate(granted, city=4_000_00)
    act = scene.act(granted, 4_000_00)
    scene.visit(Role.FUNDER_AGENT).post(f"/actes/{act.id}/courriers")
    scene.render()
    return [*applications, granted], act


def gather(scene, visitor, query="", **form):
    """Ask, then make; the task's id."""
    answer = visitor.post(path(scene) + query, **({"form": "pdf"} | form))
    assert answer.status_code == 302, answer.text
    number = int(answer.location.rsplit("/", 1)[1])
    db.session.rollback()
    run_task(number)
    return number


def pdf(visitor, number):
    return pikepdf.open(BytesIO(visitor.get(f"/travaux/{number}/fichier").data))


def marks(joined):
    with joined.open_outline() as outline:
        return [(item.title, joined.pages.index(pikepdf.Page(item.destination[0]))) for item in outline.root]


def references(joined):
    return [title.split(" — ")[0] for title, _page in marks(joined)]


def test_all_the_letters_of_a_call_are_one_pdf_in_the_order_of_references(scene):
    applications, _act = told(scene)
    officer = scene.visit()
    shown = officer.get(path(scene)).texts("//main//tbody/tr/th")
    assert [row.split(" — ")[0] for row in shown] == [each.reference for each in applications]
    number = gather(scene, officer)
    joined = pdf(officer, number)
    assert references(joined) == [each.reference for each in applications]
    assert len(joined.pages) == 4
    task = db.session.get_one(Task, number)
    assert (task.state, task.done, task.total) == (TaskState.DONE, 4, 4)
    assert "4 documents, 4 pages" in plain(officer.get(f"/travaux/{number}").text)
    odd = pdf(officer, gather(scene, officer, odd_pages="y"))
    assert [page for _title, page in marks(odd)] == [0, 2, 4, 6]
    assert len(odd.pages) == 7


def test_the_selection_shown_is_the_one_that_is_gathered(scene):
    applications, act = told(scene)
    sitting = db.session.query(Letter).filter_by(application_id=applications[1].id).one().decision.sitting_id
    officer = scene.visit()
    for query, expected in (
        (f"?acte={act.id}", applications[3:]),
        (f"?seance={sitting}", applications[1:2]),
        ("?nature=rejection", applications[:3]),
        ("?etat=a-notifier", applications),
        ("?nature=inconnue&acte=x", applications),
    ):
        rows = officer.get(path(scene) + query).texts("//main//tbody/tr/th")
        assert [row.split(" — ")[0] for row in rows] == [each.reference for each in expected]
        assert references(pdf(officer, gather(scene, officer, query))) == [each.reference for each in expected]
    empty = officer.post(path(scene) + "?etat=notifie", form="pdf")
    assert empty.texts("//li[@data-form-error]") == ["Aucun document prêt dans cette sélection."]


def test_word_documents_come_in_an_archive_under_their_references(scene):
    applications, _act = told(scene, 2)
    officer = scene.visit()
    number = gather(scene, officer, form="docx")
    with zipfile.ZipFile(BytesIO(officer.get(f"/travaux/{number}/fichier").data)) as archive:
        names = archive.namelist()
        assert [name.split(" — ")[0] for name in names] == [each.reference for each in applications]
        document = docx.Document(BytesIO(archive.read(names[0])))
    assert f"Motif de {applications[0].reference}" in [paragraph.text for paragraph in document.paragraphs]


def test_a_funder_gathers_its_own_letters_only(scene):
    applications, _act = told(scene)
    agent = scene.visit(Role.FUNDER_AGENT)
    assert references(pdf(agent, gather(scene, agent))) == [applications[3].reference]
    state = scene.visit(Role.STATE_OFFICER)
    assert state.get(path(scene)).texts("//main//tbody/tr") == []


def test_what_somebody_stepped_out_of_is_neither_shown_nor_gathered(scene):
    applications, _act = told(scene)
    scene.recuse(scene.person(Role.OFFICER), applications[0])
    officer = scene.visit()
    assert applications[0].title not in officer.get(path(scene)).texts("//main//tbody")[0]
    assert references(pdf(officer, gather(scene, officer))) == [each.reference for each in applications[1:]]


def test_a_recusal_declared_later_closes_the_file_and_empties_the_one_under_way(scene):
    applications, _act = told(scene)
    officer = scene.visit()
    made = gather(scene, officer)
    waiting = int(officer.post(path(scene), form="pdf").location.rsplit("/", 1)[1])
    scene.recuse(scene.person(Role.OFFICER), applications[0])
    db.session.rollback()
    run_task(waiting)
    assert officer.get(f"/travaux/{made}/fichier").status_code == 404
    assert officer.get(f"/travaux/{waiting}/fichier").status_code == 404
    assert db.session.get_one(Task, waiting).done == 3


def test_the_file_is_its_owner_s_and_is_forgotten_after_some_days(scene):
    told(scene)
    officer = scene.visit()
    number = gather(scene, officer)
    assert scene.visit(Role.MANAGER).get(f"/travaux/{number}/fichier").status_code == 404
    with clock.held(clock.now() + timedelta(days=8)):
        in_unit_of_work(forget_bundles)
    assert db.session.get_one(Task, number).file_id is None
    assert "effacé" in db.session.get_one(Task, number).message


def test_too_many_documents_are_refused_in_words(scene):
    with pytest.raises(Refusal, match=f"Au plus {MOST} documents"), unit_of_work():
        ask_bundle(
            BundleKind.LETTERS, scene.call, range(MOST + 1), BundleTerms(word=False, odd_pages=False),
            actor=scene.actor(),
        )  # fmt: skip


def test_the_page_asks_the_database_as_often_whatever_the_letters(scene):
    told(scene, 1)
    officer = scene.visit()
    officer.get(path(scene))
    with counted() as few:
        officer.get(path(scene))
    told_again = [scene.application() for _ in range(4)]
    for application in told_again:
        decision = scene.decide(application, Outcome.NOT_RETAINED, "Motif")
        scene.visit().post(f"/seances/{decision.sitting_id}/courriers")
    scene.render()
    officer.get(path(scene))
    with counted() as many:
        assert len(officer.get(path(scene)).texts("//main//tbody/tr")) == 6
    assert len(many) == len(few)

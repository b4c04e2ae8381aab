"""A reviewer's analyses without connection: the workbook out, sent back, shown, then written whole or not at all."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from portal.accounts.models import ReadAudit
from portal.calls.models import Application, Call
from portal.calls.states import ApplicationStatus
from portal.committee.models import Assessment, Assignment, CriterionScore
from portal.committee.operations.scoring import save_sheet
from portal.committee.rules.scoring import SheetText
from portal.committee.states import AssessmentStatus, Verdict
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from tests import factories
from tests.integration.committee.scene import REVIEWER, actor
from tests.office import resaved
from tests.queries import counted
from tests.unit.committee.test_analysis_workbook import changed, put, together


@pytest.fixture
def ada(scene):
    """A reviewer in charge of two applications."""
    person = scene.assigned("Ada")
    scene.assigned("Ada", scene.another("Deuxième"))
    return scene.visit(person)


def here(scene, rest):
    return f"/appels/{scene.call.id}/mes-analyses/{rest}"


def download(scene, visitor, query=""):
    answer = visitor.get(here(scene, f"classeur{query}"))
    assert (answer.status_code, answer.response.mimetype.endswith("spreadsheetml.sheet")) == (200, True)
    return answer.data


def send(scene, visitor, content):
    """The report of a workbook sent back."""
    answer = visitor.post(here(scene, "renvoyer"), file=(BytesIO(content), "analyses.xlsx"))
    return answer if answer.location is None else visitor.follow(answer)


def address(page):
    return page.response.request.path


def keep(visitor, page, **fields):
    return visitor.post(address(page), **fields)


def sheets_in(content):
    return load_workbook(BytesIO(content)).sheetnames[1:-1]


def first(content):
    return sheets_in(content)[0]


def filled(content, sheet=None, levels=(4, 3), verdict="Favorable"):
    name = sheet or first(content)
    cells = {"I5": levels[0], "I6": levels[1], "J10": verdict, "J11": "Besoin réel"}
    return changed(content, together(*[put(name, cell, value) for cell, value in cells.items()]))


def saved():
    """(application, state, opinion, strengths, marks) of every sheet."""
    rows = db.session.execute(sa.select(Assessment).order_by(Assessment.application_id, Assessment.person_id)).scalars()
    found = []
    for row in rows:
        marks = db.session.execute(
            sa.select(CriterionScore.level)
            .where(CriterionScore.assessment_id == row.id)
            .order_by(CriterionScore.criterion_id)
        )
        found.append((row.application_id, row.status, row.verdict, row.strengths, [level for (level,) in marks]))
    db.session.rollback()
    return found


def texts(page, column):
    return page.texts(f"//td[@data-label='{column}']")


def test_a_workbook_goes_through_libreoffice_and_comes_back_whole(scene, ada):
    page = send(scene, ada, resaved(filled(download(scene, ada))))
    assert "Rien n’est encore enregistré." in page.text
    assert saved() == []
    assert texts(page, "Dans le classeur") == ["4/4", "3/4", "Favorable", "Besoin réel"]
    assert texts(page, "En ligne aujourd’hui") == ["vide", "vide", "vide", "vide"]
    assert keep(ada, page).location == "/mes-analyses"
    assert saved() == [
        (scene.application.id, AssessmentStatus.DRAFT, Verdict.FAVOURABLE, "Besoin réel", [4, 3]),
    ]  # fmt: skip
    assert ada.get("/mes-analyses").flashes == ["1 analyse est enregistrée."]


def test_the_same_workbook_sent_again_changes_nothing_and_says_so(scene, ada):
    content = filled(download(scene, ada))
    keep(ada, send(scene, ada, content))
    before = saved()
    again = send(scene, ada, content)
    assert "Ce classeur dit la même chose que ce qui est enregistré en ligne." in again.text
    keep(ada, again)
    assert saved() == before
    assert ada.get("/mes-analyses").flashes[-1].endswith("rien n’a changé.")


def test_a_second_press_on_the_same_report_changes_nothing_more(scene, ada):
    page = send(scene, ada, filled(download(scene, ada)))
    keep(ada, page)
    (version,) = db.session.execute(sa.select(Assessment.version)).scalars()
    keep(ada, page)
    assert list(db.session.execute(sa.select(Assessment.version)).scalars()) == [version]


def test_the_same_workbook_filled_further_is_taken_without_a_conflict(scene, ada):
    content = filled(download(scene, ada))
    keep(ada, send(scene, ada, content))
    page = send(scene, ada, filled(content, levels=(2, 3)))
    assert "Modifié en ligne depuis" not in page.text
    keep(ada, page)
    assert [row[4] for row in saved()] == [[2, 3]]


def test_whole_analyses_are_given_at_one_go_when_asked(scene, ada):
    page = send(scene, ada, filled(download(scene, ada)))
    keep(ada, page, giving="1")
    assert [row[1] for row in saved()] == [AssessmentStatus.FINAL]
    assert ada.get("/mes-analyses").flashes == ["1 analyse est enregistrée, 1 analyse est rendue."]
    assert scene.application.reference not in sheets_in(download(scene, ada))


def test_with_one_mistake_nothing_of_the_workbook_is_kept(scene, ada):
    content = download(scene, ada)
    both = filled(filled(content), sheets_in(content)[1], levels=(9, 3))
    page = send(scene, ada, both)
    assert (page.texts("//th[@data-label='Feuille']"), texts(page, "Cellule"), texts(page, "Message")) == (
        [sheets_in(content)[1]], ["I5"], ["« 9 » n’est pas une note entière de 0 à 4."],
    )  # fmt: skip
    assert keep(ada, page).status_code == 200
    assert saved() == []


def online(scene, person, **values):
    marks = {each.id: (2, "") for each in scene.criteria}
    text = SheetText(Verdict.NONE, "Écrit en ligne", "", marks)
    version = values.pop("version", 0)
    in_unit_of_work(lambda: save_sheet(scene.application, text, version, actor=actor(person), roles=REVIEWER))


def test_what_was_saved_online_since_is_shown_beside_and_chosen(scene, ada):
    content = filled(download(scene, ada))
    online(scene, scene.reviewer("Ada"))
    page = send(scene, ada, content)
    assert "Modifié en ligne depuis" in page.text
    assert texts(page, "En ligne aujourd’hui") == ["2/4", "2/4", "Sans avis", "Écrit en ligne"]
    assert texts(page, "Dans le classeur") == ["4/4", "3/4", "Favorable", "Besoin réel"]
    field = f"choice_{scene.application.id}"
    assert set(keep(ada, page).errors) == {field}
    assert [row[3] for row in saved()] == ["Écrit en ligne"]
    keep(ada, page, **{field: "theirs"})
    assert [row[3] for row in saved()] == ["Écrit en ligne"]
    keep(ada, page, **{field: "mine"})
    assert [row[3] for row in saved()] == ["Besoin réel"]


def test_a_sheet_given_online_since_is_refused_at_its_cell(scene, ada):
    content = filled(download(scene, ada))
    page = send(scene, ada, content)
    keep(ada, page, giving="1")
    assert "Rien ne change" in send(scene, ada, content).text
    refused = send(scene, ada, filled(content, levels=(0, 3)))
    assert texts(refused, "Message") == ["Une note de 0 doit être expliquée."]
    refused = send(scene, ada, filled(content, levels=(2, 3)))
    assert (texts(refused, "Cellule"), texts(refused, "Message")) == (
        ["I5"], ["Votre analyse est déjà rendue : la Direction peut la rouvrir à votre demande."],
    )  # fmt: skip


def test_what_one_stepped_out_of_is_never_in_the_workbook_and_comes_back_closed(scene, ada):
    content = filled(download(scene, ada))
    factories.recusal(scene.reviewer("Ada"), scene.application)
    assert len(sheets_in(download(scene, ada))) == 1
    assert "Cuisines" not in "".join(str(cell.value) for sheet in load_workbook(BytesIO(download(scene, ada)))
                                     for row in sheet for cell in row)  # fmt: skip
    page = send(scene, ada, content)
    assert texts(page, "Message") == [
        "Vous vous êtes déporté·e de ce dossier. Ôtez cette feuille pour renvoyer les autres."
    ]
    assert "Cuisines" not in page.text
    assert saved() == []


def test_what_was_taken_back_comes_back_closed(scene, ada):
    content = filled(download(scene, ada))

    def take_back():
        db.session.execute(sa.update(Assignment).values(ended_at=clock.now()))

    in_unit_of_work(take_back)
    page = send(scene, ada, content)
    assert texts(page, "Message") == [
        "Ce dossier ne vous est plus confié. Ôtez cette feuille pour renvoyer les autres."
    ]
    answer = ada.get(here(scene, "classeur"))
    assert answer.location == "/mes-analyses"


def test_what_is_no_longer_studied_comes_back_closed(scene, ada):
    content = filled(download(scene, ada))

    def decide():
        db.session.get_one(Application, scene.application.id).status = ApplicationStatus.DECIDED

    in_unit_of_work(decide)
    page = send(scene, ada, content)
    (told,) = texts(page, "Message")
    assert told.startswith("Ce dossier ne s’analyse plus dans l’état actuel : Décision rendue. Ôtez cette feuille")


def test_nothing_of_a_colleague_is_in_the_workbook(scene, ada):
    bea = scene.assigned("Béa")
    marks = {each.id: (4, "Mot de Béa") for each in scene.criteria}
    text = SheetText(Verdict.FAVOURABLE, "Mot de Béa", "", marks)
    in_unit_of_work(lambda: save_sheet(scene.application, text, 0, actor=actor(bea), roles=REVIEWER))
    content = download(scene, ada)
    assert "Béa" not in "".join(str(cell.value) for sheet in load_workbook(BytesIO(content))
                                for row in sheet for cell in row)  # fmt: skip


def test_a_colleague_s_workbook_is_refused_and_their_report_not_found(scene, ada):
    bea = scene.visit(scene.assigned("Béa"))
    page = send(scene, bea, filled(download(scene, ada)))
    assert texts(page, "Message") == ["Ce classeur a été préparé pour une autre personne. Téléchargez le vôtre."]
    assert ada.get(address(page)).status_code == 404
    assert ada.get(f"{address(page)}x").status_code == 404
    assert saved() == []


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "Choisissez le classeur"), (b"bonjour", "n’est pas un classeur Excel")],
)
def test_a_file_that_is_no_workbook_is_refused_beside_its_field(scene, ada, content, told):
    page = ada.post(here(scene, "renvoyer"), **({"file": (BytesIO(content), "a.xlsx")} if content else {}))
    assert (page.status_code, told in page.errors["file"]) == (200, True)


def test_without_scoring_the_workbook_keeps_the_opinion(scene, ada):
    def switch_off():
        db.session.get_one(Call, scene.call.id).scoring_enabled = False

    in_unit_of_work(switch_off)
    content = download(scene, ada)
    name = first(content)
    sheet = load_workbook(BytesIO(content))[name]
    assert [sheet.cell(row, 2).value for row in (4, 5, 6, 7)] == [
        "Avis d’ensemble", "Votre avis", "Points forts", "Réserves et points faibles",
    ]  # fmt: skip
    page = send(scene, ada, changed(content, together(put(name, "J5", "Favorable"), put(name, "J6", "Utile"))))
    keep(ada, page, giving="1")
    assert saved() == [(scene.application.id, AssessmentStatus.FINAL, Verdict.FAVOURABLE, "Utile", [])]


def test_each_download_is_recorded(scene, ada):
    download(scene, ada)
    (read,) = db.session.execute(sa.select(ReadAudit.what, ReadAudit.subject_id, ReadAudit.details)).all()
    assert tuple(read) == ("export.analyses", scene.call.id, {"applications": 2})


def test_only_the_reviewers_of_the_call_find_the_workbook(scene, ada):
    for visitor in (scene.as_officer, scene.as_owner, scene.visit(factories.person())):
        for rest in ("classeur", "renvoyer", "renvoyer/x"):
            assert visitor.get(here(scene, rest)).status_code == 404


def test_the_download_asks_the_same_number_of_queries_for_1_and_30_files(scene, ada):
    def ask():
        with counted() as counter:
            download(scene, ada)
        return len(counter)

    ask()
    one = ask()
    for number in range(30):
        scene.assigned("Ada", scene.another(f"Projet {number}"))
    assert ask() == one
    assert len(sheets_in(download(scene, ada))) == 32


def test_beyond_80_files_the_workbook_comes_in_parts(scene, ada, monkeypatch):
    monkeypatch.setattr("portal.committee.queries.analysis_workbook.AT_MOST", 1)
    page = ada.get(here(scene, "renvoyer"))
    assert page.texts("//a[contains(@href, 'classeur')]") == [
        "Télécharger le classeur 1 (.xlsx)", "Télécharger le classeur 2 (.xlsx)",
    ]  # fmt: skip
    parts = [sheets_in(download(scene, ada, query)) for query in ("", "?partie=2", "?partie=deux")]
    assert [len(part) for part in parts] == [1, 1, 1]
    assert parts[0] == parts[2] != parts[1]

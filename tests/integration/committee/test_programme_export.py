"""The programming table as a workbook: what its reader sees, in real numbers, under the filters in force."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from portal.accounts.models import ReadAudit
from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.rules.programme_export import ALWAYS, Shown
from portal.extensions import db
from portal.foundation import delivery
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from portal.foundation.outbox import Task
from portal.foundation.pagination import PER_PAGE
from portal.foundation.spreadsheets import EUROS
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene

ALL = [each.value for each in Shown if each not in ALWAYS]


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def asked(scene, role=Role.OFFICER, query="", columns=ALL):
    """Ask, let the worker make it, take it."""
    visitor = scene.visit(role)
    answer = visitor.post(f"/programmation/{scene.call.id}/export{query}", colonnes=columns)
    assert answer.status_code == 302, answer.errors
    task_id = int(answer.location.rsplit("/", 1)[1])
    delivery.run_task(task_id)
    return visitor.get(f"/travaux/{task_id}/fichier")


def book_of(answer):
    return load_workbook(BytesIO(answer.data))


def column(book, heading):
    sheet = book["Programmation"]
    place = [cell.value for cell in sheet[1]].index(heading)
    return [row[place].value for row in sheet.iter_rows(min_row=2)]


def words(book):
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_a_row_for_each_line_with_real_numbers_and_words_that_stay_words(scene):
    application = scene.application(city=5_000_10)
    with unit_of_work():
        application.title = "=1+1"
        line = scene.line(application)
        line.status, line.proposed_cents = FundingStatus.PROPOSED, 3_000_05
    book = book_of(asked(scene))
    assert book.sheetnames == ["Programmation", "Lisez-moi"]
    sheet = book["Programmation"]
    assert [cell.value for cell in sheet[1]] == [each.label for each in Shown]
    assert column(book, "Action") == ["=1+1", "=1+1"]
    assert {cell.data_type for cell in sheet["B"][1:]} == {"s"}
    assert column(book, "Financeur") == ["Ville d’essai", "État"]
    assert [Decimal(str(value)) for value in column(book, "Demandé")] == [Decimal("5000.1"), Decimal(3000)]
    assert column(book, "Proposé") == [3000.05, None]
    assert sheet.cell(2, [each.value for each in Shown].index("demande") + 1).number_format == EUROS
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:S3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", int(sheet.PAPERSIZE_A4))


def test_the_two_years_before_are_those_of_the_same_action(scene):
    organisation = factories.organisation()
    for year, cents in ((2025, 2_000_00), (2024, 1_000_00)):
        call = factories.call(scene.contract, [scene.quartier], year=year)
        before = factories.application(call, organisation, status=ApplicationStatus.CLOSED, title="Ateliers")
        line = factories.funding_line(before, scene.city, 4_000_00)
        with unit_of_work():
            line.granted_cents = cents
    made = factories.application(scene.call, organisation, status=ApplicationStatus.ADMISSIBLE, title="Ateliers")
    factories.funding_line(made, scene.city, 5_000_00)
    book = book_of(asked(scene))
    assert (column(book, "Attribué N−1"), column(book, "Attribué N−2")) == ([2000], [1000])


def test_the_columns_chosen_and_the_filters_of_the_address_are_those_of_the_workbook(scene):
    scene.application()
    book = book_of(asked(scene, query=f"?financeur={scene.city.id}", columns=["demande"]))
    assert [cell.value for cell in book["Programmation"][1]] == ["N° de dossier", "Financeur", "Demandé"]
    assert column(book, "Financeur") == ["Ville d’essai"]
    assert "Financeur\u00a0: Ville d’essai" in words(book)
    assert "Sacha officer" in words(book)


def test_the_other_filters_of_the_table_follow_too(scene):
    kept, _other = scene.application(), scene.application()
    with unit_of_work():
        line = scene.line(kept)
        line.status, line.proposed_cents = FundingStatus.PROPOSED, 1_00
    page = scene.visit().get(f"/programmation/{scene.call.id}?etat=proposed&mots=projet")
    link = page.tree.xpath("//a[.='Exporter']/@href")[0]
    book = book_of(asked(scene, query="?" + link.partition("?")[2]))
    assert set(column(book, "Action")) == {kept.title}
    assert {"Recherche\u00a0: projet", "État du financement\u00a0: Proposé"} < set(words(book))


def test_every_page_of_the_table_is_in_the_workbook(scene):
    for _ in range(PER_PAGE + 1):
        scene.application(state=0)
    references = column(book_of(asked(scene)), "N° de dossier")
    assert len(references) == len(set(references)) == PER_PAGE + 1


def test_what_somebody_stepped_out_of_is_not_in_their_workbook(scene):
    kept, left = scene.application(), scene.application()
    scene.recuse(scene.person(Role.OFFICER), left)
    book = book_of(asked(scene))
    assert set(column(book, "Action")) == {kept.title}
    assert not [word for word in words(book) if left.title in word or left.organisation.name in word]
    assert any(word.startswith("Hors dossiers déportés") for word in words(book))
    assert not any(word.startswith("Hors dossiers") for word in words(book_of(asked(scene, Role.MANAGER))))


def test_a_recusal_declared_while_the_workbook_waits_counts(scene):
    kept, left = scene.application(), scene.application()
    visitor = scene.visit()
    answer = visitor.post(f"/programmation/{scene.call.id}/export", colonnes=ALL)
    scene.recuse(scene.person(Role.OFFICER), left)
    task_id = int(answer.location.rsplit("/", 1)[1])
    delivery.run_task(task_id)
    assert set(column(book_of(visitor.get(f"/travaux/{task_id}/fichier")), "Action")) == {kept.title}


def test_a_workbook_made_before_one_steps_out_is_not_given_after(scene):
    left = scene.application()
    given = asked(scene)
    assert given.status_code == 200
    scene.recuse(scene.person(Role.OFFICER), left)
    task_id = db.session.execute(sa.select(Task.id)).scalar_one()
    assert scene.visit().get(f"/travaux/{task_id}/fichier").status_code == 404


def test_a_funder_s_workbook_holds_its_own_lines_without_scores(scene):
    scene.application()
    book = book_of(asked(scene, Role.FUNDER_AGENT))
    assert column(book, "Financeur") == ["Ville d’essai"]
    assert column(book, "Note sur 100") == [None]


def test_the_export_and_its_taking_are_recorded(scene):
    scene.application()
    asked(scene, columns=["demande"])
    event = db.session.execute(sa.select(Event).filter_by(action="export.asked")).scalar_one()
    assert (event.details["kind"], event.subject_id) == ("programme", scene.call.id)
    assert event.details["columns"] == ["dossier", "financeur", "demande"]
    assert db.session.execute(sa.select(ReadAudit.what)).scalars().all() == ["task.file"]


def test_an_odd_column_is_refused_at_its_field(scene):
    answer = scene.visit().post(f"/programmation/{scene.call.id}/export", colonnes=["secret"])
    assert answer.errors == {"colonnes": "Choisissez parmi les réponses de la liste."}


def test_a_table_without_rows_makes_a_workbook_without_rows(scene):
    assert column(book_of(asked(scene)), "N° de dossier") == []


def test_an_applicant_finds_no_export(scene):
    made = scene.application()
    assert scene.visit(scene.member(made)).get(f"/programmation/{scene.call.id}/export").status_code == 404

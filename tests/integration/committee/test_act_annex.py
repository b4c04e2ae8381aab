"""The annex of an act: its lines with their SIRET and amount, as a document and as a sheet."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from openpyxl import load_workbook

from portal.accounts.models import ReadAudit
from portal.accounts.rules import Role
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import pdfs
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def sheet(visitor, address):
    answer = visitor.get(f"{address}/annexe.xlsx")
    assert answer.status_code == 200
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.data))["Annexe"].iter_rows()]


def words(visitor, address):
    return pdfs.words(pikepdf.open(BytesIO(visitor.get(f"{address}/annexe.pdf").data)))


def test_the_annex_of_an_act_tells_each_grant_with_its_siret(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    act, agent = scene.act(application, 3_500_00), scene.visit(Role.FUNDER_AGENT)
    at = f"/actes/{act.id}"
    header, line, total, *_rest = sheet(agent, at)
    assert header == ["Financeur", "Dossier", "Structure", "SIRET", "Action", "Quartiers", "Crédits", "Montant"]
    organisation = application.organisation
    assert line[:6] == [
        "Ville d’essai", application.reference, organisation.name, organisation.siret, application.title,
        scene.quartier.name,
    ]  # fmt: skip
    assert (line[7], total[0], total[7]) == (3500, "Total", 3500)
    # As a server sends it: what HTTP cannot hold would cut the answer.
    assert agent.get(f"{at}/annexe.pdf").response.headers["Content-Disposition"].isascii()
    told = words(agent, at)
    for text in (application.title, organisation.siret, "2026-1", "3500,00€"):
        assert text.replace(" ", "") in told
    assert [(each.what, each.subject_id) for each in db.session.query(ReadAudit)] == [("act.annex", act.id)] * 3


def test_before_the_act_its_annex_tells_what_is_arbitrated(scene):
    application = scene.application()
    scene.arbitrate(application, city=4_000_00)
    at = f"/programmation/{scene.call.id}/actes/nouveau/{scene.city.id}"
    agent = scene.visit(Role.FUNDER_AGENT)
    _header, line, total, *_rest = sheet(agent, at)
    assert (line[1], line[7], total[7]) == (application.reference, 4000, 4000)
    assert "àprendre" in words(agent, at)
    assert scene.visit(Role.STATE_OFFICER).get(f"{at}/annexe.pdf").status_code == 404
    assert scene.visit(Role.OFFICER).get(f"{at}/annexe.xlsx").status_code == 404


def test_what_its_author_stepped_out_of_is_left_out_and_said(scene):
    hidden, shown = scene.application(), scene.application()
    for application in (hidden, shown):
        scene.arbitrate(application, city=4_000_00)
    scene.recuse(scene.person(Role.MANAGER), hidden)
    manager = scene.visit(Role.MANAGER)
    act = scene.act(hidden, 4_000_00)
    for at, expected in (
        (f"/programmation/{scene.call.id}/actes/nouveau/{scene.city.id}", [shown.reference]),
        (f"/actes/{act.id}", []),
    ):
        rows = sheet(manager, at)
        assert [row[1] for row in rows[1:] if row[1]] == expected
        assert hidden.title not in str(rows)
        assert hidden.title.replace(" ", "") not in words(manager, at)
    assert "Annexe incomplète" in str(sheet(manager, f"/actes/{act.id}"))
    assert "Annexe incomplète" not in str(sheet(scene.visit(Role.FUNDER_AGENT), f"/actes/{act.id}"))


@pytest.mark.parametrize("typed", ["=1+1", "+33", "@SUM(A1)", "{{ 7*7 }}"])
def test_a_title_is_never_a_formula(scene, typed):
    application = scene.application()
    with unit_of_work():
        application.title = typed
    scene.arbitrate(application, city=4_000_00)
    act, agent = scene.act(application, 4_000_00), scene.visit(Role.FUNDER_AGENT)
    book = load_workbook(BytesIO(agent.get(f"/actes/{act.id}/annexe.xlsx").data))
    cell = book["Annexe"]["E2"]
    assert (cell.value, cell.data_type) == (typed, "s")
    assert typed.replace(" ", "") in words(agent, f"/actes/{act.id}")


def test_the_annex_asks_the_database_as_often_whatever_its_lines(scene):
    agent, at = scene.visit(Role.FUNDER_AGENT), f"/programmation/{scene.call.id}/actes/nouveau/{scene.city.id}"
    scene.arbitrate(scene.application(), city=1_00)
    sheet(agent, at)
    with counted() as few:
        sheet(agent, at)
    for _ in range(4):
        scene.arbitrate(scene.application(), city=1_00)
    db.session.expire_all()
    sheet(agent, at)
    with counted() as many:
        assert len([row for row in sheet(agent, at) if row[1]]) == 6
    assert len(many) == len(few)

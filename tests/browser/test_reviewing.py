"""A reviewer at work in a real browser: ten files by keyboard alone, a sheet that saves itself, the workbook."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from playwright.sync_api import expect

from portal.committee.models import Assessment, CriterionScore
from portal.committee.operations.scoring import save_sheet
from portal.committee.rules.scoring import SheetText
from portal.committee.states import AssessmentStatus, Verdict
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from tests.browser.walking import arriving, click_through, sign_in, tab_to, wait_until_saved
from tests.integration.committee.scene import REVIEWER, actor
from tests.integration.committee.scene import scene as made
from tests.visitors import Visitor

FILES = 10


@pytest.fixture
def scene(app):
    built = made(app)
    ada = built.assigned("Ada")
    for number in range(2, FILES + 1):
        built.assigned("Ada", built.another(f"Projet {number}"))
    built.ada, built.number, built.as_ada = actor(ada), built.application.id, Visitor(app, ada)
    built.reviewer("Béa")
    built.visitor = built.as_officer
    built.criteria_ids = [each.id for each in built.criteria]
    built.call_number = built.call.id
    db.session.remove()
    return built


def levels():
    rows = db.session.execute(
        sa.select(CriterionScore.level)
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .order_by(Assessment.application_id, CriterionScore.criterion_id)
    ).scalars()
    found = list(rows)
    db.session.remove()
    return found


def test_ten_files_are_analysed_by_keyboard_alone(scene, open_page, live):
    page = open_page()
    sign_in(page, live, scene.as_ada)
    page.goto("/mes-analyses")
    tab_to(page, "tbody th a")
    with arriving(page):
        page.keyboard.press("Enter")
    for rank in range(1, FILES + 1):
        expect(page.locator(".sheet-round")).to_contain_text(f"{rank - 1} rendu")
        tab_to(page, f"[name=level_{scene.criteria_ids[0]}]")
        page.keyboard.press("4")
        tab_to(page, f"[name=level_{scene.criteria_ids[1]}]")
        page.keyboard.press("1")
        expect(page.locator("[data-total]")).to_have_text("70,00")
        page.keyboard.press("Tab")
        page.keyboard.type("Peu de partenaires")
        tab_to(page, "[name=verdict]")
        page.keyboard.press("Space")
        tab_to(page, "[name=final]")
        with arriving(page):
            page.keyboard.press("Enter")
        expect(page.locator("[data-flash]")).to_contain_text("Votre analyse est rendue.")
    statuses = set(db.session.execute(sa.select(Assessment.status)).scalars())
    assert (statuses, levels()) == ({AssessmentStatus.FINAL}, [4, 1] * FILES)
    assert page.complaints == []


def test_ctrl_and_enter_saves_and_opens_the_next_with_the_focus_at_its_form(scene, open_page, live):
    page = open_page()
    sign_in(page, live, scene.as_ada)
    page.goto(f"/dossiers/{scene.number}/analyse")
    tab_to(page, f"[name=level_{scene.criteria_ids[0]}]")
    page.keyboard.press("2")
    with arriving(page):
        page.keyboard.press("Control+Enter")
    expect(page.locator(".sheet-round")).to_contain_text("Dossier 2 sur 10")
    # The browser goes to the form once the whole page is there.
    page.wait_for_url("**/analyse#fiche")
    page.keyboard.press("Tab")
    expect(page.locator(f"[name=level_{scene.criteria_ids[0]}]").first).to_be_focused()
    assert levels() == [2, None]


def test_the_sheet_saves_itself_and_a_second_page_sees_both_texts(scene, open_page, live, check_page):
    page = open_page()
    sign_in(page, live, scene.as_ada)
    page.goto(f"/dossiers/{scene.number}/analyse")
    page.get_by_label("Points forts").fill("Écrit dans le train")
    status = page.locator("[data-save-status]")
    wait_until_saved(page)
    theirs = SheetText(Verdict.NONE, "Écrit au bureau", "", {})
    application = scene.number

    def elsewhere():
        from portal.calls.models import Application

        save_sheet(db.session.get_one(Application, application), theirs, 1, actor=scene.ada, roles=REVIEWER)

    in_unit_of_work(elsewhere)
    db.session.remove()
    page.get_by_label("Points forts").fill("Écrit dans le train, suite")
    expect(status).to_contain_text("Cette fiche a été enregistrée entre-temps")
    click_through(page.get_by_role("button", name="Enregistrer", exact=True))
    both = page.locator(".both-values")
    expect(both).to_contain_text("Écrit au bureau")
    expect(both).to_contain_text("Écrit dans le train, suite")
    page.complaints[:] = [words for words in page.complaints if "409" not in words]
    check_page(page, "fiche-deux-versions")
    click_through(page.get_by_role("link", name="Garder ce qui est enregistré"))
    expect(page.get_by_label("Points forts")).to_have_value("Écrit au bureau")


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (320, False)])
def test_the_workbook_goes_out_and_comes_back(scene, open_page, live, check_page, tmp_path, width, scripts):
    page = open_page(width, scripts=scripts)
    sign_in(page, live, scene.as_ada)
    page.goto("/mes-analyses")
    check_page(page, "mes-analyses-classeur")
    click_through(page.get_by_role("link", name="Analyser sans connexion"))
    check_page(page, "classeur-analyses")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le classeur").click()
    path = tmp_path / "analyses.xlsx"
    download.value.save_as(path)
    for mark in (7, 3):
        book = load_workbook(path)
        sheet = book.worksheets[1]
        sheet["I5"], sheet["I6"], sheet["J10"] = mark, 4, "Favorable"
        book.save(path)
        page.get_by_label("Classeur rempli").set_input_files(path)
        click_through(page.get_by_role("button", name="Envoyer le classeur"))
        if mark == 7:
            expect(page.locator("td[data-label=Message]")).to_have_text(re.compile("pas une note entière"))
            check_page(page, "classeur-refuse")
            click_through(page.get_by_role("link", name="Renvoyer le classeur corrigé"))
    check_page(page, "classeur-rapport")
    click_through(page.get_by_role("button", name="Enregistrer, et rendre"))
    expect(page.locator("[data-flash]")).to_have_text("1 analyse est enregistrée, 1 analyse est rendue.")
    assert levels() == [3, 4]


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (320, False)])
def test_the_direction_follows_the_analyses_and_evens_the_loads(scene, open_page, live, check_page, width, scripts):
    page = open_page(width, scripts=scripts)
    sign_in(page, live, scene.visitor)
    page.goto(f"/instruction/{scene.call_number}")
    click_through(page.get_by_role("link", name="Analyses", exact=True))
    expect(page.get_by_text("0 sur 10")).to_have_count(1)
    check_page(page, "suivi-analyses")
    click_through(page.get_by_role("link", name="Confier les analyses"))
    page.get_by_label("Nombre d’analyses par dossier").fill("1")
    page.get_by_label("Rééquilibrer").check()
    click_through(page.get_by_role("button", name="Voir la répartition"))
    expect(page.get_by_role("heading", name="5 analyses seraient confiées")).to_be_visible()
    check_page(page, "repartition-equilibree")
    click_through(page.get_by_role("button", name="Confier ces analyses"))
    expect(page.locator("[data-flash]")).to_contain_text("dont 5 reprises à quelqu’un d’autre.")
    expect(page.locator("td[data-label=Rendues]")).to_have_count(2)
    expect(page.locator("td[data-label='Analyses confiées']")).to_have_text(["5", "5"])

"""All the projects of one structure in a call: what each reader finds there, totals, thresholds of the law."""

from __future__ import annotations

import pytest

from portal.accounts.models import OrganisationKind
from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.foundation.database import unit_of_work
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.queries import counted
from tests.typography import plain


@pytest.fixture
def scene(app) -> Scene:
    return make_scene(app)


def project(scene, organisation, city=5_000_00, state=3_000_00, call=None, title=None):
    made = factories.application(
        call or scene.call,
        organisation,
        [scene.quartier],
        status=ApplicationStatus.ADMISSIBLE,
        **({"title": title} if title else {}),
    )
    for funder, cents in ((scene.city, city), (scene.state, state)):
        if cents:
            factories.funding_line(made, funder, cents)
    return made


def page_of(scene, organisation, role=Role.OFFICER):
    return scene.visit(role).get(f"/programmation/{scene.call.id}/structures/{organisation.id}")


def rows(page, caption):
    found = page.tree.xpath(f"//table[caption='{caption}']//tr[td]")
    return [[plain(" ".join(cell.text_content().split())) for cell in row.xpath("./*")] for row in found]


def granted_before(scene, organisation, year, title, cents):
    call = factories.call(scene.contract, [scene.quartier], year=year)
    before = project(scene, organisation, city=9_000_00, state=0, call=call, title=title)
    with unit_of_work():
        line = before.funding_lines[0]
        line.status, line.granted_cents = FundingStatus.NOTIFIED, cents


def test_projects_are_summed_by_funder_with_the_two_years_before(scene):
    organisation = factories.organisation("Les Tisseurs")
    granted_before(scene, organisation, 2025, "Ateliers", 2_500_00)
    granted_before(scene, organisation, 2024, "Ateliers", 2_000_00)
    granted_before(scene, organisation, 2024, "Autre action", 1_000_00)
    first = project(scene, organisation, title="Ateliers")
    project(scene, organisation, city=1_000_00, state=0, title="Fête")
    with unit_of_work():
        line = scene.line(first)
        line.status, line.proposed_cents = FundingStatus.PROPOSED, 3_000_00
    project(scene, factories.organisation())
    page = page_of(scene, organisation)
    assert rows(page, "Par financeur") == [
        ["Ville d’essai", "6 000,00 €", "2 500,00 €", "3 000,00 €", "3 000,00 €", "0,00 €", "0,00 €"],
        ["État", "3 000,00 €", "–", "–", "0,00 €", "0,00 €", "0,00 €"],
        ["Ensemble", "9 000,00 €", "", "3 000,00 €", "0,00 €", "0,00 €"],
    ]
    assert rows(page, "Projets de la structure") == [
        ["Ville d’essaiCrédits politique de la ville", "5 000,00 €", "2 500,00 €", "2 000,00 €", "3 000,00 €", "–", "–",
         "Proposé"],
        ["ÉtatCrédits politique de la ville", "3 000,00 €", "–", "–", "–", "–", "–", "Demandé"],
        ["Ensemble du projet", "8 000,00 €", "", "", "3 000,00 €", "0,00 €", "0,00 €", ""],
        ["Ville d’essaiCrédits politique de la ville", "1 000,00 €", "–", "–", "–", "–", "–", "Demandé"],
    ]  # fmt: skip


def test_beyond_the_threshold_of_one_funder_a_convention_is_announced(scene):
    association, public = factories.organisation(), factories.organisation(kind=OrganisationKind.EPLE)
    other = factories.call(scene.contract, [scene.quartier], title="Appel d’été")
    for each in (association, public):
        project(scene, each, city=12_000_00)
        project(scene, each, city=11_000_01, state=0, call=other)
    told = "Convention : 23 000,01 € dans l’année, plus de 23 000,00 €"
    assert told in plain(page_of(scene, association).text)
    assert "Convention :" not in plain(page_of(scene, public).text)


def test_what_is_refused_counts_for_no_threshold(scene):
    organisation = factories.organisation()
    line = scene.line(project(scene, organisation, city=30_000_00))
    assert "Convention :" in plain(page_of(scene, organisation).text)
    with unit_of_work():
        line.status, line.refusal_reason = FundingStatus.REFUSED, "Hors priorités"
    assert "Convention :" not in plain(page_of(scene, organisation).text)


def test_public_money_beyond_the_auditor_s_threshold_is_told_to_who_reads_all_funders(scene):
    organisation = factories.organisation()
    project(scene, organisation, city=100_000_00, state=53_000_01)
    told = "153 000,01 € de financements publics dans l’année, plus de 153 000,00 €"
    assert told in plain(page_of(scene, organisation).text)
    assert told not in plain(page_of(scene, organisation, Role.FUNDER_AGENT).text)


def test_a_funder_reads_its_own_lines_only(scene):
    organisation = factories.organisation()
    project(scene, organisation)
    page = page_of(scene, organisation, Role.FUNDER_AGENT)
    assert [row[0] for row in rows(page, "Par financeur")] == ["Ville d’essai", "Ensemble"]
    assert "3 000,00" not in plain(page.text)


def test_what_somebody_stepped_out_of_is_neither_shown_nor_summed(scene):
    organisation = factories.organisation()
    project(scene, organisation, city=5_000_00, state=0)
    left = project(scene, organisation, city=19_000_00, state=0)
    assert "Convention :" in plain(page_of(scene, organisation).text)
    scene.recuse(scene.person(Role.OFFICER), left)
    page = page_of(scene, organisation)
    assert left.title not in page.text
    assert rows(page, "Par financeur")[-1][1] == "5 000,00 €"
    assert "Convention :" not in plain(page.text)
    assert "hors dossiers déportés" in page.text
    listed = scene.visit().get(f"/programmation/{scene.call.id}/structures")
    assert rows(listed, "Structures") == [
        [organisation.name, "1", "5 000,00 €", "0,00 €", "0,00 €", "0,00 €"],
    ]  # fmt: skip


def test_a_structure_without_anything_in_the_table_answers_nothing(scene):
    draft, only_state, left = (factories.organisation() for _ in range(3))
    factories.application(scene.call, draft)
    project(scene, only_state, city=0)
    scene.recuse(scene.person(Role.OFFICER), project(scene, left))
    assert page_of(scene, draft).status_code == 404
    assert page_of(scene, left).status_code == 404
    assert page_of(scene, only_state, Role.FUNDER_AGENT).status_code == 404
    assert scene.visit().get(f"/programmation/{scene.call.id}/structures/99999").status_code == 404


def test_the_table_and_the_file_lead_to_the_structure(scene):
    organisation = factories.organisation()
    made = project(scene, organisation)
    path = f"/programmation/{scene.call.id}/structures"
    assert scene.visit().get(f"/programmation/{scene.call.id}").tree.xpath(f"//a[@href='{path}']")
    assert scene.visit().get(path).tree.xpath(f"//a[@href='{path}/{organisation.id}']")
    file = scene.visit().get(f"/dossiers/{made.id}/instruction")
    assert file.tree.xpath(f"//a[@href='{path}/{organisation.id}']")


def test_as_many_queries_for_one_project_as_for_ten(scene):
    organisation = factories.organisation()
    visitor = scene.visit()
    paths = [f"/programmation/{scene.call.id}/structures{end}" for end in ("", f"/{organisation.id}")]

    def queries(path):
        with counted() as counter:
            visitor.get(path)
        return len(counter)

    project(scene, organisation)
    [visitor.get(path) for path in paths]
    few = [queries(path) for path in paths]
    for _ in range(9):
        project(scene, organisation)
    assert [queries(path) for path in paths] == few

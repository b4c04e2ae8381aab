"""Thresholds and salaries counted twice, as the applicant and the Direction read them."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role
from portal.calls.models import BudgetLine
from portal.calls.states import ApplicationStatus, Origin, Phase, Side
from tests import factories
from tests.factories import save
from tests.integration.calls.filing.scene import filer, fresh, sections_of
from tests.queries import counted
from tests.visitors import Visitor


@pytest.fixture
def other(it):
    """Another project of the same structure, filed, with the same salary."""
    made = factories.application(it.call, it.organisation, status=ApplicationStatus.SUBMITTED, title="Le jardin")
    add_salary(made, 6_000_00)
    factories.funding_line(made, it.city, 20_000_00)
    return made


def add_salary(application, cents, label="Rémunérations"):
    save(
        BudgetLine(
            application_id=application.id, phase=Phase.EXPECTED, side=Side.EXPENSE, account_code="641", label=label,
            amount_cents=cents, position=1,
        )
    )  # fmt: skip


def money(owner, it, draft):
    owner.save(draft, "financements", **sections_of(it)["financements"])
    owner.save(draft, "budget", **sections_of(it)["budget"])


def test_the_applicant_reads_the_threshold_and_the_salary_of_the_other_project(owner, it, draft, other):
    money(owner, it, draft)
    for section in ("budget", "financements"):
        told = owner.get(f"/dossiers/{draft}/{section}")
        assert "Ville d’essai : 24 000,00 € pour 2026" in told.text
        assert "article 10" in told.text
        assert f"{other.call.year}-{other.number:03d}, Le jardin" in told.text
        assert told.tree.xpath(f'//a[@href="/dossiers/{other.id}"]')


def test_projects_given_up_refused_or_of_another_structure_do_not_count(owner, it, draft):
    money(owner, it, draft)
    for status in (ApplicationStatus.ABANDONED, ApplicationStatus.WITHDRAWN, ApplicationStatus.INADMISSIBLE):
        gone = factories.application(it.call, it.organisation, status=status)
        add_salary(gone, 6_000_00)
        factories.funding_line(gone, it.city, 50_000_00)
    stranger = factories.application(it.call, factories.organisation("Autre"), status=ApplicationStatus.SUBMITTED)
    add_salary(stranger, 6_000_00)
    factories.funding_line(stranger, it.city, 50_000_00)
    told = owner.get(f"/dossiers/{draft}/budget").text
    assert "deux projets ?" not in told
    assert "Ce que ces montants entraînent" not in told


def test_the_direction_reads_the_same_facts_in_the_file(app, owner, it, draft, other):
    owner.fill(draft, it)
    owner.sign(draft)
    officer = Visitor(app, factories.staff(Role.OFFICER, it.contract))
    told = officer.get(f"/dossiers/{draft}/instruction")
    assert "Seuils et salaires de l’année" in told.text
    assert "Ville d’essai : 24 000,00 € pour 2026" in told.text
    assert told.tree.xpath(f'//a[@href="/dossiers/{other.id}/instruction"]')


def test_what_somebody_stepped_out_of_is_neither_named_nor_counted(app, owner, it, draft, other):
    owner.fill(draft, it)
    owner.sign(draft)
    person = factories.staff(Role.OFFICER, it.contract)
    factories.recusal(person, other)
    told = Visitor(app, person).get(f"/dossiers/{draft}/instruction").text
    assert "Le jardin" not in told
    assert "Seuils et salaires" not in told


def test_a_draft_of_the_structure_stays_its_own(app, owner, it, draft):
    owner.fill(draft, it)
    owner.sign(draft)
    secret = factories.application(it.call, it.organisation, title="Projet secret")
    add_salary(secret, 6_000_00)
    factories.funding_line(secret, it.city, 50_000_00)
    officer = Visitor(app, factories.staff(Role.OFFICER, it.contract))
    assert "Seuils et salaires" not in officer.get(f"/dossiers/{draft}/instruction").text


def test_the_direction_typing_on_behalf_does_not_read_the_drafts_of_the_structure(app, it):
    typed = factories.application(it.call, it.organisation, origin=Origin.ON_BEHALF)
    add_salary(typed, 6_000_00)
    secret = factories.application(it.call, it.organisation, title="Projet secret")
    add_salary(secret, 6_000_00)
    officer = filer(app, factories.staff(Role.OFFICER, it.contract))
    page = officer.get(f"/dossiers/{typed.id}/budget")
    assert page.status_code == 200
    assert "Projet secret" not in page.text
    assert "deux projets ?" in filer(app, it.owner).get(f"/dossiers/{typed.id}/budget").text


def test_the_page_runs_the_same_queries_with_one_project_and_with_many(owner, it, draft, other):
    money(owner, it, draft)
    with counted() as few:
        owner.get(f"/dossiers/{draft}/budget")
    for _ in range(30):
        made = factories.application(it.call, it.organisation, status=ApplicationStatus.SUBMITTED)
        add_salary(made, 6_000_00)
        factories.funding_line(made, it.city, 100)
    with counted() as many:
        page = owner.get(f"/dossiers/{draft}/budget").text
    assert len(few) == len(many)
    assert "Et 11 autres." in page
    assert fresh(draft).status is ApplicationStatus.DRAFT

"""What a structure's year means for one of its applications: the thresholds of the law, salaries counted twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules.organisation import OrganisationSheet, YearSheet
from portal.calls.rules.organisation_year import AskedInYear, SalaryLine, Thresholds, shared_salaries, told_of_year

SHEET = OrganisationSheet(1, "Les Ateliers", "association", "Association", 1, YearSheet(2025))
LIMITS = Thresholds(23_000_00, 153_000_00, counts_in_kind=False)


def facts(asked=(), salaries=(), sheet=SHEET, limits=LIMITS):
    told = told_of_year(1, sheet, 2026, asked, salaries, limits)
    return [notice.fact.replace("\u00a0", " ").replace("\u202f", " ") for notice in told.notices]


def city(cents, nature="specific", *, is_public=True):
    return AskedInYear("Ville", is_public, nature, cents)


def salary(application_id, cents, label="Rémunérations", code="641"):
    return SalaryLine(application_id, f"2026-{application_id:03d}", "Projet", code, "Rémunérations", label, cents)


@given(st.lists(st.integers(0, 4_000_000), max_size=5))
def test_the_convention_is_told_exactly_above_the_threshold_of_one_funder_all_actions_together(amounts):
    told = any("plus de 23 000,00 €" in fact for fact in facts([city(each) for each in amounts]))
    assert told == (sum(amounts) > 23_000_00)


@pytest.mark.parametrize(
    ("asked", "limits", "is_told"),
    [
        ([city(23_000_00)], LIMITS, False),
        ([city(23_000_01)], LIMITS, True),
        ([city(12_000_00), replace(city(12_000_00), funder="État")], LIMITS, False),
        ([city(20_000_00), city(20_000_00, "tfpb")], LIMITS, False),
        ([city(20_000_00), city(20_000_00, "tfpb")], replace(LIMITS, counts_in_kind=True), True),
        ([city(50_000_00, is_public=False)], LIMITS, False),
    ],
)
def test_the_convention_looks_at_one_public_funder_and_at_money(asked, limits, is_told):
    assert bool(facts(asked, limits=limits)) == is_told


def test_a_public_body_signs_no_convention_and_needs_no_auditor():
    town = replace(SHEET, kind="commune", means=YearSheet(2025, public_subsidies_cents=900_000_00))
    assert facts([city(200_000_00)], sheet=town) == []


@pytest.mark.parametrize(
    ("received", "asked", "expected"),
    [
        (153_000_00, 0, []),
        (153_000_01, 0, ["153 000,01 € de subventions publiques reçues en 2025, donc plus de 153 000,00 €."]),
        (None, 0, []),
        (10, 160_000_00, ["160 000,00 € de financements publics demandés pour 2026, donc plus de 153 000,00 €."]),
    ],
)
def test_the_auditor_is_told_by_what_was_received_else_by_what_is_asked(received, asked, expected):
    sheet = replace(SHEET, means=YearSheet(2025, public_subsidies_cents=received))
    funders = [AskedInYear(f"Financeur {n}", True, "specific", asked // 8) for n in range(8)]
    assert facts(funders, sheet=sheet) == expected


def test_every_notice_has_its_source():
    sheet = replace(SHEET, means=YearSheet(2025, budget_cents=100, public_subsidies_cents=200_000_00))
    told = told_of_year(1, sheet, 2026, [city(30_000_00)], [salary(1, 60), salary(2, 60)], LIMITS)
    assert len(told.notices) == 3
    assert all(notice.source and notice.meaning for notice in told.notices)


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (salary(2, 6_000_00), ["même montant"]),
        (salary(2, 5_000_00), []),
        (salary(2, 5_000_00, "Salaire d’Ana"), ["mêmes mots"]),
        (salary(2, 6_000_00, "SALAIRE D’ANA"), ["même montant, mêmes mots"]),
        (salary(2, 6_000_00, code="645"), []),
        (salary(1, 6_000_00, "Autre"), []),
        (salary(2, 0, "Salaire d’Ana"), []),
    ],
)
def test_a_salary_counted_twice_is_known_by_its_amount_or_its_words(other, alike):
    found = shared_salaries(1, [salary(1, 6_000_00, "Salaire d’Ana"), other])
    assert [each.alike for each in found] == alike


def test_two_lines_named_by_their_account_alone_are_not_alike_by_words():
    assert shared_salaries(1, [salary(1, 10), salary(2, 20)]) == []


def test_salaries_of_all_projects_above_the_budget_of_the_structure_are_told():
    sheet = replace(SHEET, means=YearSheet(2025, budget_cents=10_000_00))
    assert facts(salaries=[salary(1, 6_000_00), salary(2, 4_000_00)], sheet=sheet) == []
    (fact,) = facts(salaries=[salary(1, 6_000_00), salary(2, 4_000_01)], sheet=sheet)
    assert "10 000,01 €, plus que le budget entier" in fact
    assert facts(salaries=[salary(1, 60_000_00)], sheet=sheet) == []

"""A multi-year project: a budget per year, what is expected of the funders later, and one year for the rest."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from portal.calls.models import Application, BudgetLine, FundingForecast, FundingLine, Submission
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.budget import totals
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.submission import thawed
from portal.calls.states import Duration, Section
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.integration.calls.filing.scene import fresh, sections_of
from tests.integration.calls.filing.test_sections import rows


def multi_year(it, years="3"):
    """What the association types for a project of several years; years 2 and 3 repeat and grow."""
    sections = sections_of(it)
    sections["projet"] |= {"duration": "multi_year", "years": years, "objectives_by_year": "Dix familles de plus."}
    sections["financements"] |= {
        f"later_{it.city.id}_specific_2": "4 000", f"later_{it.city.id}_specific_3": "5 000,50",
    }  # fmt: skip
    sections["budget"] |= {
        "line_expense_606_0_amount_2": "500", "line_expense_641_0_amount_2": "6 000",
        "line_expense_641_0_amount_3": "6 000,50", "line_income_756_0_amount_2": "2 500",
        "line_income_756_0_amount_3": "1 000",
    }  # fmt: skip
    return sections


def fill(owner, draft, sections):
    for name, typed in sections.items():
        answer = owner.save(draft, name, **typed)
        assert answer.status_code == 302, (name, answer.errors)


def test_each_year_has_its_budget_and_the_first_year_stands_alone_for_the_rest(owner, it, draft):
    fill(owner, draft, multi_year(it))
    dossier = dossier_of(fresh(draft))
    assert (dossier.project.years, [each.year for each in dossier.later_years]) == (3, [2027, 2028])
    assert totals(dossier.budget).expenses == 800_050
    assert [(totals(lines).expenses, totals(lines).is_balanced) for _, lines in dossier.budgets] == [
        (800_050, True), (650_000, True), (600_050, True),
    ]  # fmt: skip
    assert rows(FundingForecast.year_index, FundingForecast.requested_cents) == [(2, 400_000), (3, 500_050)]
    assert rows(FundingLine.requested_cents) == [(300_050,), (400_000,)]
    assert "Rubrique complète" in owner.get(f"/dossiers/{draft}/budget").text


def test_a_year_that_does_not_balance_is_named(owner, it, draft):
    sections = multi_year(it)
    sections["budget"]["line_expense_641_0_amount_3"] = "6 100,50"
    fill(owner, draft, sections)
    told = owner.get(f"/dossiers/{draft}/budget").text
    assert "Année 2028 : Les charges dépassent les produits de 100,00 €." in told
    assert "Année 2027" not in told


def test_the_budget_is_typed_once_and_shown_back_year_by_year(owner, it, draft):
    fill(owner, draft, multi_year(it))
    page = owner.get(f"/dossiers/{draft}/budget").tree
    shown = {
        name: page.xpath(f'//input[@name="{name}"]/@value')
        for name in ("line_expense_641_0_amount", "line_expense_641_0_amount_2", "line_expense_641_0_amount_3",
                     "line_expense_606_0_amount_3")
    }  # fmt: skip
    assert shown == {
        "line_expense_641_0_amount": ["6 000,00"], "line_expense_641_0_amount_2": ["6 000,00"],
        "line_expense_641_0_amount_3": ["6 000,50"], "line_expense_606_0_amount_3": [""],
    }  # fmt: skip


def test_a_length_shortened_by_mistake_loses_nothing(owner, it, draft):
    sections = multi_year(it)
    fill(owner, draft, sections)
    before = dossier_of(fresh(draft)).later_years
    owner.save(draft, "projet", **(sections["projet"] | {"duration": "one_year"}))
    assert dossier_of(fresh(draft)).later_years == ()
    once = sections_of(it)
    owner.save(draft, "budget", **once["budget"])
    owner.save(draft, "financements", **once["financements"])
    owner.save(draft, "projet", **sections["projet"])
    assert dossier_of(fresh(draft)).later_years == before


@pytest.mark.parametrize("years", ["1", "5", "-2", "2,5", "deux", ""])
def test_a_length_out_of_the_list_is_not_kept(owner, it, draft, years):
    sections = multi_year(it, years)
    owner.save(draft, "projet", **sections["projet"])
    assert fresh(draft).years in {1, 3}


@pytest.mark.parametrize(
    ("duration", "years"), [(Duration.MULTI_YEAR, 1), (Duration.MULTI_YEAR, 5), (Duration.ONE_YEAR, 2)]
)
def test_the_database_holds_the_length(owner, draft, duration, years):
    with pytest.raises(sa.exc.IntegrityError, match="years"), unit_of_work():
        db.session.execute(sa.update(Application).where(Application.id == draft).values(duration=duration, years=years))


def test_what_is_filed_and_what_is_read_hold_every_year(owner, it, draft):
    fill(owner, draft, multi_year(it))
    owner.give_bank_account(it)
    for requirement in (it.rib, it.report):
        owner.add_document(draft, requirement.id)
    assert owner.sign(draft).status_code == 302
    snapshot = db.session.scalars(sa.select(Submission.snapshot)).one()
    filed = thawed(snapshot)
    assert filed.later_years == dossier_of(fresh(draft)).later_years
    grids = {part.section: part.grids for part in laid_out(filed)}
    assert grids[Section.BUDGET][0].columns == ("Libellé", "Compte", "2026", "2027", "2028")
    assert grids[Section.BUDGET][0].total[2:] == (
        "8\u202f000,50\u00a0€",
        "6\u202f500,00\u00a0€",
        "6\u202f000,50\u00a0€",
    )
    assert grids[Section.FUNDING][1].rows == (
        ("Ville d’essai", "Crédits politique de la ville", "4\u202f000,00\u00a0€", "5\u202f000,50\u00a0€"),
    )
    db.session.rollback()


def test_an_application_frozen_before_there_were_years_is_still_read(owner, it, draft):
    owner.fill(draft, it)
    owner.sign(draft)
    content = json.loads(db.session.scalars(sa.select(Submission.snapshot)).one())
    for name in ("years", "objectives_by_year"):
        del content["dossier"]["project"][name]
    del content["dossier"]["later_years"]
    old = thawed(json.dumps(content))
    assert (old.project.years, old.later_years, totals(old.budget).expenses) == (1, (), 800_050)
    db.session.rollback()


def test_the_lines_that_follow_the_forecasts_are_those_of_their_year(owner, it, draft):
    fill(owner, draft, multi_year(it))
    assert rows(
        BudgetLine.year_index, BudgetLine.account_code, BudgetLine.amount_cents,
        where=BudgetLine.funder_id.is_not(None),
    ) == [(1, "741", 300_050), (1, "745", 400_000), (2, "745", 400_000), (3, "745", 500_050)]  # fmt: skip

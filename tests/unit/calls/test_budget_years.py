"""The years of a multi-year budget side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules.budget_years import aligned, years_of
from portal.calls.rules.differences import differences
from portal.calls.rules.filing import BudgetEntry, LaterYear
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.states import Duration, Section, Side
from portal.foundation.refusals import Refusal
from tests.unit.calls.test_filing_rules import EMPTY

entries = st.builds(
    BudgetEntry, st.sampled_from(Side), st.sampled_from(["60", "61"]), st.just("Achats"),
    st.sampled_from(["Livres", "Jeux", ""]), st.integers(0, 10**9),
)  # fmt: skip
years = st.lists(st.lists(entries, max_size=6), min_size=1, max_size=4)


@given(years)
def test_putting_years_side_by_side_loses_no_cent(budgets):
    lines = aligned(budgets)
    for place, budget in enumerate(budgets):
        assert sum(line.amounts[place] or 0 for line in lines) == sum(entry.amount_cents for entry in budget)
        assert sorted(line.amounts[place] for line in lines if line.amounts[place] is not None) == sorted(
            entry.amount_cents for entry in budget
        )


@given(st.lists(entries, max_size=8))
def test_one_year_keeps_its_lines_in_their_order(budget):
    assert [line.first for line in aligned([budget])] == budget


@given(years)
def test_what_was_put_side_by_side_comes_back_the_same(budgets):
    lines = aligned(budgets)
    again = [
        [replace(line.first, amount_cents=line.amounts[place]) for line in lines if line.amounts[place] is not None]
        for place in range(len(budgets))
    ]
    assert [line.amounts for line in aligned(again)] == [line.amounts for line in lines]


@pytest.mark.parametrize("years", [None, 0, 1, 5, -3])
def test_a_multi_year_project_lasts_two_to_four_years(years):
    with pytest.raises(Refusal) as refused:
        years_of(Duration.MULTI_YEAR, years)
    assert refused.value.field == "years"


@pytest.mark.parametrize("duration", [Duration.ONE_YEAR, Duration.SCHOOL_YEAR])
def test_any_other_project_has_the_budget_of_one_year(duration):
    assert years_of(duration, 3) == 1


def test_a_budget_that_becomes_multi_year_is_told_under_the_columns_of_both():
    books = BudgetEntry(Side.EXPENSE, "606", "Autres fournitures", "Livres", 2_000_00)
    one = replace(EMPTY, budget=(books,))
    two = replace(one, later_years=(LaterYear(2, 2027, (replace(books, amount_cents=500_00),)),))
    told = [change for change in differences(one, two) if change.section is Section.BUDGET]
    assert [(change.label, change.before, change.after) for change in told] == [
        (
            "Charges\u00a0: Autres fournitures\u00a0: Livres",
            "Montant\u00a0: 2\u202f000,00\u00a0€",
            "2026\u00a0: 2\u202f000,00\u00a0€\u00a0; 2027\u00a0: 500,00\u00a0€",
        ),
        (
            "Charges\u00a0: Total",
            "Montant\u00a0: 2\u202f000,00\u00a0€",
            "2026\u00a0: 2\u202f000,00\u00a0€\u00a0; 2027\u00a0: 500,00\u00a0€",
        ),
        (
            "Produits\u00a0: Total",
            "Montant\u00a0: 0,00\u00a0€",
            "2026\u00a0: 0,00\u00a0€\u00a0; 2027\u00a0: 0,00\u00a0€",
        ),
    ]


def test_every_year_has_its_column_and_its_total():
    books = BudgetEntry(Side.EXPENSE, "606", "Autres fournitures", "Livres", 2_000_00)
    kind = BudgetEntry(Side.INCOME, "875", "Bénévolat", "Bénévolat", 5_00, is_in_kind=True)
    dossier = replace(EMPTY, budget=(books,), later_years=(LaterYear(2, 2027, (kind,)),))
    charges, _, in_kind_used, in_kind = next(part for part in laid_out(dossier) if part.section is Section.BUDGET).grids
    assert charges.rows == (("Autres fournitures\u00a0: Livres", "606", "2\u202f000,00\u00a0€", "—"),)
    assert charges.total == ("Total", "", "2\u202f000,00\u00a0€", "0,00\u00a0€")
    assert in_kind_used.rows == ()
    assert in_kind.rows == (("Bénévolat", "875", "—", "5,00\u00a0€"),)

"""The part of residents that a call asks for, and shares made equal."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules.apportioning import equal_shares
from portal.calls.rules.filing import PlacedShare
from portal.calls.rules.residents import is_met, residents_of, told
from portal.calls.states import ResidentsRule

people = st.integers(min_value=1, max_value=10**6)


@given(st.integers(min_value=0, max_value=10**6), people)
def test_each_rule_is_met_exactly_when_its_part_is_reached(residents, expected):
    part = Fraction(residents, expected)
    assert is_met(ResidentsRule.NONE, residents, expected)
    assert is_met(ResidentsRule.MAJORITY, residents, expected) == (part > Fraction(1, 2))
    assert is_met(ResidentsRule.TWO_THIRDS, residents, expected) == (part >= Fraction(2, 3))
    assert is_met(ResidentsRule.ALL, residents, expected) == (part >= 1)


def test_residents_of_a_quartier_in_watch_do_not_count():
    placed = [PlacedShare(1, "Encagnane", True, 5000, 40), PlacedShare(2, "Le Vallon", False, 5000, 15)]
    assert residents_of(placed) == 40


@pytest.mark.parametrize(
    ("rule", "residents", "expected", "words"),
    [
        (ResidentsRule.MAJORITY, 30, 60, "L’appel demande plus de la moitié : il en manque 1."),
        (ResidentsRule.TWO_THIRDS, 40, 60, "L’appel demande les deux tiers : c’est atteint."),
        (ResidentsRule.NONE, 40, 60, "sur 60 personnes attendues, soit 66,66 %."),
        (ResidentsRule.ALL, 40, None, "manque pour comparer."),
    ],
)
def test_where_the_project_stands_is_told_in_numbers(rule, residents, expected, words):
    assert told(rule, residents, expected).replace("\u00a0", " ").endswith(words)


@given(st.lists(st.integers(), unique=True, max_size=40))
def test_equal_shares_make_the_whole_and_differ_by_a_hundredth_at_most(ids):
    shares = equal_shares(ids)
    assert list(shares) == ids
    assert not ids or (sum(shares.values()) == 10_000 and max(shares.values()) - min(shares.values()) <= 1)

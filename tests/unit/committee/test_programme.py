"""Totals of the programming table: to the cent, whatever the shares."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from portal.committee.rules.programme import Amounts, Sums, by_group, by_quartier, warnings, whole

CENTS = st.none() | st.integers(0, 10**9)
LINES = st.lists(st.builds(Amounts, st.integers(1, 4), CENTS, CENTS, CENTS, CENTS), max_size=12)
PLACEMENTS = st.dictionaries(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(1, 5), st.none() | st.integers(0, 10_000)), max_size=4, unique_by=lambda p: p[0]),
)


@given(LINES, PLACEMENTS)
def test_quartiers_add_up_to_the_city_to_the_cent(lines, placements):
    assert reduce(Sums.__add__, by_quartier(lines, placements).values(), Sums()) == whole(lines)


@given(LINES, st.dictionaries(st.integers(1, 4), st.integers(1, 3)))
def test_groups_add_up_to_the_whole(lines, groups):
    assert reduce(Sums.__add__, by_group(lines, groups).values(), Sums()) == whole(lines)


def test_a_share_nobody_knows_stands_apart():
    line = Amounts(1, 100, None, None, None)
    assert by_quartier([line], {1: [(7, None), (8, None)]}) == {None: Sums(100)}
    assert by_quartier([line], {1: [(7, None)]}) == {7: Sums(100)}


def told(**values):
    usual = {"asks_state": True, "quartier_kinds": {"qpv"}, "public_share_bp": None, "public_share_limit_bp": 8000}
    return warnings(**(usual | values))


def test_the_state_in_active_watch_alone_is_pointed_out():
    assert told(quartier_kinds={"active_watch"}) == ("Crédits de l’État demandés en veille active seulement",)
    assert told(quartier_kinds={"active_watch", "qpv"}) == ()
    assert told(quartier_kinds={"active_watch"}, asks_state=False) == ()


def test_public_money_above_the_share_of_the_call_is_pointed_out():
    assert told(public_share_bp=8001) == ("Financements publics\u00a0: 80,01\u00a0% du budget",)
    assert told(public_share_bp=8000) == ()
    assert told(public_share_bp=9000, public_share_limit_bp=None) == ()

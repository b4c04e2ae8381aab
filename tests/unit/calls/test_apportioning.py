"""Parts by quartier add up to the amount, to the cent."""

from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules.apportioning import parts


@given(st.integers(min_value=0, max_value=10**11), st.lists(st.integers(min_value=1, max_value=10_000), min_size=1))
def test_the_parts_of_an_amount_add_up_to_it(amount, shares):
    assert sum(parts(amount, shares)) == amount


def test_a_single_quartier_takes_all_even_when_its_share_was_never_said():
    assert parts(100_01, [None]) == [100_01]


def test_what_is_unknown_stays_unknown_and_never_becomes_nothing():
    assert parts(None, [5000, 5000]) == [None, None]
    assert parts(100_00, [None, 5000]) == [None, None]
    assert parts(100_00, [0, 0]) == [None, None]


def test_the_odd_cent_goes_to_the_largest_remainder():
    assert parts(100, [3334, 3333, 3333]) == [34, 33, 33]

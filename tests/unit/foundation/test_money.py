import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.money import (
    MAX_CENTS,
    format_euros,
    format_euros_round,
    format_share,
    group_thousands,
    largest_remainder,
    parse_euros,
    parse_share,
)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("0", 0),
        ("1234", 123_400),
        ("1234,5", 123_450),
        ("1234.56", 123_456),
        ("1 234,56", 123_456),
        ("1\u202f234,56\u00a0€", 123_456),
        ("1\u00a0234 €", 123_400),
        ("1\u2009234", 123_400),
        ("12 345 678 euros", 1_234_567_800),
        (" 15 EUR ", 1_500),
        ("007", 700),
        ("1000000000", MAX_CENTS),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, cents):
    assert parse_euros(typed) == cents


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("environ 200", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("1.234,56", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("12 34", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("1e3", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("12,", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("١٢", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("12 $", "Indiquez un montant en euros, par exemple 1 234,56."),
        ("-5", "Indiquez un nombre positif."),
        ("−5", "Indiquez un nombre positif."),
        ("1,234", "Indiquez au plus deux chiffres après la virgule."),
        ("1000000000,01", "Ce montant est trop élevé : au plus un milliard d’euros."),
        ("9" * 5_000, "Ce montant est trop élevé : au plus un milliard d’euros."),
    ],
)
def test_any_other_amount_is_refused_in_french(typed, message):
    with pytest.raises(ValueError) as refusal:
        parse_euros(typed)
    assert str(refusal.value) == message


@given(st.integers(0, MAX_CENTS))
def test_a_written_amount_reads_back_to_the_cent(cents):
    assert parse_euros(format_euros(cents)) == cents


@given(st.text())
def test_reading_an_amount_gives_cents_or_a_message_and_nothing_else(typed):
    try:
        assert 0 <= parse_euros(typed) <= MAX_CENTS
    except ValueError as refusal:
        assert str(refusal).endswith(".")


def test_amounts_are_written_with_french_spaces():
    assert format_euros(123_456_789) == "1\u202f234\u202f567,89\u00a0€"
    assert format_euros(5) == "0,05\u00a0€"
    assert format_euros(-123_456) == "\u22121\u202f234,56\u00a0€"


def test_rounded_amounts_take_the_nearest_euro():
    assert [format_euros_round(cents) for cents in (149, 150, -150, -49, 0)] == [
        "1\u00a0€", "2\u00a0€", "\u22122\u00a0€", "0\u00a0€", "0\u00a0€",
    ]  # fmt: skip


def test_whole_numbers_are_grouped_by_thousands():
    assert [group_thousands(n) for n in (0, 999, 1000, -12_345)] == [
        "0",
        "999",
        "1\u202f000",
        "\u221212\u202f345",
    ]


def test_shares_show_only_the_decimals_they_need():
    assert [format_share(bp) for bp in (0, 1_250, 1_255, 5_000, 10_000, 5)] == [
        "0\u00a0%", "12,5\u00a0%", "12,55\u00a0%", "50\u00a0%", "100\u00a0%", "0,05\u00a0%",
    ]  # fmt: skip


@given(st.integers(0, 10_000))
def test_a_written_share_reads_back(basis_points):
    assert parse_share(format_share(basis_points)) == basis_points


def test_a_share_above_the_whole_is_refused():
    with pytest.raises(ValueError, match="Un pourcentage ne peut pas dépasser 100"):
        parse_share("100,01")


def test_cents_left_over_go_to_the_largest_remainders():
    assert largest_remainder(10_000, [1, 1, 1]) == [3_334, 3_333, 3_333]
    assert largest_remainder(100, [1, 2, 4]) == [14, 29, 57]
    assert largest_remainder(-100, [1, 2, 4]) == [-14, -29, -57]
    assert largest_remainder(0, [0, 0]) == [0, 0]


def test_nothing_is_apportioned_without_weights():
    for weights in ([], [0, 0]):
        with pytest.raises(ValueError, match="every weight is zero"):
            largest_remainder(1, weights)
    with pytest.raises(ValueError, match="negative"):
        largest_remainder(1, [2, -1])


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any))
def test_parts_add_up_and_stay_within_one_unit_of_their_exact_share(total, weights):
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    assert all(abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights))


@given(st.integers(0, 10**9), st.lists(st.integers(0, 100), min_size=1, max_size=12).filter(any))
def test_a_heavier_weight_never_gets_less(total, weights):
    pairs = sorted(zip(weights, largest_remainder(total, weights)), key=lambda pair: pair[0])
    assert all(lighter[1] <= heavier[1] for lighter, heavier in zip(pairs, pairs[1:]) if lighter[0] < heavier[0])

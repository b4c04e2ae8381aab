"""The rules of a bilan, on plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.states import Side
from portal.evaluation.rules.answers import Answer, check_people, check_ratio, missing_answers
from portal.evaluation.rules.cycle import awaited_kind, is_late, satisfies
from portal.evaluation.rules.gaps import AccountGap, Line, account_gaps, check_in_kind, gap_bp, totals
from portal.evaluation.states import BilanKind, BilanStatus
from portal.foundation.refusals import Refusal

cents = st.integers(min_value=0, max_value=10**11)


def test_a_gap_is_told_in_share_of_the_forecast():
    assert gap_bp(2_000_00, 1_500_00) == -2500
    assert gap_bp(3, 4) == 3333
    assert gap_bp(0, 100) is None


@given(cents.filter(bool), cents)
def test_a_gap_of_more_than_ten_percent_asks_for_a_word_and_no_smaller_one(expected, actual):
    (gap,) = account_gaps([Line(Side.EXPENSE, "606", expected)], [Line(Side.EXPENSE, "606", actual)])
    if abs(actual - expected) * 100 > expected * 11:
        assert gap.asks_for_a_word
    if abs(actual - expected) * 10 <= expected:
        assert not gap.asks_for_a_word


def test_the_lines_of_an_account_are_compared_together():
    expected = [Line(Side.EXPENSE, "606", 100), Line(Side.EXPENSE, "606", 100), Line(Side.INCOME, "74", 50)]
    actual = [Line(Side.EXPENSE, "606", 200), Line(Side.EXPENSE, "625", 10)]
    assert account_gaps(expected, actual) == [
        AccountGap(Side.EXPENSE, "606", 200, 200, 0),
        AccountGap(Side.EXPENSE, "625", 0, 10, None),
        AccountGap(Side.INCOME, "74", 50, None, None),
    ]


def test_a_line_not_answered_yet_asks_for_no_word_but_an_unforeseen_one_does():
    assert not AccountGap(Side.INCOME, "74", 50, None, None).asks_for_a_word
    assert AccountGap(Side.EXPENSE, "625", 0, 10, None).asks_for_a_word


def test_totals_leave_in_kind_contributions_apart():
    lines = [Line(Side.EXPENSE, "606", 100), Line(Side.EXPENSE, "864", 30), Line(Side.INCOME, "875", 20)]
    found = totals(lines)
    assert (found.expense_cents, found.in_kind_expense_cents, found.in_kind_income_cents) == (100, 30, 20)
    with pytest.raises(Refusal):
        check_in_kind(lines)


def test_people_need_a_total_that_holds_its_parts():
    check_people(10, "", [4, 6], [10])
    check_people(None, "Action de rue", [], [])
    with pytest.raises(Refusal) as refused:
        check_people(None, "", [3], [])
    assert refused.value.field == "people_reached"
    with pytest.raises(Refusal):
        check_people(9, "", [], [10])
    with pytest.raises(Refusal) as refused:
        check_people(9, "Pas compté", [], [])
    assert refused.value.field == "not_measured_reason"


@pytest.mark.parametrize(("numerator", "denominator"), [(None, 3), (3, None), (0, 0), (4, 3)])
def test_the_two_parts_of_a_ratio_hold_together(numerator, denominator):
    with pytest.raises(Refusal):
        check_ratio(numerator, denominator)


def test_nothing_is_missing_from_a_whole_answer():
    words = {"Ce qui a été fait": "Des ateliers"}
    indicators = [Answer("Enfants", True, ""), Answer("Progrès", False, "Pas de relevé")]
    assert missing_answers(words, 10, "", indicators, [], []) == []
    assert missing_answers(words, None, "Action de rue", indicators, [], []) == []
    lacking = missing_answers({"Quoi": " "}, None, "", [Answer("Enfants", False, "")], ["606"], ["641"])
    assert [each.section for each in lacking] == ["recit", "budget", "budget", "public", "indicateurs"]


def test_filing_for_a_year_looks_at_the_interim_before_and_the_final_before_that():
    assert awaited_kind(2026, 2027) is BilanKind.INTERIM
    assert awaited_kind(2025, 2027) is BilanKind.FINAL
    assert awaited_kind(2024, 2027) is None
    assert satisfies(BilanKind.FINAL, BilanKind.INTERIM)
    assert not satisfies(BilanKind.INTERIM, BilanKind.FINAL)


def test_a_bilan_is_late_the_day_after_and_only_in_its_authors_hands():
    due = date(2027, 6, 30)
    assert not is_late(BilanStatus.BEGUN, due, due)
    assert is_late(BilanStatus.BEGUN, due, date(2027, 7, 1))
    assert not is_late(BilanStatus.SUBMITTED, due, date(2027, 7, 1))
    assert not is_late(BilanStatus.DUE, None, date(2027, 7, 1))

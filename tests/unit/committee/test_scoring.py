"""Marks, totals, means: exact integers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules import Role
from portal.committee.rules.scoring import (
    ASSESSMENT,
    Mark,
    Summary,
    running_total,
    score,
    sees_scores,
    summary,
    written_score,
)
from portal.committee.states import AssessmentStatus, Verdict
from portal.foundation.refusals import Refusal, Refusals

DRAFT, FINAL = AssessmentStatus.DRAFT, AssessmentStatus.FINAL


def marks(*levels, weights=(60, 40), comment=""):
    return [Mark(number, weight, level, comment) for number, (weight, level) in enumerate(zip(weights, levels), 1)]


def test_full_marks_make_a_hundred_and_none_makes_zero():
    assert [running_total(marks(4, 4)), running_total(marks(0, 0)), running_total(marks(3, 1))] == [10000, 0, 5500]


def test_a_mark_not_given_counts_for_nothing_and_leaves_the_sheet_without_score():
    assert (running_total(marks(4, None)), score(marks(4, None)), score([])) == (6000, None, None)


def test_weights_that_do_not_add_to_a_hundred_still_score_out_of_a_hundred():
    assert running_total(marks(4, 4, 2, weights=(1, 1, 1))) == 8333


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 4)), min_size=1, max_size=12))
def test_a_score_is_always_between_zero_and_a_hundred(lines):
    total = running_total([Mark(0, weight, level) for weight, level in lines])
    assert 0 <= total <= 10000


def test_the_mean_is_rounded_to_the_nearest_hundredth_and_the_spread_is_exact():
    assert summary([5000, 5001, 5001], 1) == Summary(5001, 1, 3, 1)
    assert summary([5000, 5001], 0).mean == 5001
    assert summary([], 2) == Summary(None, None, 0, 2)


@pytest.mark.parametrize(("hundredths", "written"), [(7250, "72,50"), (5, "0,05"), (10000, "100,00"), (None, "–")])
def test_a_score_is_written_with_two_decimals(hundredths, written):
    assert written_score(hundredths) == written


def test_a_sheet_is_given_only_whole_and_every_lack_is_told():
    lacking = [Mark(1, 60, 1, " "), Mark(2, 40, None)]
    with pytest.raises(Refusals) as refused:
        ASSESSMENT.check("finalise", DRAFT, {Role.REVIEWER}, verdict=None, reserves="", marks=lacking)
    assert [refusal.field for refusal in refused.value.refusals] == ["verdict", "level_2", "comment_1"]


@pytest.mark.parametrize("verdict", [Verdict.RESERVED, Verdict.UNFAVOURABLE])
def test_a_reserved_or_unfavourable_sheet_says_why(verdict):
    with pytest.raises(Refusals) as refused:
        ASSESSMENT.check("finalise", DRAFT, {Role.REVIEWER}, verdict=verdict, reserves=" ", marks=marks(4, 4))
    assert [refusal.field for refusal in refused.value.refusals] == ["reserves"]


def test_without_a_grid_the_opinion_alone_is_given():
    step = ASSESSMENT.check("finalise", DRAFT, {Role.REVIEWER}, verdict=Verdict.FAVOURABLE, reserves="", marks=[])
    assert step.target == FINAL


def test_a_sheet_is_given_once():
    with pytest.raises(Refusal, match="déjà fait"):
        ASSESSMENT.check("finalise", FINAL, {Role.REVIEWER}, verdict=Verdict.NONE, reserves="", marks=[])


def test_only_the_direction_reopens_a_sheet_and_says_why():
    with pytest.raises(Refusal, match="qualité"):
        ASSESSMENT.check("reopen", FINAL, {Role.REVIEWER}, reason="Erreur")
    with pytest.raises(Refusal) as refused:
        ASSESSMENT.check("reopen", FINAL, {Role.OFFICER}, reason="  ")
    assert refused.value.field == "reason"
    assert ASSESSMENT.check("reopen", FINAL, {Role.OFFICER}, reason="Erreur").target == DRAFT
    with pytest.raises(Refusal, match="déjà fait"):
        ASSESSMENT.check("reopen", DRAFT, {Role.OFFICER}, reason="Erreur")


@pytest.mark.parametrize(
    ("oversees", "reviews", "blind", "own_final", "own_pending", "sees"),
    [
        (True, False, True, False, False, True),  # the officer who scores nothing
        (True, True, True, False, True, False),  # an officer who still owes an analysis
        (False, True, True, False, True, False),
        (False, True, True, True, False, True),
        (False, True, True, False, False, False),  # a reviewer of the call without this file
        (False, True, False, False, True, True),  # the call is not blind
        (False, False, False, False, False, False),  # a funder's agent
    ],
)
def test_blind_scoring(oversees, reviews, blind, own_final, own_pending, sees):
    found = sees_scores(oversees=oversees, reviews=reviews, blind=blind, own_final=own_final, own_pending=own_pending)
    assert found is sees

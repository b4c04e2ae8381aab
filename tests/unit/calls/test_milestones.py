"""The steps of a call: where they stand, the usual ones, those of next year."""

from __future__ import annotations

from datetime import date

import pytest

from portal.calls.rules import milestones as rules
from portal.calls.rules.calling import CallDates
from portal.calls.rules.milestones import MilestoneTerms
from portal.calls.states import MilestoneKind, MilestoneState
from portal.foundation.periods import parse_instant
from portal.foundation.refusals import Refusal

TODAY = date(2026, 3, 10)
CLOSING = parse_instant("20/11/2026 18:00")


def terms(starts_on, ends_on=None):
    return MilestoneTerms(MilestoneKind.COTECH, "COTECH", "État", starts_on, ends_on, False)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_done", "state"),
    [
        (date(2026, 3, 11), None, False, MilestoneState.COMING),
        (TODAY, None, False, MilestoneState.RUNNING),
        (date(2026, 3, 9), TODAY, False, MilestoneState.RUNNING),
        (date(2026, 3, 9), None, False, MilestoneState.LATE),
        (date(2026, 3, 1), date(2026, 3, 9), False, MilestoneState.LATE),
        (date(2026, 3, 9), None, True, MilestoneState.DONE),
        (date(2026, 4, 1), None, True, MilestoneState.DONE),
    ],
)
def test_a_step_is_late_from_the_day_after_its_last_one(starts_on, ends_on, is_done, state):
    assert rules.state_of(starts_on, ends_on, is_done=is_done, today=TODAY) is state


def test_the_usual_steps_stand_around_the_closing_and_never_on_a_week_end():
    offered = rules.offered(CLOSING)
    assert [(step.kind.value, step.starts_on) for step in offered[:3]] == [
        ("information", date(2026, 10, 12)),  # forty days before is a Sunday
        ("completeness", date(2026, 11, 23)),
        ("cotech", date(2026, 12, 11)),
    ]
    days = [day for step in offered for day in (step.starts_on, step.ends_on) if day is not None]
    assert {day.weekday() for day in days} <= {0, 1, 2, 3, 4}
    assert all(step.ends_on is None or step.ends_on > step.starts_on for step in offered)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23)),
    ],
)
def test_a_week_end_gives_way_to_its_monday(day, worked):
    assert rules.working_day(day) == worked


def test_a_step_of_last_year_is_laid_on_the_same_day_or_the_monday_after():
    # 5 March 2026 is a Thursday, 5 March 2027 a Friday; 6 March 2027 a Saturday.
    later = rules.years_later(terms(date(2026, 3, 5), date(2026, 3, 6)), 1)
    assert (later.starts_on, later.ends_on) == (date(2027, 3, 5), date(2027, 3, 8))
    assert rules.years_later(terms(date(2028, 2, 29)), 1).starts_on == date(2029, 2, 28)


def test_a_step_moves_by_days_either_way():
    assert rules.days_later(terms(date(2026, 3, 5)), 7).starts_on == date(2026, 3, 12)
    assert rules.days_later(terms(date(2026, 3, 5)), -3).starts_on == date(2026, 3, 2)


@pytest.mark.parametrize("days", [0, 367, -367])
def test_a_move_of_nothing_or_of_more_than_a_year_is_refused(days):
    with pytest.raises(Refusal) as refused:
        rules.check_shift(days)
    assert refused.value.field == "days"


def test_an_end_before_the_start_is_refused_beside_the_end():
    with pytest.raises(Refusal) as refused:
        terms(date(2026, 3, 5), date(2026, 3, 4)).check()
    assert (refused.value.field, refused.value.message) == ("ends_on", "La fin précède le début.")


def test_the_dates_of_the_call_stand_in_its_plan_with_their_hour():
    dates = CallDates(
        parse_instant("01/10/2026 09:00"), CLOSING, date(2027, 1, 1), date(2027, 12, 31), date(2028, 6, 30)
    )
    lines = rules.in_order(rules.own_lines(dates, parse_instant("20/11/2026 17:59")))
    assert [(line.code, line.starts_on, line.at, line.state.value) for line in lines] == [
        ("opening", date(2026, 10, 1), dates.opens_at, "done"),
        ("closing", date(2026, 11, 20), CLOSING, "coming"),
        ("actions_start", date(2027, 1, 1), None, "coming"),
        ("actions_end", date(2027, 12, 31), None, "coming"),
        ("bilan", date(2028, 6, 30), None, "coming"),
    ]

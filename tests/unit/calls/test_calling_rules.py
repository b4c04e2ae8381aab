"""The rules of a call: dates, closing, what it needs before publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules import calling
from portal.calls.rules.calling import CallContents, CallDates, CallWindow
from portal.calls.states import CallStatus
from portal.foundation.periods import from_paris_input, parse_instant, to_paris
from portal.foundation.refusals import Refusal, Refusals

GRACE = 120
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AUTUMN_NIGHT, SPRING_NIGHT = date(2026, 10, 25), date(2027, 3, 28)
MONTH = timedelta(days=30)


def window(closes_at, **changes):
    return replace(CallWindow(CallStatus.PUBLISHED, closes_at - MONTH, closes_at, GRACE), **changes)


def nights_of_change():
    """Times typed on the two nights when the clocks of Paris change, those that exist."""
    return st.builds(
        lambda day, minutes: datetime(day.year, day.month, day.day) + timedelta(minutes=minutes),
        st.sampled_from([AUTUMN_NIGHT, SPRING_NIGHT]),
        st.integers(0, 24 * 60 - 1),
    ).filter(lambda typed: typed.date() != SPRING_NIGHT or typed.hour != 2)


# -- closing ------------------------------------------------------------------------------------


@given(typed=nights_of_change(), early=st.integers(0, 24 * 3600), opened=st.none() | st.integers(0, 3600))
def test_whatever_the_night_an_application_received_before_closing_is_in_time(typed, early, opened):
    closes_at = from_paris_input(typed)
    received = closes_at - timedelta(seconds=early)
    form = None if opened is None else received - timedelta(seconds=opened)
    assert calling.closing_verdict(window(closes_at), received, form) == 0


@given(typed=nights_of_change(), late=st.integers(1, GRACE * 1000), opened=st.integers(0, 7200))
def test_the_grace_serves_a_form_opened_before_closing_and_counts_the_seconds(typed, late, opened):
    closes_at = from_paris_input(typed)
    received = closes_at + timedelta(milliseconds=late)
    seconds = calling.closing_verdict(window(closes_at), received, closes_at - timedelta(seconds=opened))
    assert 0 < seconds <= GRACE
    assert seconds - 1 < late / 1000 <= seconds


@given(typed=nights_of_change(), late=st.integers(1, 10**7), opened=st.integers(1, 10**7) | st.none())
def test_a_form_opened_after_closing_is_refused_at_once(typed, late, opened):
    closes_at = from_paris_input(typed)
    form = None if opened is None else closes_at + timedelta(milliseconds=opened)
    with pytest.raises(Refusal, match="clos"):
        calling.closing_verdict(window(closes_at), closes_at + timedelta(milliseconds=late), form)


@given(typed=nights_of_change(), beyond=st.integers(1, 10**8))
def test_nothing_passes_the_grace(typed, beyond):
    closes_at = from_paris_input(typed)
    received = closes_at + timedelta(seconds=GRACE, microseconds=beyond)
    with pytest.raises(Refusal, match="clos"):
        calling.closing_verdict(window(closes_at), received, closes_at - timedelta(hours=1))


def test_the_hour_that_comes_twice_closes_at_its_second_coming():
    closes_at = parse_instant("25/10/2026 02:30")
    first_coming = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert closes_at - first_coming == timedelta(hours=1)
    assert calling.closing_verdict(window(closes_at), first_coming + timedelta(minutes=59)) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": CallStatus.DRAFT}, "pas encore ouvert"),
        ({"opens_at": NOW + timedelta(seconds=1)}, "pas encore ouvert"),
        ({"status": CallStatus.ARCHIVED}, "terminé"),
    ],
)
def test_a_call_not_open_takes_nothing(changes, words):
    with pytest.raises(Refusal, match=words):
        calling.closing_verdict(window(NOW + timedelta(days=3), **changes), NOW)


# -- dates --------------------------------------------------------------------------------------


@given(
    typed=st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31, 23, 59)).map(lambda t: t.replace(second=0)),
    years=st.integers(1, 5),
)
def test_dates_shifted_keep_their_day_and_hour_of_paris(typed, years):
    try:
        instant = from_paris_input(typed)
    except ValueError:
        return
    local = to_paris(calling.shifted_instant(instant, years)).replace(tzinfo=None, fold=0)
    wanted = to_paris(instant).replace(tzinfo=None, fold=0)
    day = calling.shifted_day(wanted.date(), years)
    # Only an hour that the new night lacks moves, to the next one.
    assert local.date() == day
    assert (local - datetime.combine(day, wanted.time())) in (timedelta(0), timedelta(hours=1))


def test_an_hour_that_the_new_night_lacks_becomes_the_next_one():
    # 29 March 2026 is not the night of 2027's change; 28 March 2026 at 2:30 exists, in 2027 it does not.
    shifted = calling.shifted_instant(parse_instant("28/03/2026 02:30"), 1)
    assert to_paris(shifted).strftime("%d/%m/%Y %H:%M") == "28/03/2027 03:30"


def test_the_29th_of_february_becomes_the_28th():
    assert calling.shifted_day(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_the_usual_calendar_holds_together():
    for year in range(2024, 2031):
        dates = calling.default_dates(year)
        dates.check()
        dates.shifted(1).check()


def test_every_wrong_date_is_told_at_once_beside_its_field():
    wrong = CallDates(NOW, NOW, date(2026, 5, 2), date(2026, 5, 1), date(2026, 4, 1))
    with pytest.raises(Refusals) as refused:
        wrong.check()
    assert [refusal.field for refusal in refused.value.refusals] == ["closes_at", "actions_end_on", "bilan_due_on"]


def test_a_closing_only_moves_later_and_into_the_future():
    day = timedelta(days=1)
    assert calling.extended_closing(NOW, NOW + day, NOW - day) == NOW + day
    with pytest.raises(Refusal, match="postérieure") as earlier:
        calling.extended_closing(NOW, NOW, NOW - day)
    assert earlier.value.field == "closes_at"
    with pytest.raises(Refusal, match="déjà passée"):
        calling.extended_closing(NOW - 3 * day, NOW - day, NOW)


# -- publishing and ending ------------------------------------------------------------------------

READY = CallContents(NOW + MONTH, True, 2, 5, True, [60, 40], [], 1)


def test_a_complete_call_lacks_nothing():
    assert calling.missing_to_publish(READY, NOW) == []


def test_an_empty_call_is_told_everything_it_lacks():
    empty = CallContents(NOW, False, 0, 0, True, [60, 35], ["Budget"], 0)
    told = calling.missing_to_publish(empty, NOW)
    assert [words.split("\u00a0:")[0] for words in told] == [
        "Les dates",
        "La présentation",
        "Les quartiers",
        "Les documents",
        "Les enveloppes",
        "La grille",
        "La grille",
    ]
    assert "totalisent 95" in told[5]
    assert "Budget" in told[6]


def test_the_grid_of_a_call_without_scoring_is_not_looked_at():
    assert calling.missing_to_publish(replace(READY, scoring_enabled=False, weights=[]), NOW) == []


@given(st.lists(st.integers(1, 100), min_size=1, max_size=10))
def test_weights_pass_only_when_they_add_to_a_hundred(weights):
    if sum(weights) == 100:
        calling.check_weights(weights)
    else:
        with pytest.raises(Refusal, match=f"totalisent {sum(weights)}"):
            calling.check_weights(weights)


@pytest.mark.parametrize(
    ("closes_at", "undecided", "words"),
    [
        (NOW, 0, "Attendez sa clôture"),
        (NOW - MONTH, 1, "Un dossier attend"),
        (NOW - MONTH, 3, "3 dossiers attendent"),
    ],
)
def test_a_call_ends_only_once_closed_and_decided(closes_at, undecided, words):
    with pytest.raises(Refusal, match=words):
        calling.check_over(closes_at, undecided, NOW)


def test_a_call_closed_and_decided_may_end():
    calling.check_over(NOW - MONTH, 0, NOW)

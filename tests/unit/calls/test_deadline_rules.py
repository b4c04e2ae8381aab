"""Until when an application may be filed: the closing, its grace, an exemption, and the nights of summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules.calling import CallWindow, closing_verdict, is_open
from portal.calls.rules.deadlines import exempted, moved
from portal.calls.rules.reception import check_received, reminders_due
from portal.calls.rules.signing import Standing, refused
from portal.calls.states import CallStatus
from portal.foundation.periods import from_paris_input, parse_instant
from portal.foundation.refusals import Refusal

PARIS = ZoneInfo("Europe/Paris")
CLOSES = datetime(2026, 11, 20, 17, tzinfo=UTC)
WINDOW = CallWindow(CallStatus.PUBLISHED, CLOSES - timedelta(days=30), CLOSES, 120)

# Instants around the two nights on which Paris changes its clocks, and around the closing.
NIGHTS = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC), CLOSES)
instants = st.sampled_from(NIGHTS).flatmap(
    lambda night: st.integers(-4 * 3600, 4 * 3600).map(lambda seconds: night + timedelta(seconds=seconds))
)


@given(closing=instants, late=st.integers(-3600, 3600), opened=st.integers(-7200, 7200))
def test_the_closing_and_its_grace_are_counted_in_true_seconds_whatever_the_clocks_do(closing, late, opened):
    window = CallWindow(CallStatus.PUBLISHED, closing - timedelta(days=30), closing, 120)
    received_at, opened_at = closing + timedelta(seconds=late), closing + timedelta(seconds=opened)
    # The same instant told by Paris's clock weighs the same.
    for told in (received_at, received_at.astimezone(PARIS)):
        if late <= 0:
            assert closing_verdict(window, told, opened_at) == 0
        elif late <= 120 and opened <= 0:
            assert closing_verdict(window, told, opened_at) == late
        else:
            with pytest.raises(Refusal, match="clos"):
                closing_verdict(window, told, opened_at)


@given(exemptions=st.lists(instants, max_size=4))
def test_an_exemption_only_ever_gives_time(exemptions):
    window = moved(WINDOW, exemptions)
    assert window.closes_at == max([CLOSES, *exemptions])
    assert is_open(window, window.closes_at)
    assert not is_open(window, window.closes_at + timedelta(seconds=1))
    assert (window.opens_at, window.grace_seconds, window.status) == (WINDOW.opens_at, 120, CallStatus.PUBLISHED)


@given(until=instants, now=instants)
def test_an_exemption_goes_beyond_the_closing_and_into_the_future(until, now):
    if until > CLOSES and until > now:
        assert exempted(until, CLOSES, now) == until
    else:
        with pytest.raises(Refusal) as told:
            exempted(until, CLOSES, now)
        assert told.value.field == "until"


def test_the_hour_that_the_night_of_march_lacks_is_refused_and_that_of_october_is_its_second_coming():
    with pytest.raises(ValueError, match="n’existe pas"):
        parse_instant("29/03/2026 02:30")
    until = from_paris_input(datetime(2026, 10, 25, 2, 30))
    assert until == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    window = moved(
        CallWindow(CallStatus.PUBLISHED, CLOSES - timedelta(days=90), NIGHTS[1] - timedelta(days=9), 0), [until]
    )
    # Half past two comes twice that night: both times are in time, and a second after the later is not.
    for received_at in (until - timedelta(hours=1), until):
        assert closing_verdict(window, received_at) == 0
    with pytest.raises(Refusal):
        closing_verdict(window, until + timedelta(seconds=1))


@given(received_at=instants, now=instants)
def test_nothing_is_received_tomorrow_nor_before_the_opening(received_at, now):
    opens_at = CLOSES - timedelta(hours=1)
    if opens_at <= received_at <= now:
        check_received(received_at, opens_at, now)
    else:
        with pytest.raises(Refusal) as told:
            check_received(received_at, opens_at, now)
        assert told.value.field == "received_at"


@pytest.mark.parametrize(("days", "due"), [(0, 0), (6, 0), (7, 1), (20, 1), (21, 2), (400, 2)])
def test_two_reminders_follow_a_demand(days, due):
    assert reminders_due(CLOSES, CLOSES + timedelta(days=days)) == due


@pytest.mark.parametrize(
    ("standing", "entitled"),
    [
        (Standing(True, ("Noa Membre",), (), False), True),
        (Standing(False, ("Noa Membre", "noa@a.test"), ("NOA MEMBRE",), False), True),
        (Standing(False, ("Noa Membre", "noa@a.test"), (None, "Noa@A.test"), False), True),
        (Standing(False, ("Noa Membre",), (), True), True),
        (Standing(False, ("Noa Membre",), ("Dominique Martin", None), False), False),
    ],
)
def test_who_may_sign_for_an_organisation(standing, entitled):
    assert standing.is_entitled is entitled


def test_whoever_may_not_sign_is_told_whom_to_ask():
    told = refused(Standing(False, ("Noa",), (), False, owners=("Awa Diop", "Luc Roy")))
    assert "(Awa Diop, Luc Roy)" in told

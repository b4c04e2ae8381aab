"""Where a call stands, on the clocks of Paris."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.site.rules.moments import Moment, days_left, moment

OPENS = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
CLOSES = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - timedelta(seconds=1), Moment.COMING),
        (OPENS, Moment.OPEN),
        (CLOSES - timedelta(seconds=1), Moment.OPEN),
        (CLOSES, Moment.PAST),
    ],
)
def test_a_call_is_coming_open_then_past(now, expected):
    assert moment(OPENS, CLOSES, archived=False, now=now) is expected


def test_an_archived_call_is_past_whatever_its_dates():
    assert moment(OPENS, CLOSES, archived=True, now=OPENS) is Moment.PAST


def test_days_are_counted_by_the_midnights_of_paris():
    # 23:30 in Paris on the 19th: the closing is tomorrow though less than a day away.
    assert days_left(CLOSES, datetime(2026, 11, 19, 22, 30, tzinfo=UTC)) == 1
    # 00:30 in Paris on the 20th, still the 19th in universal time: today.
    assert days_left(CLOSES, datetime(2026, 11, 19, 23, 30, tzinfo=UTC)) == 0

"""The calendar file: read again by the library that others use, at the hours of Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from portal.foundation.calendars import CalendarEntry, calendar_file
from portal.foundation.periods import PARIS, parse_instant

CHANGED = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def entry(starts, ends_on=None, **values):
    return CalendarEntry(
        uid=values.pop("uid", "appel-1@essai"),
        title=values.pop("title", "Clôture"),
        description="Dernier jour ; soyez à l’heure, merci",
        starts=starts,
        ends_on=ends_on,
        sequence=values.pop("sequence", 0),
        changed_at=CHANGED,
        **values,
    )


def written(*entries):
    return calendar_file("Appel 2027", "https://portail.test/appels-a-projets/1", entries)


def read(*entries):
    calendar = icalendar.Calendar.from_ical(written(*entries))
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize(
    ("typed", "utc_hour"),
    [("20/11/2026 18:00", 17), ("20/07/2026 18:00", 16), ("24/10/2026 18:00", 16), ("25/10/2026 18:00", 17)],
)
def test_an_hour_of_paris_stays_itself_on_either_side_of_a_change_of_hour(typed, utc_hour):
    (event,) = read(entry(parse_instant(typed)))
    start = event.decoded("dtstart")
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert (start.hour, start.astimezone(UTC).hour) == (18, utc_hour)


@pytest.mark.parametrize("year", [2026, 2037, 2045])
def test_the_zone_s_own_rule_is_that_of_paris_and_does_not_end(year):
    (zone,) = icalendar.Calendar.from_ical(written()).walk("VTIMEZONE")
    told = zone.to_tz(lookup_tzid=False)
    for month in (1, 7):
        local = datetime(year, month, 15, 12)
        assert told.utcoffset(local) == PARIS.utcoffset(local)


def test_a_day_without_hour_fills_it_and_an_event_of_several_includes_its_last():
    one, several = read(entry(date(2027, 1, 1)), entry(date(2026, 11, 23), date(2026, 12, 11)))
    assert (one.decoded("dtstart"), one.decoded("dtend")) == (date(2027, 1, 1), date(2027, 1, 2))
    assert several.decoded("dtend") == date(2026, 12, 12)


def test_an_event_says_its_revision_and_reminds_before_its_start():
    (event,) = read(entry(parse_instant("20/11/2026 18:00"), sequence=2, alarms=(timedelta(days=3),)))
    assert (event["uid"], event["sequence"], event.decoded("dtstamp"), event.decoded("last-modified")) == (
        "appel-1@essai", 2, CHANGED, CHANGED,
    )  # fmt: skip
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(days=-3)


def test_words_with_separators_come_back_as_they_were():
    (event,) = read(entry(date(2027, 1, 1), title="Réunion ; salle A, 2e étage"))
    assert event["summary"] == "Réunion ; salle A, 2e étage"
    assert event["description"] == "Dernier jour ; soyez à l’heure, merci"


def test_lines_end_as_the_format_asks_none_is_too_long_and_nothing_changed_gives_the_same_bytes():
    long = entry(
        date(2027, 1, 1), title="Un titre si long qu’il ne tient pas sur une seule ligne de soixante-quinze octets"
    )
    lines = written(long).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert written(long) == written(long)

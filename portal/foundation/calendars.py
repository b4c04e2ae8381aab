"""A calendar as an iCalendar file (RFC 5545): to download once, or to subscribe to.

Hours are those of Paris, with the zone's own rule in the file, so that a closing at 18:00 stays at
18:00 on either side of a change of hour. Days without hour are all-day events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from portal.foundation.periods import to_paris

PRODUCT = "-//Contrat de ville//Portail//FR"
REFRESH = timedelta(hours=6)
"""How often a subscribed calendar is asked to look again."""
SUMMER, WINTER = timedelta(hours=2), timedelta(hours=1)


@dataclass(frozen=True)
class CalendarEntry:
    """An event. `uid` never changes; `sequence` grows and `changed_at` moves when its dates do.

    `starts` is an instant, or a day; `ends_on` the last day of an event of several days, included.
    `alarms` are how long before the start one is reminded. `ends` is the end of an event that has an hour.
    """

    uid: str
    title: str
    description: str
    starts: datetime | date
    ends_on: date | None
    sequence: int
    changed_at: datetime
    alarms: tuple[timedelta, ...] = ()
    ends: datetime | None = None
    place: str = ""
    cancelled: bool = False

    @property
    def instant(self) -> datetime | None:
        """When it starts, if it has an hour."""
        return self.starts if isinstance(self.starts, datetime) else None


def calendar_file(name: str, url: str, entries: Iterable[CalendarEntry]) -> bytes:
    """The file of a calendar named `name`, whose page is at `url`; the same bytes as long as nothing changed."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Paris")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    calendar.add_component(_paris())
    for entry in entries:
        calendar.add_component(_event(entry, url))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, url: str) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    # Outside an invitation both say when the event was last revised.
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("url", url)
    # What one is convened to takes one's time; a date of a call does not.
    event.add("transp", "OPAQUE" if entry.ends else "TRANSPARENT")
    if entry.place:
        event.add("location", entry.place)
    if entry.cancelled:
        event.add("status", "CANCELLED")
    if isinstance(entry.starts, datetime):
        event.add("dtstart", to_paris(entry.starts))
        if entry.ends is not None:
            event.add("dtend", to_paris(entry.ends))
    else:
        event.add("dtstart", entry.starts)
        # The end of an all-day event is the first day that it leaves free.
        event.add("dtend", (entry.ends_on or entry.starts) + timedelta(days=1))
    for before in entry.alarms:
        event.add_component(_alarm(entry.title, before))
    return event


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -before)
    return alarm


def _paris() -> Timezone:
    """The zone of Paris by its rule (directive 2000/84/CE), rather than a list of dates that would end."""
    zone = Timezone()
    zone.add("tzid", "Europe/Paris")
    rules = [
        (TimezoneDaylight(), "CEST", "1997-03-30T02:00", 3, WINTER, SUMMER),
        (TimezoneStandard(), "CET", "1996-10-27T03:00", 10, SUMMER, WINTER),
    ]
    for part, name, first, month, before, after in rules:
        part.add("tzname", name)
        part.add("dtstart", datetime.fromisoformat(first))
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone

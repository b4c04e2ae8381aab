"""Counts by day, how far drafts are, whom a reminder is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.calls.rules.progress import by_day, stages
from portal.calls.rules.reminders import Selection, chosen
from portal.foundation.periods import parse_instant

NOW = parse_instant("20/11/2026 12:00")


def test_each_day_of_paris_has_its_line_and_the_sums_grow():
    begun = [parse_instant("01/10/2026 23:30"), parse_instant("02/10/2026 00:30"), parse_instant("02/10/2026 10:00")]
    filed = [parse_instant("03/10/2026 09:00")]
    lines = by_day(begun, filed, date(2026, 10, 1), date(2026, 10, 3))
    assert [(line.day.day, line.begun, line.filed, line.begun_so_far, line.filed_so_far) for line in lines] == [
        (1, 1, 0, 1, 0),
        (2, 2, 0, 3, 0),
        (3, 0, 1, 3, 1),
    ]


def test_what_came_before_the_opening_or_after_the_closing_is_counted_on_the_nearest_day():
    lines = by_day(
        [parse_instant("20/09/2026 10:00")],
        [parse_instant("05/10/2026 10:00")],
        date(2026, 10, 1),
        date(2026, 10, 2),
    )
    assert [(line.begun, line.filed) for line in lines] == [(1, 0), (0, 1)]


def test_every_draft_is_at_one_stage_and_one_alone():
    told = stages([0, 1, 4, 5, 7, 8, 9], 8)
    assert [(stage.label, stage.drafts) for stage in told] == [
        ("Rien d’enregistré", 1),
        ("De 1 à 4 rubriques enregistrées", 2),
        ("De 5 à 7 rubriques enregistrées", 2),
        ("Toutes les rubriques enregistrées", 2),
    ]


@dataclass
class Draft:
    touched_at: datetime


def test_a_draft_sleeps_once_left_alone_for_a_week():
    recent, asleep = Draft(NOW - timedelta(days=6, hours=23)), Draft(NOW - timedelta(days=7))
    assert chosen([recent, asleep], Selection.IDLE, NOW) == [asleep]
    assert chosen([recent, asleep], Selection.ALL, NOW) == [recent, asleep]

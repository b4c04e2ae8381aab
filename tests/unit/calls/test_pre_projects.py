"""Until when notes d'opportunité are taken, what they must say, how their call's rule may change."""

from __future__ import annotations

from datetime import date

import pytest

from portal.calls.rules import pre_projects as rules
from portal.calls.rules.pre_projects import NotesWindow, NoteWords
from portal.calls.states import CallStatus
from portal.foundation.periods import parse_instant
from portal.foundation.refusals import Refusal

CLOSING = parse_instant("20/11/2026 18:00")


def window(until=None, *, is_enabled=True, status=CallStatus.PUBLISHED):
    return NotesWindow(status, is_enabled, until, CLOSING)


def test_notes_are_taken_until_the_end_of_the_last_day_of_paris():
    # The night of 24 to 25 October 2026 winter time begins: midnight is at 22:00 UTC, then 23:00.
    assert window(date(2026, 10, 24)).takes(parse_instant("24/10/2026 23:59"))
    assert not window(date(2026, 10, 24)).takes(parse_instant("25/10/2026 00:01"))
    assert window(date(2026, 10, 25)).takes(parse_instant("25/10/2026 23:59"))
    assert not window(date(2026, 10, 25)).takes(parse_instant("26/10/2026 00:01"))


def test_without_a_last_day_they_are_taken_until_the_closing_and_never_after_it():
    assert window().last_instant() == CLOSING
    assert window(date(2026, 11, 20)).last_instant() == CLOSING


def test_a_note_asked_again_may_be_sent_until_the_closing():
    window(date(2026, 10, 24)).check(parse_instant("19/11/2026 12:00"), is_reworked=True)
    with pytest.raises(Refusal):
        window(date(2026, 10, 24)).check(parse_instant("19/11/2026 12:00"))


@pytest.mark.parametrize(
    "closed", [window(is_enabled=False), window(status=CallStatus.DRAFT), window(status=CallStatus.ARCHIVED)]
)
def test_a_call_that_takes_none_says_so(closed):
    with pytest.raises(Refusal, match="ne prend pas de note"):
        closed.check(parse_instant("01/10/2026 12:00"))


def test_before_publication_the_rule_changes_freely_within_the_call():
    rules.check_window(window(date(2026, 10, 24), status=CallStatus.DRAFT), is_enabled=False, until=None)
    with pytest.raises(Refusal) as refused:
        rules.check_window(window(status=CallStatus.DRAFT), is_enabled=True, until=date(2026, 11, 21))
    assert refused.value.field == "until"


@pytest.mark.parametrize(
    ("is_enabled", "until", "field"),
    [
        (False, None, "is_enabled"),
        (True, date(2026, 10, 23), "until"),
    ],
)
def test_once_published_nothing_is_taken_back(is_enabled, until, field):
    with pytest.raises(Refusal) as refused:
        rules.check_window(window(date(2026, 10, 24)), is_enabled=is_enabled, until=until)
    assert refused.value.field == field


def test_once_published_a_last_day_is_not_set_where_there_was_none():
    with pytest.raises(Refusal):
        rules.check_window(window(), is_enabled=True, until=date(2026, 10, 24))


@pytest.mark.parametrize("until", [None, date(2026, 10, 24), date(2026, 11, 20)])
def test_once_published_notes_may_be_opened_or_taken_for_longer(until):
    rules.check_window(window(date(2026, 10, 24)), is_enabled=True, until=until)
    rules.check_window(window(is_enabled=False), is_enabled=True, until=until)


def test_what_a_note_lacks_is_told_beside_each_field():
    assert [refusal.field for refusal in rules.lacking(NoteWords("", None, None, None, None), 0)] == [
        "title", "quartiers", "need", "idea",
    ]  # fmt: skip
    assert rules.lacking(NoteWords("Jardin", "Planter", "Se voir", None, None), 1) == []


@pytest.mark.parametrize(("count", "parts"), [(1, [10_000]), (2, [5_000, 5_000]), (3, [3_334, 3_333, 3_333]), (0, [])])
def test_the_parts_of_the_quartiers_add_to_the_whole(count, parts):
    assert rules.equal_parts(count) == parts

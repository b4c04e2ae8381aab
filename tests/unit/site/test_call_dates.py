"""The dates of a call in a calendar, and what follows the filing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from portal.calls.rules.calling import CallDates
from portal.calls.rules.milestones import PlanLine, own_lines
from portal.calls.states import DocumentCase, MilestoneKind, MilestoneState
from portal.foundation.periods import parse_instant
from portal.site.rules.call_dates import CallName, calendar_entries, following
from portal.site.rules.call_words import words_of_case
from tests.typography import plain

PUBLISHED = datetime(2026, 9, 1, tzinfo=UTC)
MOVED = datetime(2026, 11, 12, tzinfo=UTC)
DATES = CallDates(
    parse_instant("01/10/2026 09:00"),
    parse_instant("20/11/2026 18:00"),
    date(2027, 1, 1),
    date(2027, 12, 31),
    date(2028, 6, 30),
)


def step(id_, kind=MilestoneKind.COPIL, *, is_public=True, version=1):
    return PlanLine(
        id_, f"step-{id_}", f"Étape {id_}", "Élus", date(2027, 2, 1), None, None, is_public, None, MOVED, version,
        MilestoneState.COMING, kind,
    )  # fmt: skip


def entries(moved=0, *steps):
    name = CallName(7, "Appel 2027", moved, MOVED if moved else PUBLISHED)
    return calendar_entries(name, [*own_lines(DATES, PUBLISHED), *steps])


def test_each_date_of_the_call_has_an_identity_that_an_extension_keeps():
    uids = [
        "appel-7-opening@contrat-de-ville",
        "appel-7@contrat-de-ville",
        "appel-7-actions_start@contrat-de-ville",
        "appel-7-actions_end@contrat-de-ville",
        "appel-7-bilan@contrat-de-ville",
    ]
    assert [entry.uid for entry in entries()] == uids
    extended = entries(1)
    assert [entry.uid for entry in extended] == uids
    assert {(entry.sequence, entry.changed_at) for entry in entries()} == {(0, PUBLISHED)}
    assert {(entry.sequence, entry.changed_at) for entry in extended} == {(1, MOVED)}


def test_the_closing_and_the_bilan_remind_and_the_others_do_not():
    assert [[alarm.days for alarm in entry.alarms] for entry in entries()] == [[], [7, 1], [], [], [30, 7]]


def test_a_public_step_is_in_the_calendar_with_its_own_revision_and_an_internal_one_is_not():
    found = entries(3, step(1, version=3), step(2, is_public=False))[5:]
    assert [(entry.uid, entry.sequence, entry.changed_at, entry.starts) for entry in found] == [
        ("appel-7-step-1@contrat-de-ville", 2, MOVED, date(2027, 2, 1))
    ]


def test_what_follows_the_filing_bears_the_public_dates_of_its_moment_alone():
    told = following([step(1), step(2, MilestoneKind.COTECH, is_public=False), step(3, MilestoneKind.NOTIFICATION)])
    assert [(plain(moment.title), [line.id for line in moment.dates]) for moment in told if moment.dates] == [
        ("Le comité de pilotage arbitre les montants", [1]),
        ("Chaque financeur décide, puis vous écrit", [3]),
    ]


def test_every_case_of_documents_is_said_to_the_reader():
    words = {case: plain(words_of_case(case, 153_000_00)) for case in DocumentCase}
    assert words[DocumentCase.OVER_THRESHOLD] == (
        "Si vous recevez plus de 153 000 € de subventions publiques dans l’année"
    )
    assert len(set(words.values())) == len(DocumentCase)

"""What an organisation is told of the course of its application."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules.course import Announced, Facts, course, day_words, to_come, when_next, who_acts
from portal.calls.rules.submission import Pause, implicit_refusal_on, refusal_delay
from portal.calls.states import ApplicationStatus as A
from portal.calls.states import MilestoneKind as M

TODAY = date(2026, 1, 15)
FILED = date(2025, 11, 20)
PLAN = (
    Announced(M.INFORMATION, "Réunion d’information", date(2026, 2, 1), None),
    Announced(M.COMPLETENESS, "Vérification", date(2025, 11, 21), date(2026, 1, 20)),
    Announced(M.COPIL, "COPIL", date(2026, 3, 12), None),
    Announced(M.NOTIFICATION, "Notification", date(2026, 4, 1), date(2026, 4, 15)),
)


def facts(status: A, granted: bool | None = None, plan=PLAN) -> Facts:
    return Facts(status, granted, FILED, plan, TODAY)


def told(stages) -> list[tuple[str, str]]:
    return [(stage.state, stage.detail.replace("\u00a0", " ")) for stage in stages]


def test_a_filed_application_waits_for_the_direction_until_an_announced_day():
    found = facts(A.SUBMITTED)
    assert told(course(found)) == [
        ("done", "fait le 20 novembre 2025"),
        ("current", "en cours du 21 novembre 2025 au 20 janvier 2026"),
        ("todo", "prévu le 12 mars 2026"),
        ("todo", "prévu du 1er avril 2026 au 15 avril 2026"),
        ("todo", ""),
    ]
    assert who_acts(found) == "La Direction"
    assert when_next(found).startswith("Vérification des dossiers")


def test_a_decision_nobody_notified_reads_as_an_application_still_studied():
    decided, studied = facts(A.DECIDED), facts(A.ADMISSIBLE)
    assert course(decided) == course(studied)
    assert (who_acts(decided), when_next(decided), to_come(decided)) == (
        who_acts(studied), when_next(studied), to_come(studied),
    )  # fmt: skip


def test_a_granted_application_is_its_organisations_to_carry_out():
    found = facts(A.DECIDED, granted=True)
    assert [state for state, _ in told(course(found))] == ["done", "done", "done", "done", "current"]
    assert (who_acts(found), to_come(found)) == ("Vous", [])


def test_a_refused_application_has_no_action_to_come():
    assert [state for state, _ in told(course(facts(A.DECIDED, granted=False)))] == ["done"] * 4
    assert who_acts(facts(A.DECIDED, granted=False)) == ""


def test_an_inadmissible_application_stops_at_its_check():
    assert told(course(facts(A.INADMISSIBLE))) == [("done", "fait le 20 novembre 2025"), ("error", "irrecevable")]


@pytest.mark.parametrize("status", [A.WITHDRAWN, A.ABANDONED, A.NOT_CARRIED_OUT])
def test_an_application_that_left_has_no_course(status):
    assert (course(facts(status)), to_come(facts(status)), who_acts(facts(status))) == ([], [], "")


def test_without_announced_dates_nothing_is_promised():
    found = facts(A.SUBMITTED, plan=())
    assert (when_next(found), to_come(found)) == ("", [])
    assert [detail for _, detail in told(course(found))] == ["fait le 20 novembre 2025", "", "", "", ""]


def test_the_dates_to_come_leave_out_what_is_past_or_came_before_the_filing():
    assert [step.kind for step in to_come(facts(A.SUBMITTED))] == [M.COMPLETENESS, M.COPIL, M.NOTIFICATION]
    late = Facts(A.SUBMITTED, None, FILED, PLAN, date(2026, 4, 16))
    assert to_come(late) == []


def test_one_day_is_said_as_one_day():
    day = date(2026, 3, 12)
    assert day_words(day, None) == day_words(day, day)


# -- the delay of an implicit refusal ---------------------------------------------------------------

RECEIVED = datetime(2025, 11, 20, 10, tzinfo=UTC)


def pause(since: date, due_on: date, until: date | None = None) -> Pause:
    return Pause(since, due_on, until)


def test_the_delay_is_two_months_when_nothing_was_asked():
    found = refusal_delay(RECEIVED, [], TODAY)
    assert (found.on, found.is_suspended, found.is_past) == (date(2026, 1, 20), False, False)
    assert refusal_delay(RECEIVED, [], date(2026, 1, 20)).is_past


def test_it_does_not_run_while_the_organisation_is_awaited():
    asked = pause(date(2026, 1, 5), date(2026, 1, 25))
    found = refusal_delay(RECEIVED, [asked], TODAY)
    assert (found.on, found.is_suspended) == (date(2026, 1, 30), True)


def test_it_runs_again_from_the_answer_or_from_the_day_that_was_given():
    answered = pause(date(2025, 12, 1), date(2025, 12, 20), date(2025, 12, 8))
    ignored = pause(date(2025, 12, 10), date(2025, 12, 15))
    found = refusal_delay(RECEIVED, [answered, ignored], TODAY)
    assert (found.on, found.is_suspended) == (date(2026, 2, 1), False)


days = st.dates(date(2025, 11, 20), date(2026, 6, 1))


@given(st.lists(st.builds(Pause, days, days, st.none() | days), max_size=4), days)
def test_waiting_for_the_organisation_never_shortens_the_delay(pauses, today):
    assert refusal_delay(RECEIVED, pauses, today).on >= implicit_refusal_on(RECEIVED)

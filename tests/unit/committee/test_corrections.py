"""The change request's small table: each step with a refused actor, a failed guard, a repeat."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus, Section
from portal.committee.rules.corrections import CHANGE_REQUEST, check_request, is_overdue, opened_by
from portal.committee.rules.history import TOLD_TO_APPLICANTS
from portal.committee.states import ChangeRequestStatus as C
from portal.foundation.refusals import Refusal, Refusals

TODAY, LATER = date(2026, 11, 20), date(2026, 12, 1)
AGAIN = {"message": "Le RIB est illisible.", "due_on": LATER, "today": TODAY}
FROM = {"accept": C.ANSWERED, "ask_again": C.ANSWERED}


@pytest.mark.parametrize(
    ("step", "role"), [("answer", Role.OFFICER), ("accept", Role.APPLICANT), ("ask_again", Role.REVIEWER)]
)
def test_others_may_not(step, role):
    with pytest.raises(Refusal, match="qualité"):
        CHANGE_REQUEST.check(step, FROM.get(step, C.ASKED), {role}, **AGAIN)


@pytest.mark.parametrize(("step", "done"), [("accept", C.ACCEPTED), ("ask_again", C.ASKED)])
def test_a_repeat_says_that_it_is_done(step, done):
    with pytest.raises(Refusal, match="déjà fait"):
        CHANGE_REQUEST.check(step, done, {Role.OFFICER}, **AGAIN)


def test_corrections_already_sent_are_not_sent_again():
    with pytest.raises(Refusal, match="déjà fait"):
        CHANGE_REQUEST.check("answer", C.ANSWERED, {Role.APPLICANT})


@pytest.mark.parametrize(
    ("change", "field"), [({"message": " "}, "message"), ({"due_on": TODAY}, "due_on"), ({"due_on": None}, "due_on")]
)
def test_asking_again_needs_words_and_a_day_to_come(change, field):
    with pytest.raises(Refusal) as refused:
        CHANGE_REQUEST.check("ask_again", C.ANSWERED, {Role.MANAGER}, **{**AGAIN, **change})
    assert refused.value.field == field


def test_asking_tells_every_lack_at_once():
    with pytest.raises(Refusals) as refused:
        check_request(ApplicationStatus.SUBMITTED, [], [], TODAY, "", today=TODAY, another_is_open=False)
    assert [refusal.field for refusal in refused.value.refusals] == ["sections", "due_on", "message"]


@pytest.mark.parametrize(
    ("status", "another"), [(ApplicationStatus.DECIDED, False), (ApplicationStatus.SUBMITTED, True)]
)
def test_nothing_is_asked_of_a_decided_file_nor_twice(status, another):
    with pytest.raises(Refusal):
        check_request(status, [Section.BUDGET], [], LATER, "À revoir", today=TODAY, another_is_open=another)


def test_a_document_alone_reopens_the_documents():
    assert opened_by([], has_documents=True) == {Section.DOCUMENTS}
    assert opened_by([Section.BUDGET], has_documents=False) == {Section.BUDGET}


def test_the_last_day_is_not_late_and_an_answer_never_is():
    assert not is_overdue(C.ASKED, TODAY, TODAY)
    assert is_overdue(C.ASKED, TODAY, LATER)
    assert not is_overdue(C.ANSWERED, TODAY, LATER)


def test_an_applicant_reads_every_step_of_a_correction():
    assert {step.event for step in CHANGE_REQUEST} < set(TOLD_TO_APPLICANTS)

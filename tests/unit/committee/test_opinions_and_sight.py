"""What an opinion must say, what each role reads, what grounds a decision of admissibility."""

from __future__ import annotations

import pytest

from portal.accounts.rules import Role
from portal.calls.states import ApplicationStatus
from portal.committee.rules.admissibility import check_ground, check_proposal
from portal.committee.rules.desk import Sight
from portal.committee.rules.opinions import check_open, check_opinion
from portal.committee.states import Outcome, SittingStatus, Verdict
from portal.foundation.refusals import Refusal, Refusals


@pytest.mark.parametrize(
    ("verdict", "reserve", "reason", "field"),
    [
        (None, "", "", "verdict"),
        (Verdict.RESERVED, " ", "Un motif", "reserve"),
        (Verdict.UNFAVOURABLE, "", " ", "reason"),
    ],
)
def test_an_opinion_that_lacks_its_words_is_refused(verdict, reserve, reason, field):
    with pytest.raises(Refusal) as refused:
        check_opinion(verdict, reserve, reason)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("verdict", "reserve", "reason"),
    [
        (Verdict.FAVOURABLE, "", ""),
        (Verdict.NONE, "", ""),
        (Verdict.RESERVED, "Revoir le budget", ""),
        (Verdict.UNFAVOURABLE, "", "Hors sujet"),
    ],
)
def test_an_opinion_that_says_enough_is_taken(verdict, reserve, reason):
    assert check_opinion(verdict, reserve, reason) is verdict


def test_no_opinion_on_a_decided_file():
    with pytest.raises(Refusal):
        check_open(ApplicationStatus.DECIDED)


def test_a_funders_agent_reads_what_was_filed_and_its_own_part():
    sight = Sight.of({Role.FUNDER_AGENT})
    assert not any(vars(sight).values())


def test_the_delegate_reads_all_but_instructs_nothing():
    sight = Sight.of({Role.DELEGATE})
    assert (sight.instructs, sight.checklist, sight.history, sight.oversees) == (False, True, True, True)


def test_a_reviewer_reads_no_history():
    assert Sight.of({Role.REVIEWER}).history is False


def test_the_ground_of_a_decision():
    check_ground(in_sitting=True, sitting_may=True, sitting_status=SittingStatus.OPEN)
    check_ground(in_sitting=False, delegation_note="Délibération du 3 mars 2026")
    for ground in (
        {"in_sitting": False, "delegation_note": " "},
        {"in_sitting": True, "sitting_may": False, "sitting_status": SittingStatus.OPEN},
        {"in_sitting": True, "sitting_may": True, "sitting_status": SittingStatus.CLOSED},
    ):
        with pytest.raises(Refusal):
            check_ground(**ground)


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (ApplicationStatus.ADMISSIBLE, Outcome.ADMISSIBLE, ""),
        (ApplicationStatus.SUBMITTED, Outcome.RETAINED, ""),
        (ApplicationStatus.SUBMITTED, Outcome.INADMISSIBLE, " "),
    ],
)
def test_a_proposal_that_cannot_be(status, outcome, reason):
    with pytest.raises((Refusal, Refusals)):
        check_proposal(status, outcome, reason)

"""What a COPIL may say: outcomes, reasons, amounts."""

from __future__ import annotations

import pytest

from portal.calls.states import FundingStatus as F
from portal.committee.rules.arbitration import Line, arbitrated, as_proposed, check_reason
from portal.committee.states import Outcome
from portal.foundation.refusals import Refusal, Refusals

LINES = [Line(1, F.PROPOSED, 5_000_00), Line(2, F.REQUESTED, 3_000_00)]


def refused(outcome, amounts, lines=LINES, rank=None):
    with pytest.raises(Refusal) as refusal:
        arbitrated(outcome, rank, amounts, lines)
    told = refusal.value
    return [each.field for each in (told.refusals if isinstance(told, Refusals) else [told])]


def test_a_retained_application_gets_all_it_asked():
    assert arbitrated(Outcome.RETAINED, None, {1: 5_000_00, 2: 3_000_00}, LINES) == {1: 5_000_00, 2: 3_000_00}


def test_less_than_asked_must_be_said_so():
    assert refused(Outcome.RETAINED, {1: 5_000_00, 2: 2_999_99}) == ["outcome"]
    assert refused(Outcome.RETAINED_LOWER, {1: 5_000_00, 2: 3_000_00}) == ["outcome"]
    assert arbitrated(Outcome.RETAINED_LOWER, None, {1: 4_000_00, 2: 0}, LINES) == {1: 4_000_00, 2: 0}


def test_an_amount_is_within_the_request_and_given_for_each_line():
    assert refused(Outcome.RETAINED, {1: 5_000_01, 2: None}) == ["amount_1", "amount_2"]


def test_retaining_for_nothing_is_refused():
    assert refused(Outcome.RETAINED_LOWER, {1: 0, 2: 0}) == ["outcome"]


def test_a_refusal_says_zero_to_every_funder():
    assert arbitrated(Outcome.NOT_RETAINED, None, {}, LINES) == {1: 0, 2: 0}


def test_a_wait_only_takes_back_what_was_given_before():
    lines = [Line(1, F.ARBITRATED, 5_000_00), Line(2, F.PROPOSED, 3_000_00)]
    assert arbitrated(Outcome.ADJOURNED, None, {1: 1}, lines) == {1: 0}
    assert arbitrated(Outcome.WAITING_LIST, 2, {}, lines) == {1: 0}


def test_the_complementary_list_has_ranks_from_one():
    assert refused(Outcome.WAITING_LIST, {}) == ["waiting_rank"]
    assert refused(Outcome.WAITING_LIST, {}, rank=0) == ["waiting_rank"]


def test_an_act_already_recorded_keeps_the_application_retained_and_its_line_still():
    lines = [Line(1, F.GRANTED, 5_000_00, 4_000_00), Line(2, F.PROPOSED, 3_000_00)]
    assert refused(Outcome.NOT_RETAINED, {}, lines) == ["outcome"]
    assert arbitrated(Outcome.RETAINED_LOWER, None, {2: 1_000_00}, lines) == {2: 1_000_00}


def test_admissibility_is_no_arbitration():
    assert refused(Outcome.ADMISSIBLE, {}) == ["outcome"]


def test_an_unknown_request_sets_no_ceiling():
    lines = [Line(1, F.REQUESTED, None)]
    assert arbitrated(Outcome.RETAINED, None, {1: 900_00}, lines) == {1: 900_00}


@pytest.mark.parametrize(
    "outcome", [Outcome.RETAINED_LOWER, Outcome.WAITING_LIST, Outcome.ADJOURNED, Outcome.NOT_RETAINED]
)
def test_everything_but_a_whole_grant_is_explained(outcome):
    check_reason(Outcome.RETAINED, "")
    with pytest.raises(Refusal):
        check_reason(outcome, "  ")


@pytest.mark.parametrize("over", [F.REFUSED, F.FILED_ELSEWHERE, F.RENOUNCED, F.NOT_ASKED])
def test_what_takes_no_amount_any_more_makes_a_proposal_neither_lower_nor_impossible(over):
    lines = [Line(1, F.PROPOSED, 5_000_00, proposed_cents=5_000_00), Line(2, over, 3_000_00)]
    outcome, amounts = as_proposed(lines)
    assert (outcome, amounts) == (Outcome.RETAINED, {1: 5_000_00})
    assert arbitrated(outcome, None, amounts, lines) == amounts


@pytest.mark.parametrize(("granted", "outcome"), [(3_000_00, Outcome.RETAINED), (2_000_00, Outcome.RETAINED_LOWER)])
def test_what_an_act_gave_already_counts_in_the_outcome_of_a_proposal(granted, outcome):
    lines = [Line(1, F.PROPOSED, 5_000_00, proposed_cents=5_000_00), Line(2, F.GRANTED, 3_000_00, granted)]
    found, amounts = as_proposed(lines)
    assert (found, amounts) == (outcome, {1: 5_000_00})
    assert arbitrated(found, None, amounts, lines) == amounts

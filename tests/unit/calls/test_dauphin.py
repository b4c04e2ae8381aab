"""The number of DAUPHIN and the sheet to copy there, on plain values."""

from __future__ import annotations

import pytest

from portal.calls.rules import dauphin
from portal.calls.rules.dauphin import checked_number, number_key
from portal.calls.rules.dauphin_sheet import BudgetCopy, plain_euros
from portal.calls.rules.filing import AskedFunding
from portal.calls.states import DauphinRule
from portal.foundation.refusals import Refusal


def asked(*, is_state: bool = True, nature: str = "specific", ref: str | None = None) -> AskedFunding:
    return AskedFunding(7, "État", is_state, nature, "Crédits", 1_000_00, ref)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("00123456", "00123456"), ("  24-118 ", "24-118"), ("p147\u00a0 2026/12", "P147 2026/12"), ("   ", "")],
)
def test_a_number_is_kept_as_typed_but_for_its_spaces_and_case(typed, kept):
    assert checked_number(typed) == kept


@pytest.mark.parametrize("typed", ["12", "abcd", "=1234", "n°1234", "1234;5", "1" * 41, "-1234"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Refusal):
        checked_number(typed)


def test_two_writings_of_a_number_are_the_same_number():
    assert {number_key(text) for text in ("00123456", "123456", "12-34 56", "0012 3456")} == {"123456"}
    assert number_key("123456A") != number_key("123456")


def test_the_number_is_asked_for_what_the_state_s_own_credits_are_asked_alone():
    others = [asked(is_state=False), asked(nature="common_law")]
    for rule in DauphinRule:
        assert (dauphin.lacking(rule, others), dauphin.warnings(rule, others)) == ([], [])
        given = [asked(ref="00123456")]
        assert (dauphin.lacking(rule, given), dauphin.warnings(rule, given)) == ([], [])
    assert [refusal.field for refusal in dauphin.lacking(DauphinRule.BLOCK, [asked()])] == ["ref_7_specific"]
    assert (dauphin.lacking(DauphinRule.WARN, [asked()]), len(dauphin.warnings(DauphinRule.WARN, [asked()]))) == ([], 1)
    assert (dauphin.lacking(DauphinRule.OFF, [asked()]), dauphin.warnings(DauphinRule.OFF, [asked()])) == ([], [])


def test_a_budget_is_pasted_cell_by_cell_whatever_its_labels_hold():
    table = BudgetCopy("charges", "Charges", (("606", "Livres\tet\njeux", 2_000_50), ("", "Siège", 10_00)), 2_010_50)
    assert table.pasted == "606\tLivres et jeux\t2000,50\n\tSiège\t10\n\tTotal\t2010,50"
    assert [plain_euros(cents) for cents in (0, 5, 100, 123_456_78)] == ["0", "0,05", "1", "123456,78"]

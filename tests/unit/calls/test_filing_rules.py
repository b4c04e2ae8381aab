"""The pure rules of filing: balance, shares, what is frozen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules.organisation import OrganisationSheet, YearSheet
from portal.calls.rules import budget, sections, submission
from portal.calls.rules.apportioning import parts
from portal.calls.rules.filing import (
    AskedFunding,
    BudgetEntry,
    CallTerms,
    Dossier,
    JoinedDocument,
    PeopleCount,
    PlacedShare,
    Project,
    Public,
    Target,
)
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.sections import SectionState
from portal.calls.states import ApplicationStatus, Duration, ResidentsRule, Section, Sex, Side

CLOSING = datetime(2026, 11, 20, 17, tzinfo=UTC)
TERMS = CallTerms(
    1, "Appel 2026", 2026, CLOSING, date(2026, 1, 1), date(2026, 12, 31), "2018-06", ResidentsRule.NONE, 8000, False
)
SHEET = OrganisationSheet(1, "Les Ateliers", "association", "Association", 1, YearSheet(2025))
EMPTY = Dossier(7, "2026-007", ApplicationStatus.DRAFT, TERMS, SHEET, Project("", Duration.ONE_YEAR))

cents = st.integers(min_value=0, max_value=10**11)


def entry(side: Side, amount: int, *, in_kind: bool = False, public: bool = False) -> BudgetEntry:
    return BudgetEntry(side, "60", "Achats", "Achats", amount, is_in_kind=in_kind, is_public=public)


@given(st.lists(cents, max_size=8), st.lists(cents, max_size=8))
def test_a_budget_balances_only_to_the_cent(expenses, income):
    lines = [entry(Side.EXPENSE, each) for each in expenses] + [entry(Side.INCOME, each) for each in income]
    sums = budget.totals(lines)
    assert sums.gap == sum(expenses) - sum(income)
    assert sums.is_balanced == (sum(expenses) == sum(income))
    assert bool(budget.imbalances(sums)) != sums.is_balanced


@given(cents, cents)
def test_contributions_in_kind_stand_apart_and_balance_by_themselves(given_kind, received_kind):
    lines = [entry(Side.EXPENSE, given_kind, in_kind=True), entry(Side.INCOME, received_kind, in_kind=True)]
    sums = budget.totals(lines)
    assert (sums.expenses, sums.income) == (0, 0)
    assert sums.is_balanced == (given_kind == received_kind)


@given(st.integers(min_value=1, max_value=10**9), st.integers(min_value=0, max_value=10**9))
def test_the_public_share_is_exceeded_exactly_above_the_limit(own, public):
    total = own + public
    lines = [entry(Side.EXPENSE, total), entry(Side.INCOME, own), entry(Side.INCOME, public, public=True)]
    sums = budget.totals(lines)
    assert budget.exceeds(sums, 8000) == (public * 10 > total * 8)
    assert not budget.exceeds(sums, None)
    assert (sums.public_share_bp > 8000) == budget.exceeds(sums, 8000)


@given(cents, st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=12))
def test_the_parts_of_a_line_add_up_to_the_line(amount, shares):
    split = parts(amount, shares)
    assert sum(part or 0 for part in split) == (amount if sum(shares) or len(shares) == 1 else 0)


@given(st.lists(st.one_of(st.none(), st.integers(min_value=0, max_value=10_000)), min_size=1, max_size=6))
def test_shares_are_complete_only_at_one_hundred_per_cent(shares):
    placed = tuple(PlacedShare(n, f"Q{n}", True, share, 1) for n, share in enumerate(shares))
    lacks = sections.lacking(Section.QUARTIERS, replace(EMPTY, placements=placed))
    assert (lacks == []) == (sum(share or 0 for share in shares) == 10_000)


def test_an_empty_application_lacks_something_in_every_section():
    assert [section for section in EMPTY.sections if not sections.lacking(section, EMPTY)] == [Section.DOCUMENTS]


@pytest.mark.parametrize(
    ("saved", "lacks", "readable", "state"),
    [
        (False, True, True, SectionState.TODO),
        (True, True, True, SectionState.BEGUN),
        (True, False, False, SectionState.BEGUN),
        (True, False, True, SectionState.COMPLETE),
    ],
)
def test_the_state_of_a_section(saved, lacks, readable, state):
    told = sections.lacking(Section.THEMES, EMPTY) if lacks else []
    assert sections.state_of(told, is_saved=saved, is_readable=readable) is state


def test_the_state_line_without_a_qpv_is_a_warning_and_forbids_nothing():
    asked = AskedFunding(1, "État", True, "specific", "Crédits", 100)
    watch = PlacedShare(1, "Le Vallon", False, 10_000, 3)
    dossier = replace(EMPTY, placements=(watch,), funding=(asked,))
    assert sections.lacking(Section.FUNDING, dossier) == []
    assert "n’en désigne aucun" in sections.warnings(Section.FUNDING, dossier)[0]
    with_qpv = replace(dossier, placements=(replace(watch, is_qpv=True),))
    assert sections.warnings(Section.FUNDING, with_qpv) == []


def test_people_counted_by_quartier_never_exceed_those_expected():
    public = Public(10, None, "Affiches", (PeopleCount(1, Sex.WOMEN, 6), PeopleCount(1, Sex.MEN, 5)))
    told = [lack.field for lack in sections.lacking(Section.PUBLIC, replace(EMPTY, public=public))]
    assert told == ["people"]


def test_only_associations_and_foundations_sign_the_republican_commitment():
    assert "republican_commitment" in sections.asked_attestations("association")
    assert "republican_commitment" in sections.asked_attestations("foundation")
    assert "republican_commitment" not in sections.asked_attestations("ccas")


def test_what_is_frozen_comes_back_the_same_and_its_bytes_never_vary():
    dossier = replace(
        EMPTY,
        placements=(PlacedShare(1, "Les Tilleuls", True, 10_000, 3),),
        budget=(entry(Side.EXPENSE, 12_345),),
        targets=(Target(None, "Livres", "", "count", value_thousandths=3_000),),
        documents=(JoinedDocument(1, 2, "RIB", "rib.pdf", 10, "0" * 64, CLOSING),),
    )
    signed = {
        "receipt": "2026-1-0007",
        "received_at": CLOSING,
        "signatory_name": "D. Martin",
        "signatory_role": "Présidente",
    }
    snapshot = submission.frozen(dossier, **signed)
    assert submission.thawed(snapshot) == dossier
    assert submission.frozen(submission.thawed(snapshot), **signed) == snapshot
    assert len(submission.digest(snapshot)) == 64


def test_silence_is_a_refusal_two_months_after_the_receipt_by_the_clocks_of_paris():
    # 23:30 UTC is already the next day in Paris.
    assert submission.implicit_refusal_on(datetime(2026, 12, 30, 23, 30, tzinfo=UTC)) == date(2027, 2, 28)


def test_every_section_is_laid_out_for_reading_even_empty():
    assert [part.section for part in laid_out(EMPTY)] == list(EMPTY.sections)

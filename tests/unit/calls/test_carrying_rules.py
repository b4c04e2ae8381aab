"""What of an earlier application may serve again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.rules import carrying
from portal.calls.rules.carrying import Offer
from portal.calls.rules.filing import (
    AgeCount,
    BudgetEntry,
    Choice,
    PeopleCount,
    PlacedShare,
    Policy,
    Project,
    Public,
    Target,
)
from portal.calls.rules.partners import Partner
from portal.calls.states import Duration, Sex, Side

OFFER = Offer(
    quartier_ids={1, 2},
    themes={"culture": 30, "sport": 31},
    axes={"jeunesse": 40},
    priorities={},
    age_bands={"6-11 ans": 50},
    accounts={("expense", "606"), ("income", "756")},
    indicators={"personnes touchees": 60},
)


@pytest.mark.parametrize(("starts", "shifted"), [((2024, 2, 29), date(2025, 2, 28)), ((2025, 3, 1), date(2026, 3, 1))])
def test_dates_move_by_the_years_between_the_calls_and_a_renewal_says_so(starts, shifted):
    values = carrying.project_values(Project("Lire", Duration.ONE_YEAR, starts_on=date(*starts)), 1, 7)
    assert (values["starts_on"], values["ends_on"]) == (shifted, None)
    assert (values["is_renewal"], values["renewal_of_id"], values["title"]) == (True, 7, "Lire")


@pytest.mark.parametrize(
    ("duration", "kept"),
    [
        (Duration.MULTI_YEAR, Duration.ONE_YEAR),
        (Duration.SCHOOL_YEAR, Duration.SCHOOL_YEAR),
        (Duration.ONE_YEAR, Duration.ONE_YEAR),
    ],
)
def test_a_multi_year_project_is_not_renewed_as_multi_year(duration, kept):
    values = carrying.project_values(Project("Lire", duration, years=3, objectives_by_year="2e année…"), 1, 7)
    assert (values["duration"], values["years"], values["objectives_by_year"]) == (kept, 1, None)


def test_only_what_the_new_call_offers_is_kept():
    places = [PlacedShare(1, "A", True, 6000, 3), PlacedShare(9, "Sorti", False, 4000, 2)]
    assert [place.quartier_id for place in carrying.placements_kept(places, OFFER)] == [1]
    apart = [
        PlacedShare(1, "A", True, 6000, 3, Choice(4, "Sport")),
        PlacedShare(1, "A", True, 1, 1, Choice(5, "Parti")),
    ]
    assert [place.theme for place in carrying.placements_kept(apart, OFFER)] == [Choice(31, "Sport"), None]
    policy = Policy(
        Choice(3, "Culture"), "Pilier", (Choice(4, "SPORT"), Choice(5, "Disparue")), (Choice(6, "Jeunesse"),)
    )
    assert carrying.policy_kept(policy, OFFER) == carrying.ChosenPolicy(30, (31,), (40,), ())
    assert carrying.policy_kept(Policy(), OFFER) == carrying.ChosenPolicy(None, (), (), ())


def test_what_funders_were_asked_and_what_is_passed_on_belong_to_one_year():
    lines = [
        BudgetEntry(Side.EXPENSE, "606", "Achats", "Livres", 100),
        BudgetEntry(Side.EXPENSE, "999", "Disparu", "Ancien compte", 50),
        BudgetEntry(Side.INCOME, "745", "Commune", "Ville", 80, funder_id=3),
        BudgetEntry(Side.INCOME, "756", "Cotisations", "", 20),
    ]
    assert [entry.account_code for entry in carrying.budget_kept(lines, OFFER)] == ["606", "756"]
    assert carrying.partners_kept([Partner("Amis", None, 500)])[0].reversement_cents == 0


def test_the_people_reached_replace_those_expected_and_the_words_stay():
    public = Public(
        60, "Familles", "Affiches", (PeopleCount(1, Sex.WOMEN, 30), PeopleCount(9, Sex.MEN, 30)),
        (AgeCount(5, "6-11 ans", 40), AgeCount(6, "12-15 ans", 20)),
    )  # fmt: skip
    before = carrying.public_kept(public, None, OFFER, {1})
    assert (before.people_expected, before.by_quartier) == (60, (PeopleCount(1, Sex.WOMEN, 30),))
    assert before.by_age == (AgeCount(50, "6-11 ans", 40),)
    reached = Public(41, None, None, (PeopleCount(1, Sex.UNKNOWN, 41),), ())
    after = carrying.public_kept(public, reached, OFFER, {1})
    assert (after.people_expected, after.by_quartier, after.by_age) == (41, reached.by_quartier, ())
    assert (after.characteristics, after.outreach) == ("Familles", "Affiches")


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.sampled_from(["Personnes touchées", "Autre", "Livres"]))))
def test_a_target_is_kept_when_it_is_one_s_own_or_offered_and_never_twice_named_anew(told):
    targets = [Target(indicator_id, label, "u", "count", 1000) for indicator_id, label in told]
    kept = carrying.targets_kept(targets, OFFER)
    assert [target.label for target in kept] == [
        target.label for target in targets if target.indicator_id is None or target.label == "Personnes touchées"
    ]
    assert {target.indicator_id for target in kept} <= {None, 60}

"""The tools of the programming table: never above the request, round where asked, sums that hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calls.states import FundingStatus
from portal.committee.rules.programme_tools import (
    PROPOSABLE,
    STEPS,
    Base,
    Change,
    Effect,
    Facts,
    Result,
    Rounding,
    Settings,
    Tool,
    effects,
    result_for,
)
from tests.typography import plain

TO_THE_NEAREST = Settings(Tool.ROUND, step_cents=100_00, rounding=Rounding.NEAREST)
CENTS = st.none() | st.integers(0, 10**9)
SETTINGS = st.builds(
    Settings,
    st.sampled_from(Tool),
    st.sampled_from(Base),
    st.integers(1, 20_000),
    st.none() | st.sampled_from(STEPS),
    st.sampled_from(Rounding),
    st.integers(0, 10**7),
)
FACTS = st.builds(Facts, st.sampled_from(FundingStatus), CENTS, CENTS, CENTS, st.booleans(), st.booleans())


def facts(requested=5_000_00, previous=None, proposed=None, status=FundingStatus.REQUESTED, **values):
    return Facts(status, requested, previous, proposed, **values)


def told(settings, about):
    found = result_for(settings, about)
    return found.cents, plain(found.words)


@given(SETTINGS, FACTS)
def test_what_is_proposed_is_within_the_request_and_worth_writing(settings, about):
    found = result_for(settings, about)
    if found.cents is None:
        assert found.words
        return
    assert about.requested is None or found.cents <= about.requested
    assert found.cents >= max(settings.minimum_cents, 1)
    assert found.cents != about.proposed
    assert settings.step_cents is None or found.cents % settings.step_cents == 0
    assert about.status in PROPOSABLE
    assert about.is_open


@given(st.integers(0, 10**9), st.sampled_from(STEPS))
def test_rounding_down_takes_less_than_a_step(proposed, step):
    found = result_for(Settings(Tool.ROUND, step_cents=step), facts(10**10, proposed=proposed))
    assert (proposed if found.cents is None and proposed % step == 0 else found.cents or 0) in range(
        proposed - step + 1, proposed + 1
    )


@given(st.integers(0, 10**9), st.sampled_from(STEPS))
def test_rounding_to_the_nearest_moves_by_half_a_step_at_most(proposed, step):
    settings = Settings(Tool.ROUND, step_cents=step, rounding=Rounding.NEAREST)
    found = result_for(settings, facts(10**10, proposed=proposed))
    if found.cents is not None:
        assert 2 * abs(found.cents - proposed) <= step


@given(SETTINGS, FACTS)
def test_a_tool_used_again_on_what_it_wrote_changes_nothing(settings, about):
    first = result_for(settings, about)
    if first.cents is not None:
        again = Facts(FundingStatus.PROPOSED, about.requested, about.previous, first.cents, about.previous_unknown)
        assert result_for(settings, again).cents is None


CHANGES = st.lists(st.builds(Change, st.none() | st.integers(1, 4), CENTS, st.integers(0, 10**9)), max_size=12)


@given(CHANGES)
def test_the_effects_on_envelopes_add_up_to_the_differences(changes):
    known = dict.fromkeys(range(1, 5), (10**9, 5_000_00))
    found = effects(changes, known)
    assert sum(each.proposed_after - each.proposed_before for each in found.values()) == sum(
        each.difference for each in changes if each.envelope_id is not None
    )
    assert sum(each.changes for each in found.values()) == sum(1 for each in changes if each.envelope_id)


def test_an_exceeded_envelope_says_by_how_much():
    found = effects(
        [Change(1, 100_00, 700_00), Change(1, None, 500_00), Change(2, None, 9_00)], {1: (1_000_00, 300_00)}
    )
    assert found == {1: Effect(2, 300_00, 1_400_00, 1_000_00)}
    assert found[1].left == -400_00


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (facts(previous=2_500_00), (2_500_00, "")),
        (facts(previous=8_000_00), (5_000_00, "limité à la demande")),
        (facts(previous=8_000_00, requested=None), (8_000_00, "")),
        (facts(previous=None), (None, "Rien d’attribué en N−1")),
        (facts(previous=None, previous_unknown=True), (None, "Attribution N−1 non communiquée")),
        (facts(previous=0), (None, "Le calcul donne 0,00 €")),
        (facts(previous=2_500_00, proposed=2_500_00), (None, "Déjà proposé à ce montant")),
        (facts(previous=300_00), (None, "300,00 € : en dessous du minimum")),
        (facts(previous=2_500_00, status=FundingStatus.ARBITRATED), (None, "Financement à l’état « Arbitré »")),
        (facts(previous=2_500_00, is_open=False), (None, "Dossier sur lequel on ne propose plus")),
    ],
)
def test_last_year_s_grant_again(about, expected):
    assert told(Settings(Tool.RENEW, minimum_cents=500_00), about) == expected


@pytest.mark.parametrize(
    ("settings", "about", "expected"),
    [
        (Settings(Tool.RATE, rate_bp=8_000), facts(1_234_56), 987_64),
        (Settings(Tool.RATE, rate_bp=8_000, step_cents=100_00), facts(1_234_56), 900_00),
        (Settings(Tool.RATE, Base.PREVIOUS, 10_500), facts(5_000_00, previous=2_000_00), 2_100_00),
        (Settings(Tool.RATE, rate_bp=5_000), facts(None), None),
        (Settings(Tool.ROUND, step_cents=100_00), facts(proposed=1_299_99), 1_200_00),
        (TO_THE_NEAREST, facts(proposed=1_250_00), 1_300_00),
        (TO_THE_NEAREST, facts(1_260_00, proposed=1_255_00), 1_200_00),
        (Settings(Tool.ROUND, step_cents=100_00), facts(proposed=None), None),
        (Settings(Tool.ROUND, step_cents=100_00), facts(proposed=99_99), None),
    ],
)
def test_a_rate_and_a_rounding(settings, about, expected):
    assert result_for(settings, about).cents == expected


def test_a_tool_says_what_it_was_asked():
    settings = Settings(Tool.RATE, Base.PREVIOUS, 8_050, 100_00, Rounding.NEAREST, 500_00)
    assert plain(settings.words) == (
        "Appliquer un taux : 80,5 % de l’attribution N−1, arrondi au multiple de 100 € le plus proche, "
        "rien en dessous de 500,00 €"
    )
    assert Settings(Tool.RENEW).words == "Reconduire N−1"
    assert result_for(Settings(Tool.RENEW), facts(previous=1)) == Result(1)

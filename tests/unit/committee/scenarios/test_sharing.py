"""What a scenario shares out, rule by rule."""

from __future__ import annotations

from bench.scenarios import yearly_problem
from portal.committee.rules.scenarios.checking import check_allocation
from portal.committee.rules.scenarios.model import Fix
from portal.committee.rules.scenarios.program import cents_of, written
from portal.committee.rules.scenarios.reading import Why, held_back, reasons
from portal.foundation.solving import Solved, solve
from tests.typography import plain
from tests.unit.committee.scenarios.cases import (
    BEISSON,
    ENCAGNANE,
    STATE,
    line,
    problem,
    project,
    shared,
    tranche,
)


def cents(amounts):
    return {number: euros * 100 for number, euros in amounts.items()}


def test_the_best_scores_are_served_first_within_the_envelope():
    of = problem(
        project(1, line(1, 6_000), score=40),
        project(2, line(2, 6_000), score=90),
        project(3, line(3, 6_000), score=60),
        city=10_000,
    )
    assert shared(of) == {2: 6_000, 3: 4_000}


def test_between_equal_scores_the_smaller_number_is_served_first():
    of = problem(project(1, line(1, 6_000)), project(2, line(2, 6_000)), city=6_000)
    assert shared(of) == {1: 6_000}


def test_each_envelope_pays_for_its_own_lines():
    of = problem(
        project(1, line(1, 5_000), line(2, 5_000, STATE), score=90),
        project(2, line(3, 5_000), score=10),
        city=7_000,
        state=2_000,
    )
    assert shared(of) == {1: 5_000, 2: 2_000, 3: 2_000}


def test_an_amount_is_a_multiple_of_the_step_and_never_more_than_the_request():
    assert shared(problem(project(1, line(1, 4_250)))) == {1: 4_200}
    assert shared(problem(project(1, line(1, 4_250)), step_cents=50_00)) == {1: 4_250}


def test_below_the_useful_minimum_an_application_gets_nothing_at_all():
    of = problem(
        project(1, line(1, 6_000), score=90),
        project(2, line(2, 6_000), score=50),
        project(3, line(3, 1_000), score=20),
        city=7_000,
        minimum_cents=2_000_00,
    )
    # 1 000 € would be left for the second, which needs 2 000; the third asks no more than that.
    amounts = shared(of)
    assert amounts == {1: 6_000, 3: 1_000}
    why = reasons(of, cents(amounts))
    assert [why[number] for number in (1, 2, 3)] == [Why.FULL, Why.ENVELOPE, Why.FULL]


def test_what_is_left_and_does_not_reach_a_minimum_is_told_so():
    of = problem(
        project(1, line(1, 6_000), score=90), project(2, line(2, 6_000), score=50), city=7_000, max_cut_bp=5_000
    )
    amounts = shared(of)
    assert amounts == {1: 6_000}
    assert reasons(of, cents(amounts))[2] is Why.MINIMUM
    assert [(held.rule, held.effect) for held in held_back(of, cents(amounts))] == [
        ("Minimum utile et baisse maximale", "un dossier écarté")
    ]


def test_the_minimum_in_percent_counts_all_the_lines_of_an_application():
    of = problem(
        project(1, line(1, 4_000), line(2, 6_000, STATE), score=90),
        city=1_000,
        state=3_000,
        minimum_bp=4_000,
    )
    assert shared(of) == {1: 1_000, 2: 3_000}
    assert shared(problem(*of.projects, city=900, state=3_000, minimum_bp=4_000)) == {}


def test_a_score_below_the_threshold_or_not_given_leaves_out():
    of = problem(
        project(1, line(1, 1_000), score=59),
        project(2, line(2, 1_000), score=60),
        project(3, line(3, 1_000), score=None),
        threshold=60_00,
    )
    amounts = shared(of)
    assert amounts == {2: 1_000}
    why = reasons(of, cents(amounts))
    assert (why[1], why[3]) == (Why.LOW_SCORE, Why.UNSCORED)


def test_without_scores_every_euro_counts_alike():
    of = problem(project(1, line(1, 3_000), score=None), project(2, line(2, 9_000), score=None), weighs_scores=False)
    assert shared(of) == {1: 3_000, 2: 7_000}


def test_credits_of_the_state_do_not_go_to_active_watch_alone():
    watched = project(1, line(1, 2_000, STATE, is_barred=True), line(2, 2_000))
    assert shared(problem(watched)) == {2: 2_000}
    assert shared(problem(watched, state_in_qpv_only=False)) == {1: 2_000, 2: 2_000}
    # Nor does what the State cannot give count in what a cut is measured by.
    assert shared(problem(watched, max_cut_bp=0)) == {2: 2_000}


def test_tranches_of_agreements_come_first_whatever_the_scores_and_minimums():
    of = problem(
        project(1, line(1, 6_000), score=100),
        project(2, tranche(2, 4_321), score=None, is_tranche=True),
        city=5_000,
        minimum_cents=500_00,
        threshold=50_00,
    )
    amounts = shared(of)
    assert amounts == {1: 600, 2: 4_321}
    assert reasons(of, cents(amounts))[2] is Why.TRANCHE


def test_what_is_fixed_by_hand_or_kept_is_taken_as_it_is():
    of = problem(
        project(1, line(1, 6_000, fixed=1_234), score=10),
        project(2, line(2, 9_000), score=90),
        project(3, line(3, 9_000, fixed=0, fix=Fix.KEPT), score=95),
        city=5_000,
    )
    amounts = shared(of)
    assert amounts == {1: 1_234, 2: 3_700}
    why = reasons(of, cents(amounts))
    assert (why[1], why[3]) == (Why.HAND, Why.KEPT)


def test_a_quartier_gets_its_least_share_by_the_shares_of_its_applications():
    of = problem(
        project(1, line(1, 9_000), score=90, shares=((ENCAGNANE, 10_000),)),
        project(2, line(2, 9_000), score=10, shares=((BEISSON, 5_000), (ENCAGNANE, 5_000))),
        city=10_000,
        quartiers={BEISSON: 2_000},
    )
    amounts = shared(of)
    # 20 % of 10 000 € for Beisson: half of 4 000 €.
    assert amounts == {1: 6_000, 2: 4_000}
    assert [(held.rule, plain(held.effect)) for held in held_back(of, cents(amounts))] == [
        ("Enveloppe Ville", "employée jusqu’au bout (10 000,00 €)"),
        ("Part minimale pour Beisson", "atteinte de justesse (2 000,00 €)"),
    ]


def test_a_pillar_gets_its_least_share():
    of = problem(
        project(1, line(1, 9_000), score=90, pillar_id=21),
        project(2, line(2, 9_000), score=10, pillar_id=22),
        city=10_000,
        pillars={22: 3_000},
    )
    assert shared(of) == {1: 7_000, 2: 3_000}


def test_the_money_to_share_leaves_out_what_nobody_asks():
    of = problem(project(1, line(1, 3_000)), project(2, line(2, 9_000, STATE)), city=10_000, state=4_000)
    assert of.to_share_cents == 7_000_00


def test_the_same_problem_gives_the_same_amounts():
    of = yearly_problem(7, applications=60)
    answers = [solve(written(of).program) for _ in range(2)]
    assert answers[0].values == answers[1].values


def test_a_real_year_is_within_half_a_percent_of_the_best_and_takes_little_time():
    """200 applications × 7 funders; the solver's own bound, and its processor time with a wide margin."""
    of = yearly_problem(1)
    made = written(of)
    answer = solve(made.program)
    assert isinstance(answer, Solved)
    amounts = cents_of(made, answer.values)
    assert check_allocation(of, amounts) == []
    count = len(of.projects)
    assert of.gained(amounts) == round(answer.gained * of.rules.step_cents * 10_000 * 2 * count / 100)
    assert answer.gap <= 0.005
    assert answer.seconds < 20

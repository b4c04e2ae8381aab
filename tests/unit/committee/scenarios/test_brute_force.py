"""On small cases, what the solver finds is the best of everything that could be given."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.committee.rules.scenarios.checking import check_allocation
from portal.committee.rules.scenarios.model import WHOLE, Line, Problem, Project, Purse, Rules, ceiling
from portal.committee.rules.scenarios.program import cents_of, written
from portal.foundation.solving import Contradiction, solve
from tests.unit.committee.scenarios.cases import EXACT, PILLARS, QUARTIERS

STEP = 1_000_00
SHARES = st.sampled_from([0, 0, 0, 2_000, 5_000])


@st.composite
def small_problems(draw):
    """At most 4 applications × 2 funders, amounts of three steps at most."""
    rules = Rules(
        weighs_scores=draw(st.booleans()),
        step_cents=STEP,
        minimum_cents=draw(st.sampled_from([0, 0, 1_500_00, 2_000_00])),
        minimum_bp=draw(st.sampled_from([0, 5_000])),
        max_cut_bp=draw(st.sampled_from([WHOLE, 6_000, 0])),
        threshold=draw(st.sampled_from([None, None, 50_00])),
        quartiers={quartier: draw(SHARES) for quartier in QUARTIERS},
        pillars={pillar: draw(SHARES) for pillar in PILLARS},
        state_in_qpv_only=draw(st.booleans()),
    )
    purses = tuple(Purse(id_, f"Enveloppe {id_}", draw(st.integers(0, 6)) * STEP + 300_00) for id_ in (1, 2))
    count = draw(st.integers(1, 4))
    return Problem(rules, purses, tuple(_project(draw, rank) for rank in range(count)), QUARTIERS, PILLARS)


def _project(draw, rank):
    funders = draw(st.sampled_from([(1,), (2,), (1, 2)]))
    first = draw(st.sampled_from([0, 3_333, 10_000]))
    places = tuple(zip(QUARTIERS, (first, WHOLE - first)))
    return Project(
        rank,
        f"2026-{rank:03d}",
        tuple(_line(draw, rank * 10 + funder, funder) for funder in funders),
        draw(st.sampled_from([None, 20_00, 50_00, 80_00])),
        draw(st.sampled_from([(), places])),
        draw(st.sampled_from([None, *PILLARS])),
    )


def _line(draw, number, funder):
    asked = draw(st.sampled_from([500_00, 1_000_00, 2_300_00]))
    fixed = draw(st.sampled_from([None, None, None, None, 0, 400_00]))
    return Line(number, funder, asked, fixed, is_barred=draw(st.sampled_from([False, False, True])))


def best_by_trying(problem: Problem) -> int | None:
    """What the best allowed allocation gains; None when none is allowed."""
    lines = [line for _project, line in problem.lines()]
    choices = [
        [line.fixed_cents]
        if line.fixed_cents is not None
        else range(0, ceiling(line, problem.rules) + 1, problem.rules.step_cents)
        for line in lines
    ]
    gains = [
        problem.gained(amounts)
        for picked in product(*choices)
        if not check_allocation(problem, amounts := {line.id: cents for line, cents in zip(lines, picked) if cents})
    ]
    return max(gains, default=None)


@settings(max_examples=40)
@given(small_problems())
def test_the_solver_finds_what_trying_everything_finds(problem):
    made = written(problem)
    answer = solve(made.program, limits=EXACT)
    best = best_by_trying(problem)
    if isinstance(answer, Contradiction):
        assert best is None
        assert answer.clashes
        return
    amounts = cents_of(made, answer.values)
    assert check_allocation(problem, amounts) == []
    assert problem.gained(amounts) == best

"""Programs solved in a process of their own, which may be stopped at any moment."""

from __future__ import annotations

import random
import time

import pytest

from portal.foundation.solving import Column, Contradiction, Limits, Program, Row, Solved, SolveError, solve


def knapsack() -> Program:
    """Two of three things, the heaviest of which is worth most."""
    return Program([Column(1, 10), Column(1, 6), Column(1, 5)], [Row(((0, 5), (1, 3), (2, 2)), upper=5)])


def endless() -> Program:
    """Random equal knapsacks: hours of search."""
    chance = random.Random(1)
    columns = [Column(1, chance.randint(100, 999)) for _ in range(120)]
    rows = [Row(tuple((n, chance.randint(100, 999)) for n in range(120)), upper=12_000) for _ in range(40)]
    return Program(columns, rows)


def test_the_best_values_come_with_their_proved_bound():
    answer = solve(knapsack(), limits=Limits(gap=0.0))
    assert isinstance(answer, Solved)
    assert (answer.values, answer.gained, answer.bound, answer.gap) == ((0, 1, 1), 11, 11, 0)


def test_rules_that_contradict_are_named_without_the_others():
    program = Program(
        [Column(10), Column(10)],
        [
            Row(((0, 1),), lower=8, rule=0),
            Row(((1, 1),), lower=1, rule=1),
            Row(((0, 1), (1, 1)), upper=5, rule=2),
        ],
        rules=3,
        demands={0, 1},
    )
    answer = solve(program)
    assert isinstance(answer, Contradiction)
    assert [(clash.rules, clash.reach) for clash in answer.clashes] == [((0, 2), {0: 5, 2: 8})]


def test_a_program_without_column_is_solved():
    answer = solve(Program())
    assert isinstance(answer, Solved)
    assert answer.values == ()


def test_somebody_may_stop_it():
    began = time.monotonic()
    with pytest.raises(SolveError) as stopped:
        solve(endless(), limits=Limits(seconds=60, gap=0.0), stop=lambda: True)
    assert stopped.value.reason == "cancelled"
    assert time.monotonic() - began < 30


def test_its_time_is_limited():
    with pytest.raises(SolveError) as late:
        solve(endless(), limits=Limits(seconds=1, gap=0.0))
    assert late.value.reason == "time"


def test_its_memory_is_limited():
    with pytest.raises(SolveError) as full:
        solve(knapsack(), limits=Limits(memory_mb=8))
    assert full.value.reason in {"memory", "crash"}


def test_what_the_solver_does_not_accept_is_told():
    with pytest.raises(SolveError) as refused:
        solve(Program([Column(-1)], [Row(((5, 1.0),), upper=1)]))
    assert refused.value.reason == "refused"

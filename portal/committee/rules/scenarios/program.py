"""A problem written for the solver, and its answer read back as cents.

One column per line, counted in steps; one column « retained, yes or no » per application that a
minimum concerns. Each rule that may contradict another is named, so that the solver can tell which do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portal.committee.rules.scenarios.model import (
    WHOLE,
    Line,
    Problem,
    Project,
    Rules,
    ceiling,
    is_scored_out,
    is_shut,
    least_after_cut,
    least_share,
    useful_minimum,
)
from portal.foundation.solving import Column, Program, Row

Entries = list[tuple[int, float]]


class RuleKind(StrEnum):
    """What a rule is about; its subject is an id, or nothing for a rule of all applications."""

    PURSE = "purse"
    SCORE = "score"
    MINIMUM = "minimum"
    CUT = "cut"
    STATE = "state"
    FIXED = "fixed"
    QUARTIER = "quartier"
    PILLAR = "pillar"

    @property
    def is_demand(self) -> bool:
        """Whether it asks for money; without any demand, giving nothing satisfies everything."""
        return self in {RuleKind.FIXED, RuleKind.QUARTIER, RuleKind.PILLAR}


RuleName = tuple[RuleKind, int | None]


@dataclass
class Written:
    """A program with what its columns and rules stand for."""

    problem: Problem
    program: Program = field(default_factory=Program)
    column_of: dict[int, int] = field(default_factory=dict)
    rules: dict[RuleName, int] = field(default_factory=dict)

    def rule(self, kind: RuleKind, subject: int | None = None) -> int:
        """The number of a rule, given at its first use."""
        name = (kind, subject)
        if name not in self.rules:
            self.rules[name] = self.program.rules
            if kind.is_demand:
                self.program.demands.add(self.rules[name])
            self.program.rules += 1
        return self.rules[name]

    def column(self, upper: float, gain: float = 0.0, *, is_integer: bool = True) -> int:
        self.program.columns.append(Column(upper, gain, is_integer))
        return len(self.program.columns) - 1

    def row(
        self, entries: Entries, *, lower: float | None = None, upper: float | None = None, rule: int | None = None
    ) -> None:
        self.program.rows.append(Row(tuple(entries), lower, upper, rule))


def written(problem: Problem) -> Written:
    """The program of a problem. Its gain is in points × steps: weights brought back to scores out of 100."""
    made = Written(problem)
    scale = WHOLE * 2 * max(1, len(problem.projects))
    for index, project in enumerate(problem.projects):
        for line in project.lines:
            _line(made, line, problem.weight(index) * 100 / scale)
    # Named in the order in which they are given up when rules contradict: what asks for money last.
    for purse in problem.purses:
        _purse(made, purse.id, purse.left_cents)
    for project in problem.projects:
        _project(made, project)
    _shares(made)
    for _, line in problem.lines():
        _fixed(made, line)
    return made


def _steps(cents: int, rules: Rules) -> float:
    """Cents in steps; exact for multiples, which is what integer columns hold."""
    return cents / rules.step_cents


def _line(made: Written, line: Line, gain: float) -> None:
    rules = made.problem.rules
    is_free = line.fixed_cents is None
    upper = _steps(ceiling(line, rules), rules)
    made.column_of[line.id] = made.column(upper, gain if is_free else 0.0, is_integer=is_free)


def _purse(made: Written, purse_id: int, left_cents: int) -> None:
    mine = [(made.column_of[line.id], 1.0) for _project, line in made.problem.lines() if line.purse_id == purse_id]
    if mine:
        upper = _steps(max(0, left_cents), made.problem.rules)
        made.row(mine, upper=upper, rule=made.rule(RuleKind.PURSE, purse_id))


def _project(made: Written, project: Project) -> None:
    rules = made.problem.rules
    columns = [made.column_of[line.id] for line in project.lines]
    free = [line for line in project.lines if line.fixed_cents is None]
    if is_scored_out(project, rules) and free:
        made.row([(made.column_of[line.id], 1.0) for line in free], upper=0, rule=made.rule(RuleKind.SCORE))
    for line in free:
        if is_shut(line, rules):
            made.row([(made.column_of[line.id], 1.0)], upper=0, rule=made.rule(RuleKind.STATE))
    if project.is_tranche:
        return
    leasts = [
        (RuleKind.MINIMUM, useful_minimum(project, rules)),
        (RuleKind.CUT, least_after_cut(project, rules)),
    ]
    if not any(cents for _kind, cents in leasts):
        return
    retained = made.column(1)
    for column in columns:
        made.row([(column, 1.0), (retained, -made.program.columns[column].upper)], upper=0)
    for kind, cents in leasts:
        if cents:
            entries = [(column, 1.0) for column in columns] + [(retained, -_steps(cents, rules))]
            made.row(entries, lower=0, rule=made.rule(kind))


def _shares(made: Written) -> None:
    """Weights are basis points and what is asked of the row is cents × basis points over the step."""
    problem = made.problem
    for kind, leasts in ((RuleKind.QUARTIER, problem.rules.quartiers), (RuleKind.PILLAR, problem.rules.pillars)):
        for subject, least_bp in leasts.items():
            entries = [
                (made.column_of[line.id], float(share))
                for project, line in problem.lines()
                if (share := _share(project, kind, subject))
            ]
            lower = _steps(least_share(least_bp, problem) * WHOLE, problem.rules)
            if least_bp:
                made.row(entries, lower=lower, rule=made.rule(kind, subject))


def _share(project: Project, kind: RuleKind, subject: int) -> int:
    if kind is RuleKind.PILLAR:
        return WHOLE if project.pillar_id == subject else 0
    return sum(share for quartier, share in project.shares if quartier == subject)


def _fixed(made: Written, line: Line) -> None:
    """The column goes no further than what is fixed: asking for it is enough."""
    if line.fixed_cents:
        least = _steps(line.fixed_cents, made.problem.rules)
        made.row([(made.column_of[line.id], 1.0)], lower=least, rule=made.rule(RuleKind.FIXED, line.id))


def cents_of(made: Written, values: Sequence[float]) -> dict[int, int]:
    """The cents of each line that the solver serves: whole steps, and what is fixed as it is."""
    found = {}
    for _project, line in made.problem.lines():
        steps = round(values[made.column_of[line.id]])
        cents = line.fixed_cents if line.fixed_cents is not None else steps * made.problem.rules.step_cents
        if cents:
            found[line.id] = cents
    return found

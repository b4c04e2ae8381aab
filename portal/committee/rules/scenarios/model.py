"""What a scenario shares out, and the rules chosen. Integers only: cents, basis points, hundredths of a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

WHOLE = 10_000


class Fix(StrEnum):
    """Why an amount is taken as it is."""

    HAND = "hand"
    KEPT = "kept"
    TRANCHE = "tranche"


@dataclass(frozen=True)
class Line:
    """One funding line to decide. `purse_id` is its envelope.

    `fixed_cents` is an amount that the scenario takes as it is, `fix` says why. `is_barred`: credits
    of the State for an action in active watch alone.
    """

    id: int
    purse_id: int
    requested_cents: int
    fixed_cents: int | None = None
    fix: Fix = Fix.HAND
    is_barred: bool = False


@dataclass(frozen=True)
class Project:
    """An application. `score` in hundredths out of 100, None when nobody scored.

    `shares` are (quartier id, share in basis points); empty when unknown. `is_tranche`: a later year
    of an agreement, whose fixed lines come first.
    """

    id: int
    reference: str
    lines: tuple[Line, ...]
    score: int | None = None
    shares: tuple[tuple[int, int], ...] = ()
    pillar_id: int | None = None
    is_tranche: bool = False


@dataclass(frozen=True)
class Purse:
    """An envelope: who, and the cents that are left to share."""

    id: int
    label: str
    left_cents: int


@dataclass(frozen=True)
class Rules:
    """The rules of a scenario, as its author chose them.

    `weighs_scores`: a euro counts as much as its application's score; otherwise every euro counts
    alike. An application gets at least `minimum_cents`, `minimum_bp` of what it asks, and what is
    left after the largest cut `max_cut_bp`, or nothing. Below the score `threshold`, nothing.
    `quartiers` and `pillars` hold the least share, in basis points, of the money to share.
    Amounts are multiples of `step_cents`, save those that are fixed.
    """

    weighs_scores: bool = True
    step_cents: int = 100_00
    minimum_cents: int = 0
    minimum_bp: int = 0
    max_cut_bp: int = WHOLE
    threshold: int | None = None
    quartiers: Mapping[int, int] = field(default_factory=dict)
    pillars: Mapping[int, int] = field(default_factory=dict)
    state_in_qpv_only: bool = True

    @property
    def reads_scores(self) -> bool:
        return self.weighs_scores or self.threshold is not None


@dataclass(frozen=True)
class Problem:
    """Everything that a scenario is computed from; projects in the order of their references."""

    rules: Rules
    purses: tuple[Purse, ...]
    projects: tuple[Project, ...]
    quartiers: Mapping[int, str] = field(default_factory=dict)
    pillars: Mapping[int, str] = field(default_factory=dict)

    def lines(self) -> Iterator[tuple[Project, Line]]:
        for project in self.projects:
            for line in project.lines:
                yield project, line

    @cached_property
    def to_share_cents(self) -> int:
        """The money to share: what is left of each envelope, without what nobody asks."""
        asked = dict.fromkeys((purse.id for purse in self.purses), 0)
        for _project, line in self.lines():
            if not is_shut(line, self.rules):
                asked[line.purse_id] += line.requested_cents if line.fixed_cents is None else line.fixed_cents
        return sum(max(0, min(purse.left_cents, asked[purse.id])) for purse in self.purses)

    def weight(self, index: int) -> int:
        """What a euro of the project of that rank counts for, as an integer.

        The score first (or the same for all), then, between equals, the smaller reference: the
        difference it makes is always below a hundredth of a point.
        """
        count = len(self.projects)
        points = (self.projects[index].score or 0) if self.rules.weighs_scores else WHOLE
        return points * 2 * count + (count - index)

    def gained(self, amounts: Mapping[int, int]) -> int:
        """What an allocation ({line id: cents}) is worth: the sum to make as large as possible.

        Fixed lines are not counted: no rule chooses them.
        """
        return sum(
            self.weight(index) * amounts.get(line.id, 0)
            for index, project in enumerate(self.projects)
            for line in project.lines
            if line.fixed_cents is None
        )


def is_scored_out(project: Project, rules: Rules) -> bool:
    """Whether its score leaves a project out: too low, or not known where scores count."""
    if project.is_tranche or not rules.reads_scores:
        return False
    return project.score is None or (rules.threshold is not None and project.score < rules.threshold)


def is_shut(line: Line, rules: Rules) -> bool:
    return line.is_barred and rules.state_in_qpv_only and line.fixed_cents is None


def ceiling(line: Line, rules: Rules) -> int:
    """The most that a line takes: what it asks, down to the step; what is fixed, as it is."""
    if line.fixed_cents is not None:
        return line.fixed_cents
    return line.requested_cents - line.requested_cents % rules.step_cents


def asked(project: Project, rules: Rules) -> int:
    """What a project asks of the money that it may have."""
    return sum(line.requested_cents for line in project.lines if not is_shut(line, rules))


def useful_minimum(project: Project, rules: Rules) -> int:
    """Below it a project gets nothing; never more than all that it can get."""
    wanted = max(rules.minimum_cents, _up(asked(project, rules) * rules.minimum_bp, WHOLE))
    return min(wanted, _reachable(project, rules))


def least_after_cut(project: Project, rules: Rules) -> int:
    """What the largest cut leaves to a project that is retained; never more than all that it can get."""
    kept = _up(asked(project, rules) * (WHOLE - rules.max_cut_bp), WHOLE)
    return min(kept, _reachable(project, rules))


def _reachable(project: Project, rules: Rules) -> int:
    return sum(ceiling(line, rules) for line in project.lines if not is_shut(line, rules))


def least_share(share_bp: int, problem: Problem) -> int:
    """Cents, rounded up: what a share of the money to share amounts to."""
    return _up(share_bp * problem.to_share_cents, WHOLE)


def _up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)

"""What a scenario costs: 200 applications × 7 funders, the processor time and the proved gap.

python -m bench.scenarios
"""

from __future__ import annotations

import random

from portal.committee.rules.scenarios.checking import check_allocation
from portal.committee.rules.scenarios.model import Line, Problem, Project, Purse, Rules
from portal.committee.rules.scenarios.program import cents_of, written
from portal.foundation.solving import Solved, solve

FUNDERS = 7
APPLICATIONS = 200
QUARTIERS = {1: "Encagnane", 2: "Jas de Bouffan", 3: "Beisson", 4: "Corsy", 5: "Pinette"}
PILLARS = {1: "Cohésion sociale", 2: "Cadre de vie", 3: "Emploi"}


def yearly_problem(seed: int = 1, applications: int = APPLICATIONS, rules: Rules | None = None) -> Problem:
    """A year as it may come: more is asked than there is, everywhere."""
    chance = random.Random(seed)  # noqa: S311 - an example, not a secret
    projects = tuple(_project(chance, rank) for rank in range(applications))
    asked = dict.fromkeys(range(1, FUNDERS + 1), 0)
    for project in projects:
        for line in project.lines:
            asked[line.purse_id] += line.requested_cents
    purses = tuple(
        Purse(id_, f"Financeur {id_}", cents * chance.randint(40, 70) // 100) for id_, cents in asked.items()
    )
    return Problem(rules or yearly_rules(), purses, projects, QUARTIERS, PILLARS)


def yearly_rules() -> Rules:
    return Rules(
        step_cents=50_00,
        minimum_cents=500_00,
        max_cut_bp=5_000,
        threshold=35_00,
        quartiers={1: 1_500, 2: 1_000, 3: 1_000},
        pillars={1: 2_500, 2: 1_500, 3: 1_500},
    )


def _project(chance: random.Random, rank: int) -> Project:
    funders = chance.sample(range(1, FUNDERS + 1), FUNDERS)
    lines = tuple(
        Line(rank * 10 + funder, funder, chance.randint(500, 15_000) * 1_00, is_barred=chance.random() < 0.05)
        for funder in sorted(funders)
    )
    places = chance.sample(sorted(QUARTIERS), chance.randint(1, 2))
    first = chance.randint(1, 99) * 100 if len(places) > 1 else 10_000
    shares = tuple(zip(places, (first, 10_000 - first), strict=False))
    score = chance.randint(20_00, 100_00)
    return Project(rank, f"2026-{rank + 1:03d}", lines, score, shares, chance.choice(sorted(PILLARS)))


def main() -> None:
    for seed in range(1, 6):
        problem = yearly_problem(seed)
        made = written(problem)
        answer = solve(made.program)
        assert isinstance(answer, Solved)
        amounts = cents_of(made, answer.values)
        assert check_allocation(problem, amounts) == []
        print(
            f"{APPLICATIONS} applications, {sum(len(each.lines) for each in problem.projects)} lines (n° {seed}): "
            f"{answer.seconds:.2f} s of processor time, gap {answer.gap:.4%}"
        )


if __name__ == "__main__":
    main()

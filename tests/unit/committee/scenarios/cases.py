"""Small problems written in euros."""

from __future__ import annotations

from typing import Any

from portal.committee.rules.scenarios.checking import check_allocation
from portal.committee.rules.scenarios.contradictions import contradictions
from portal.committee.rules.scenarios.model import Fix, Line, Problem, Project, Purse, Rules
from portal.committee.rules.scenarios.program import cents_of, written
from portal.foundation.solving import Contradiction, Limits, Solved, solve
from tests.typography import plain

CITY, STATE = 1, 2
BEISSON, ENCAGNANE = 11, 12
QUARTIERS = {BEISSON: "Beisson", ENCAGNANE: "Encagnane"}
PILLARS = {21: "Emploi", 22: "Cadre de vie"}
EXACT = Limits(seconds=60, gap=0.0)


def line(number: int, asked: int, purse: int = CITY, fixed: int | None = None, **values: Any) -> Line:
    return Line(number, purse, asked * 100, None if fixed is None else fixed * 100, **values)


def project(number: int, *lines: Line, score: int | None = 50, **values: Any) -> Project:
    scored = None if score is None else score * 100
    return Project(number, f"2026-{number:03d}", lines, scored, **values)


def problem(*projects: Project, city: int = 10_000, state: int = 10_000, **rules: Any) -> Problem:
    purses = (Purse(CITY, "Ville", city * 100), Purse(STATE, "État", state * 100))
    return Problem(Rules(**rules), purses, projects, QUARTIERS, PILLARS)


def shared(of: Problem) -> dict[int, int]:
    """The euros of each line in the best allocation, which keeps every rule."""
    made = written(of)
    answer = solve(made.program, limits=EXACT)
    assert isinstance(answer, Solved)
    amounts = cents_of(made, answer.values)
    assert check_allocation(of, amounts) == []
    return {number: cents // 100 for number, cents in amounts.items()}


def contradicted(of: Problem) -> list[tuple[str, ...]]:
    """What is told of rules that cannot hold together, with ordinary spaces."""
    made = written(of)
    answer = solve(made.program, limits=EXACT)
    assert isinstance(answer, Contradiction)
    return [tuple(plain(rule) for rule in each.rules) for each in contradictions(made, answer.clashes)]


def tranche(number: int, asked: int, purse: int = CITY) -> Line:
    return line(number, asked, purse, asked, fix=Fix.TRANCHE)

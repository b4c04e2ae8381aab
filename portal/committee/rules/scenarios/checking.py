"""Whether an allocation respects every rule, exactly, without any solver: what is found wrong, in words.

Written apart from `program` on purpose: one mistake does not hide in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portal.committee.rules.scenarios.model import (
    WHOLE,
    Problem,
    Project,
    is_scored_out,
    is_shut,
    least_after_cut,
    least_share,
    useful_minimum,
)
from portal.foundation.money import format_euros

Amounts = Mapping[int, int]


def check_allocation(problem: Problem, amounts: Amounts) -> list[str]:
    """The rules that `amounts` ({line id: cents}, nothing for a line left out) break; empty when all hold."""
    return [
        *_lines(problem, amounts),
        *_purses(problem, amounts),
        *(breach for project in problem.projects for breach in _project(project, problem, amounts)),
        *_shares(problem, amounts),
    ]


def _lines(problem: Problem, amounts: Amounts) -> Iterator[str]:
    rules = problem.rules
    known = {line.id for _project, line in problem.lines()}
    if extra := set(amounts) - known:
        yield f"lignes inconnues : {sorted(extra)}"
    for project, line in problem.lines():
        cents = amounts.get(line.id, 0)
        if line.fixed_cents is not None:
            if cents != line.fixed_cents:
                yield f"{project.reference} : {format_euros(cents)} au lieu du montant fixé"
        elif not 0 <= cents <= line.requested_cents:
            yield f"{project.reference} : {format_euros(cents)} hors de la demande"
        elif cents % rules.step_cents:
            yield f"{project.reference} : {format_euros(cents)} n’est pas arrondi"
        elif cents and is_shut(line, rules):
            yield f"{project.reference} : crédits de l’État en veille active"


def _purses(problem: Problem, amounts: Amounts) -> Iterator[str]:
    for purse in problem.purses:
        spent = sum(amounts.get(line.id, 0) for _project, line in problem.lines() if line.purse_id == purse.id)
        if spent > max(0, purse.left_cents):
            yield f"{purse.label} : {format_euros(spent)} pour {format_euros(purse.left_cents)}"


def _project(project: Project, problem: Problem, amounts: Amounts) -> Iterator[str]:
    rules = problem.rules
    total = sum(amounts.get(line.id, 0) for line in project.lines)
    free = sum(amounts.get(line.id, 0) for line in project.lines if line.fixed_cents is None)
    if free and is_scored_out(project, rules):
        yield f"{project.reference} : écarté par sa note"
    if total and not project.is_tranche:
        if total < useful_minimum(project, rules):
            yield f"{project.reference} : {format_euros(total)} sous le minimum utile"
        if total < least_after_cut(project, rules):
            yield f"{project.reference} : {format_euros(total)}, baisse trop forte"


def _shares(problem: Problem, amounts: Amounts) -> Iterator[str]:
    by_quartier = dict.fromkeys(problem.rules.quartiers, 0)
    by_pillar = dict.fromkeys(problem.rules.pillars, 0)
    for project in problem.projects:
        total = sum(amounts.get(line.id, 0) for line in project.lines)
        for quartier, share_bp in project.shares:
            if quartier in by_quartier:
                by_quartier[quartier] += total * share_bp
        if project.pillar_id in by_pillar:
            by_pillar[project.pillar_id] += total
    for quartier, least_bp in problem.rules.quartiers.items():
        if by_quartier[quartier] < least_share(least_bp, problem) * WHOLE:
            yield f"{problem.quartiers.get(quartier, quartier)} : sous sa part minimale"
    for pillar, least_bp in problem.rules.pillars.items():
        if by_pillar[pillar] < least_share(least_bp, problem):
            yield f"{problem.pillars.get(pillar, pillar)} : sous sa part minimale"

"""Rules that cannot hold together, named in words with what each asks and what is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.committee.rules.scenarios.model import WHOLE, Fix, Problem, is_scored_out, is_shut, least_share
from portal.committee.rules.scenarios.program import RuleKind, RuleName, Written
from portal.committee.rules.scenarios.words import minimum_words, score_words
from portal.foundation.money import format_euros, format_share
from portal.foundation.solving import Clash

FEW = 3
"""Beyond, fixed amounts are told together."""

FIXES = {
    Fix.HAND: "Montant fixé à la main",
    Fix.KEPT: "Proposition gardée",
    Fix.TRANCHE: "Tranche de convention pluriannuelle",
}


@dataclass(frozen=True)
class Contradiction:
    """One contradiction: a sentence for each rule in it; giving up any of them is enough."""

    rules: tuple[str, ...]


def contradictions(made: Written, clashes: Sequence[Clash]) -> list[Contradiction]:
    """The contradictions that the solver found, in words."""
    names = {number: name for name, number in made.rules.items()}
    return [_told(made.problem, {names[rule]: clash.reach.get(rule) for rule in clash.rules}) for clash in clashes]


def _told(problem: Problem, rules: dict[RuleName, float | None]) -> Contradiction:
    if len(rules) == 1:
        ((kind, subject),) = rules
        if kind in (RuleKind.QUARTIER, RuleKind.PILLAR):
            return Contradiction((_asks_too_little(problem, kind, subject, rules[kind, subject]),))
    fixed = [subject for kind, subject in rules if kind is RuleKind.FIXED]
    told = [
        _rule(problem, kind, subject, reach)
        for (kind, subject), reach in rules.items()
        if kind is not RuleKind.FIXED or len(fixed) <= FEW
    ]
    if len(fixed) > FEW:
        told.append(_fixed_together(problem, fixed))
    return Contradiction(tuple(told))


def _asks_too_little(problem: Problem, kind: RuleKind, subject: int | None, reach: float | None) -> str:
    """A share that even the whole of what is asked does not reach."""
    name, least_bp, needed = _share(problem, kind, subject)
    asked = _asked_of(problem, kind, subject)
    start = f"La part minimale de {format_share(least_bp)} pour {name} demande {format_euros(needed)} ; "
    if asked < needed:
        return f"{start}les dossiers de {name} ne demandent que {format_euros(asked)}."
    return (
        f"{start}une fois arrondies, les demandes de {name} ne font que {format_euros(_cents(problem, kind, reach))}."
    )


def _share(problem: Problem, kind: RuleKind, subject: int | None) -> tuple[str, int, int]:
    """The name of a quartier or pillar, its least share, and what it amounts to."""
    of = (
        (problem.rules.quartiers, problem.quartiers)
        if kind is RuleKind.QUARTIER
        else (
            problem.rules.pillars,
            problem.pillars,
        )
    )
    leasts, names = of
    key = subject or 0
    return names.get(key, "cette part"), leasts[key], least_share(leasts[key], problem)


def _asked_of(problem: Problem, kind: RuleKind, subject: int | None) -> int:
    """Cents that the applications of a quartier or pillar ask, by their shares."""
    total = 0
    for project, line in problem.lines():
        if kind is RuleKind.PILLAR:
            share = WHOLE if project.pillar_id == subject else 0
        else:
            share = sum(bp for quartier, bp in project.shares if quartier == subject)
        total += line.requested_cents * share
    return total // WHOLE


def _cents(problem: Problem, kind: RuleKind, reach: float | None) -> int:
    """The value of a row in cents, from steps, and for shares from basis points of steps."""
    scale = WHOLE if kind in (RuleKind.QUARTIER, RuleKind.PILLAR) else 1
    return round((reach or 0) * problem.rules.step_cents / scale)


def _rule(problem: Problem, kind: RuleKind, subject: int | None, reach: float | None) -> str:
    possible = "" if reach is None else format_euros(_cents(problem, kind, reach))
    if kind in (RuleKind.QUARTIER, RuleKind.PILLAR):
        name, least_bp, needed = _share(problem, kind, subject)
        start = f"La part minimale de {format_share(least_bp)} pour {name} demande {format_euros(needed)}"
        return f"{start} ; avec les autres règles citées, {possible} au plus sont possibles."
    if kind is RuleKind.PURSE:
        purse = next(each for each in problem.purses if each.id == subject)
        start = f"Enveloppe {purse.label} : il reste {format_euros(max(0, purse.left_cents))}"
        return f"{start} ; les autres règles citées lui demandent au moins {possible}."
    if kind is RuleKind.FIXED:
        return _fixed(problem, subject, possible)
    return _general(problem, kind)


def _fixed(problem: Problem, line_id: int | None, possible: str) -> str:
    project, line = next(pair for pair in problem.lines() if pair[1].id == line_id)
    purse = next(each for each in problem.purses if each.id == line.purse_id)
    start = f"{FIXES[line.fix]} pour le dossier {project.reference} ({purse.label})"
    fixed = format_euros(line.fixed_cents or 0)
    return f"{start} : {fixed} ; avec les autres règles citées, {possible} au plus sont possibles."


def _fixed_together(problem: Problem, line_ids: Sequence[int | None]) -> str:
    wanted = set(line_ids)
    fixed = [line for _project, line in problem.lines() if line.id in wanted]
    total = format_euros(sum(line.fixed_cents or 0 for line in fixed))
    kinds = " et ".join(dict.fromkeys(FIXES[line.fix].lower() for line in fixed))
    return f"{len(fixed)} montants déjà fixés ({kinds}) : {total} en tout."


def _general(problem: Problem, kind: RuleKind) -> str:
    rules = problem.rules
    if kind is RuleKind.SCORE:
        out = sum(is_scored_out(project, rules) for project in problem.projects)
        return f"{score_words(rules)} : " + _counted(out, "un dossier ne reçoit rien", "dossiers ne reçoivent rien")
    if kind is RuleKind.STATE:
        shut = sum(any(is_shut(line, rules) for line in project.lines) for project in problem.projects)
        told = _counted(shut, "un dossier n’y a pas droit", "dossiers n’y ont pas droit")
        return f"Crédits de l’État réservés aux quartiers prioritaires : {told}"
    if kind is RuleKind.MINIMUM:
        return f"Minimum utile : {minimum_words(rules)}."
    return f"Baisse maximale : un dossier retenu perd au plus {format_share(rules.max_cut_bp)} de sa demande."


def _counted(number: int, one: str, many: str) -> str:
    return f"{one}." if number == 1 else f"{number} {many}."

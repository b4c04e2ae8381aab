"""What an allocation says: why each line gets what it gets, and which rules held it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.calls.states import LabelledEnum
from portal.committee.rules.scenarios.model import (
    WHOLE,
    Fix,
    Line,
    Problem,
    Project,
    Purse,
    ceiling,
    is_scored_out,
    is_shut,
    least_after_cut,
    least_share,
    useful_minimum,
)
from portal.foundation.money import format_euros

Amounts = Mapping[int, int]


class Why(LabelledEnum):
    """Why a line gets its amount."""

    FULL = "full", "Servi en entier"
    ROUNDED = "rounded", "Servi, arrondi vers le bas"
    PART = "part", "Servi en partie : l’enveloppe ne permet pas plus"
    HAND = "hand", "Montant fixé à la main"
    KEPT = "kept", "Proposition gardée"
    TRANCHE = "tranche", "Tranche de convention pluriannuelle"
    UNSCORED = "unscored", "Pas encore de note"
    LOW_SCORE = "low_score", "Note sous le seuil"
    STATE = "state", "Crédits de l’État réservés aux quartiers prioritaires"
    SMALL = "small", "Demande inférieure à l’arrondi"
    MINIMUM = "minimum", "Ce qui reste n’atteint pas son minimum"
    ENVELOPE = "envelope", "Enveloppe employée par des dossiers qui comptent davantage"

    @property
    def gives_nothing(self) -> bool:
        return self in {
            Why.UNSCORED,
            Why.LOW_SCORE,
            Why.STATE,
            Why.SMALL,
            Why.MINIMUM,
            Why.ENVELOPE,
        }


FIXED = {Fix.HAND: Why.HAND, Fix.KEPT: Why.KEPT, Fix.TRANCHE: Why.TRANCHE}


def reasons(problem: Problem, amounts: Amounts) -> dict[int, Why]:
    """Why each line gets its amount, {line id: reason}."""
    left = {purse.id: purse.left_cents - used for purse, used in used_of(problem, amounts)}
    return {line.id: _why(problem, project, line, amounts, left) for project, line in problem.lines()}


def used_of(problem: Problem, amounts: Amounts) -> list[tuple[Purse, int]]:
    """Each envelope with the cents that the allocation takes from it."""
    used = dict.fromkeys((purse.id for purse in problem.purses), 0)
    for _project, line in problem.lines():
        used[line.purse_id] += amounts.get(line.id, 0)
    return [(purse, used[purse.id]) for purse in problem.purses]


def _why(problem: Problem, project: Project, line: Line, amounts: Amounts, left: Mapping[int, int]) -> Why:
    cents, rules = amounts.get(line.id, 0), problem.rules
    if line.fixed_cents is not None:
        return FIXED[line.fix]
    if cents:
        if cents == line.requested_cents:
            return Why.FULL
        return Why.ROUNDED if cents == ceiling(line, rules) else Why.PART
    if is_scored_out(project, rules):
        return Why.UNSCORED if project.score is None else Why.LOW_SCORE
    if is_shut(line, rules):
        return Why.STATE
    if ceiling(line, rules) == 0:
        return Why.SMALL
    return Why.MINIMUM if _stopped_by_minimum(problem, project, amounts, left) else Why.ENVELOPE


def _stopped_by_minimum(problem: Problem, project: Project, amounts: Amounts, left: Mapping[int, int]) -> bool:
    """Whether something is left for a project that gets nothing, but less than it needs."""
    if any(amounts.get(line.id, 0) for line in project.lines):
        return False
    open_lines = [line for line in project.lines if not is_shut(line, problem.rules)]
    possible = sum(min(ceiling(line, problem.rules), max(0, left[line.purse_id])) for line in open_lines)
    least = max(useful_minimum(project, problem.rules), least_after_cut(project, problem.rules))
    return problem.rules.step_cents <= possible < least


@dataclass(frozen=True)
class Held:
    """A rule that held the result back, with what it did."""

    rule: str
    effect: str


def held_back(problem: Problem, amounts: Amounts) -> list[Held]:
    """The rules without which the result would be another."""
    why = reasons(problem, amounts)
    held = [
        Held(f"Enveloppe {purse.label}", f"employée jusqu’au bout ({format_euros(used)})")
        for purse, used in used_of(problem, amounts)
        if used and purse.left_cents - used < problem.rules.step_cents
    ]
    held += _shares_met(problem, amounts)
    for reason, rule in (
        (Why.LOW_SCORE, "Note minimale"),
        (Why.UNSCORED, "Notes attendues"),
        (Why.MINIMUM, "Minimum utile et baisse maximale"),
        (Why.STATE, "Crédits de l’État"),
    ):
        out = sum(any(why[line.id] is reason for line in project.lines) for project in problem.projects)
        if out:
            held.append(Held(rule, "un dossier écarté" if out == 1 else f"{out} dossiers écartés"))
    return held


def _shares_met(problem: Problem, amounts: Amounts) -> list[Held]:
    """The least shares reached with less than a step to spare: what was given for them was given for that."""
    totals = {project.id: sum(amounts.get(line.id, 0) for line in project.lines) for project in problem.projects}
    found = []
    for key, least_bp in problem.rules.quartiers.items():
        got = sum(totals[each.id] * bp for each in problem.projects for quartier, bp in each.shares if quartier == key)
        found.append((problem.quartiers.get(key, "?"), least_share(least_bp, problem), got // WHOLE))
    for key, least_bp in problem.rules.pillars.items():
        got = sum(totals[each.id] for each in problem.projects if each.pillar_id == key)
        found.append((problem.pillars.get(key, "?"), least_share(least_bp, problem), got))
    return [
        Held(f"Part minimale pour {name}", f"atteinte de justesse ({format_euros(got)})")
        for name, least, got in found
        if least and got - least < problem.rules.step_cents
    ]

"""Adding up: what is unknown stays unknown, a ratio is recomputed from its parts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from portal.calls.rules.apportioning import parts
from portal.evaluation.rules.facts import Figure, Funding, IndicatorFact, MeasureFact

Key = TypeVar("Key", bound=Hashable)


def known_sum(values: Iterable[int | None]) -> int | None:
    """The sum of what is known; None when nothing is (never 0 for unknown)."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def share_bp(part: int, whole: int) -> int | None:
    """`part` of `whole` in basis points, half rounded up; None of nothing."""
    return (part * 20_000 + whole) // (2 * whole) if whole > 0 else None


def change_bp(now: int | None, before: int | None) -> int | None:
    """The change in basis points of the year before; None when either is unknown, or it was nothing."""
    if now is None or not before:
        return None
    size = share_bp(abs(now - before), before)
    return size if size is None or now >= before else -size


@dataclass(frozen=True)
class Amounts:
    requested_cents: int | None
    granted_cents: int | None


def amounts_by(lines: Iterable[Funding], key: Callable[[Funding], Key]) -> dict[Key, Amounts]:
    """Requested and granted by `key`, in the order met."""
    grouped: dict[Key, list[Funding]] = {}
    for line in lines:
        grouped.setdefault(key(line), []).append(line)
    return {
        each: Amounts(
            known_sum(line.requested_cents for line in found), known_sum(line.granted_cents for line in found)
        )
        for each, found in grouped.items()
    }


def per_resident(granted_cents: int | None, population_thousandths: int | None) -> int | None:
    """Cents per resident, half rounded up; None when either is unknown."""
    if granted_cents is None or not population_thousandths:
        return None
    return (granted_cents * 2_000 + population_thousandths) // (2 * population_thousandths)


# -- figures printed twice ----------------------------------------------------------------------

PRINTED_IN = ("_intro", "_chapitre", "_texte", "_graphique")
"""Where in its source a figure is printed, at the end of its code."""


def same_figure(code: str) -> str:
    """What two codes share when they print the same figure in two places."""
    for ending in PRINTED_IN:
        code = code.removesuffix(ending)
    return code


def contradictions(figures: Sequence[Figure]) -> list[list[Figure]]:
    """The figures printed in several places with different values."""
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        groups.setdefault((same_figure(figure.code), figure.unit), []).append(figure)
    return [group for group in groups.values() if len({each.value_thousandths for each in group}) > 1]


def populations(figures: Sequence[Figure]) -> list[Figure]:
    """The counts of inhabitants of the quartier itself, one per value."""
    found: dict[int, Figure] = {}
    for figure in figures:
        if same_figure(figure.code) == "population" and figure.value_thousandths:
            # Of two places printing the same value, the one that says its source.
            kept = found.get(figure.value_thousandths)
            if kept is None or (kept.source is None and figure.source is not None):
                found[figure.value_thousandths] = figure
    return list(found.values())


# -- measures -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """An indicator over several actions. Values in thousandths; a ratio and its target in basis points.

    `compared_target` is the target of the actions that were measured, the only one an actual value
    can be compared with; `asked` counts the actions that had to answer, `measured` those that did.
    """

    indicator: IndicatorFact
    target: int | None
    actual: int | None
    compared_target: int | None
    asked: int
    measured: int
    not_measured: int

    @property
    def achieved_bp(self) -> int | None:
        if self.actual is None or not self.compared_target:
            return None
        return share_bp(self.actual, self.compared_target)


def results(indicators: Sequence[IndicatorFact], measures: Iterable[MeasureFact]) -> list[Result]:
    """One result per indicator that has a target or a value, in the catalogue's order."""
    by_indicator: dict[int, list[MeasureFact]] = {}
    for measure in measures:
        by_indicator.setdefault(measure.indicator_id, []).append(measure)
    return [_result(each, by_indicator[each.id]) for each in indicators if each.id in by_indicator]


def _result(indicator: IndicatorFact, measures: Sequence[MeasureFact]) -> Result:
    targets = [measure for measure in measures if not measure.is_actual]
    actuals = [measure for measure in measures if measure.is_actual]
    measured = [measure for measure in actuals if _value(indicator, measure) is not None]
    ids = {measure.application_id for measure in measured}
    return Result(
        indicator,
        _together(indicator, targets),
        _together(indicator, measured),
        _together(indicator, [target for target in targets if target.application_id in ids]),
        len({measure.application_id for measure in measures}),
        len(ids),
        len({measure.application_id for measure in actuals if measure.not_measured}),
    )


def _together(indicator: IndicatorFact, measures: Sequence[MeasureFact]) -> int | None:
    if indicator.kind == "ratio":
        numerator = known_sum(_here(measure.numerator, measure) for measure in measures)
        denominator = known_sum(_here(measure.denominator, measure) for measure in measures)
        return None if numerator is None or not denominator else share_bp(numerator, denominator)
    values = [_value(indicator, measure) for measure in measures]
    if indicator.kind == "score":
        known = [value for value in values if value is not None]
        return (2 * sum(known) + len(known)) // (2 * len(known)) if known else None
    return known_sum(values)


def _value(indicator: IndicatorFact, measure: MeasureFact) -> int | None:
    """A measure's own value, or its part in the quartier; a score is the same everywhere."""
    if indicator.kind == "ratio":
        return measure.denominator or None
    if indicator.kind == "score":
        return measure.value_thousandths
    return _here(measure.value_thousandths, measure)


def _here(value: int | None, measure: MeasureFact) -> int | None:
    if measure.here is None:
        return value
    return parts(value, measure.shares)[measure.here]

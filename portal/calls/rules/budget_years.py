"""The budget of a multi-year project: the same line told year after year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portal.calls.rules.filing import BudgetEntry
from portal.calls.states import Duration, Side
from portal.foundation.refusals import Refusal

MOST_YEARS = 4
"""A multi-year agreement (CPO) lasts four years at most (circulaire du 29 septembre 2015, annexe 2)."""
FEWEST_YEARS = 2


def years_of(duration: Duration, years: int | None) -> int:
    """How many years the forecast budget covers. Raises Refusal on `years` when a CPO does not say."""
    if duration is not Duration.MULTI_YEAR:
        return 1
    if years is None or not FEWEST_YEARS <= years <= MOST_YEARS:
        raise Refusal("Indiquez sur combien d’années porte le projet : de 2 à 4.", "years")
    return years


@dataclass(frozen=True)
class YearLine:
    """A line of the budget over the years: `first` is the earliest entry, `amounts` (cents) None where it has none."""

    first: BudgetEntry
    amounts: tuple[int | None, ...]


def aligned(years: Sequence[Sequence[BudgetEntry]]) -> list[YearLine]:
    """The lines of several years side by side, expenses first, by account; those of one year as they come.

    Lines with the same account and the same words are one line; a label used twice in a year stays
    twice. The sum of each year is the sum of its column.
    """
    firsts: dict[tuple[object, ...], BudgetEntry] = {}
    amounts: dict[tuple[object, ...], list[int | None]] = {}
    for place, entries in enumerate(years):
        seen: Counter[tuple[object, ...]] = Counter()
        for entry in entries:
            words = (entry.side, entry.account_code, entry.label, entry.funder_id, entry.nature)
            key = (*words, seen[words])
            seen[words] += 1
            firsts.setdefault(key, entry)
            amounts.setdefault(key, [None] * len(years))[place] = entry.amount_cents
    lines = [YearLine(first, tuple(amounts[key])) for key, first in firsts.items()]
    if len(years) == 1:
        return lines  # already in the chart's order
    return sorted(lines, key=lambda line: (line.first.side is Side.INCOME, line.first.account_code))

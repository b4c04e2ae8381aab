"""How a call fills up: counts by day, how far drafts are. Plain values; days are those of Paris."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.foundation.periods import to_paris

IDLE = timedelta(days=7)
"""After how long a draft left alone is said to sleep."""


@dataclass(frozen=True)
class DayCount:
    """What happened on a day, and altogether up to its evening."""

    day: date
    begun: int
    filed: int
    begun_so_far: int
    filed_so_far: int


def by_day(begun: Iterable[datetime], filed: Iterable[datetime], first: date, last: date) -> list[DayCount]:
    """Every day from `first` to `last`; what came before or after is counted on the nearest of them."""

    def counted(instants: Iterable[datetime]) -> Counter[date]:
        return Counter(min(max(to_paris(instant).date(), first), last) for instant in instants)

    starts, filings = counted(begun), counted(filed)
    lines, started, sent = [], 0, 0
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        started, sent = started + starts[day], sent + filings[day]
        lines.append(DayCount(day, starts[day], filings[day], started, sent))
    return lines


@dataclass(frozen=True)
class DraftStage:
    """How many drafts have that many sections saved."""

    label: str
    drafts: int


def stages(saved: Sequence[int], sections: int) -> list[DraftStage]:
    """The drafts by how many of the `sections` of the form are saved; `saved` has a number for each draft."""
    half = sections // 2
    bounds = [
        ("Rien d’enregistré", 0, 0),
        (f"De 1 à {half} rubriques enregistrées", 1, half),
        (f"De {half + 1} à {sections - 1} rubriques enregistrées", half + 1, sections - 1),
        ("Toutes les rubriques enregistrées", sections, 10**6),
    ]
    return [DraftStage(label, sum(least <= count <= most for count in saved)) for label, least, most in bounds]

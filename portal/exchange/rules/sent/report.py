"""The report of a dry run: what each row of a sent table would do, or what is wrong in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.exchange.rules.sent.matching import KnownLine


class Finding(StrEnum):
    NEW = "new"
    SAME = "same"
    ASIDE = "aside"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"new": "À enregistrer", "same": "Déjà enregistré", "aside": "Laissé de côté", "refused": "À corriger"}[
            self.value
        ]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: « feuille « Montants votés », cellule J4 »; the whole row when `place` is empty."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place} : {self.message}" if self.place else self.message


@dataclass(frozen=True)
class RowReport:
    """A row, the line it means when it is known, and what would be written of it (cents)."""

    number: int
    finding: Finding
    line: KnownLine | None = None
    cents: int | None = None
    detail: str = ""
    message: str = ""
    faults: tuple[Fault, ...] = ()


class Report:
    """What all rows share: the counts, and whether anything may be written."""

    reports: Sequence[RowReport]

    @property
    def mistakes(self) -> list[RowReport]:
        return [each for each in self.reports if each.finding is Finding.REFUSED]

    @property
    def changes_nothing(self) -> bool:
        return not any(each.finding is Finding.NEW for each in self.reports)

    def counts(self) -> dict[str, int]:
        """How many rows of each finding, the rows, and the cents that would be written."""
        found = Counter(each.finding.value for each in self.reports)
        written = sum(each.cents or 0 for each in self.reports if each.finding is Finding.NEW)
        return {**{each.value: found[each.value] for each in Finding}, "rows": len(self.reports), "cents": written}

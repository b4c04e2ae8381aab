"""Activity figures from a file: which are new, which cannot be used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.contracts.rules.contract_file import thousandths
from portal.contracts.rules.contract_schema import Mistake, UnusableFile, parsed
from portal.foundation.folding import fold

SCHEMA = Path(__file__).parent.parent / "schemas" / "observations.schema.json"


@dataclass(frozen=True)
class ObservationRow:
    """A printed figure; the value in exact thousandths. Two equal rows are one figure."""

    quartier_id: int | None
    category: str
    label: str
    qualifier: str | None
    value_thousandths: int
    unit: str
    period: str | None
    source: str


@dataclass
class ObservationPlan:
    """What an import would add, and what it passes over."""

    new: list[ObservationRow] = field(default_factory=list)
    same: int = 0
    # The paths of the figures that the file gives twice.
    repeated: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.new) + self.same + len(self.repeated)

    def counts(self) -> dict[str, object]:
        return {"rows": self.rows, "new": len(self.new), "same": self.same, "duplicates": len(self.repeated)}


def plan_observations(
    content: bytes, quartiers: Mapping[str, int], existing: Collection[ObservationRow]
) -> ObservationPlan:
    """Compare a file with the figures already there. `quartiers` are ids by folded name.

    Raises UnusableFile when the file does not follow the schema or names an unknown quartier.
    """
    document = parsed(content, SCHEMA)
    source = document.get("source") or document.get("_source")
    made, mistakes, seen = ObservationPlan(), list[Mistake](), set[ObservationRow]()
    for index, figure in enumerate(document["figures"]):
        path = f"figures[{index}]"
        found = _mistakes(path, figure, source, quartiers)
        mistakes += found
        if found:
            continue
        row = _row(figure, source, quartiers)
        if row in seen:
            made.repeated.append(path)
        elif row in existing:
            made.same += 1
        else:
            made.new.append(row)
        seen.add(row)
    if mistakes:
        raise UnusableFile(mistakes)
    return made


def _row(figure: Mapping[str, Any], source: str | None, quartiers: Mapping[str, int]) -> ObservationRow:
    quartier = figure.get("quartier")
    return ObservationRow(
        quartier_id=quartiers[fold(quartier)] if quartier else None,
        category=figure["category"],
        label=figure["label"],
        qualifier=figure.get("qualifier") or None,
        value_thousandths=thousandths(figure["value"]) or 0,
        unit=figure["unit"],
        period=figure.get("period") or None,
        source=str(figure.get("source") or source),
    )


def _mistakes(path: str, figure: Mapping[str, Any], source: str | None, quartiers: Mapping[str, int]) -> list[Mistake]:
    found = []
    quartier = figure.get("quartier")
    if quartier and fold(quartier) not in quartiers:
        found.append(Mistake(f"{path}.quartier", f"quartier inconnu dans ce contrat : « {quartier} »."))
    if not (figure.get("source") or source):
        found.append(Mistake(f"{path}.source", "la source manque, ici comme en tête du fichier."))
    if Decimal(figure["value"]) * 1000 % 1 or abs(Decimal(figure["value"])) >= 10**14:
        found.append(Mistake(f"{path}.value", "au plus trois décimales, et moins de cent mille milliards."))
    return found

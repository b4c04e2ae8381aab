"""What a contract file says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.contracts.rules.naming import same_body_key


@dataclass(frozen=True)
class PillarRow:
    slug: str
    label: str
    objective: str | None


@dataclass(frozen=True)
class ThemeRow:
    slug: str
    label: str
    pillar: str | None
    printed_as: tuple[str, ...]
    objective: str | None
    basis: str | None


@dataclass(frozen=True)
class FigureRow:
    """A figure; `scope` is quartier, city or country; the value in exact thousandths."""

    scope: str
    code: str
    label: str
    value_thousandths: int | None
    unit: str
    year: int | None
    source: str | None
    note: str | None


@dataclass(frozen=True)
class StructureRow:
    """`kind` is landlord, school or equipment; a landlord's share in basis points."""

    kind: str
    category: str | None
    name: str
    share_bp: int | None = None


@dataclass(frozen=True)
class QuartierRow:
    slug: str
    name: str
    kind: str
    official_code: str | None
    starts_on: date | None
    ends_on: date | None
    presentation: str | None
    figures: tuple[FigureRow, ...]
    structures: tuple[StructureRow, ...]


@dataclass(frozen=True)
class FunderRow:
    name: str
    kind: str
    siret: str | None = None
    deciding_body: str | None = None


@dataclass(frozen=True)
class ContractFile:
    """All that a file says of a contract."""

    slug: str
    name: str
    city: str
    insee_code: str
    start_year: int
    end_year: int
    source: str | None
    is_demo: bool
    levels: tuple[tuple[str, str], ...]
    pillars: tuple[PillarRow, ...]
    themes: tuple[ThemeRow, ...]
    axes: tuple[str, ...]
    priorities: tuple[tuple[int, str], ...]
    bodies: tuple[str, ...]
    working_groups: tuple[str, ...]
    funders: tuple[FunderRow, ...]
    comparisons: tuple[FigureRow, ...]
    quartiers: tuple[QuartierRow, ...]

    def landlords(self) -> list[str]:
        """The landlords of the quartiers, each once however it is spelled."""
        found: dict[str, str] = {}
        for quartier in self.quartiers:
            for structure in quartier.structures:
                if structure.kind == "landlord":
                    found.setdefault(same_body_key(structure.name), structure.name)
        return list(found.values())

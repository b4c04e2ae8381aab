"""Territories as contracts see them, and what is printed about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from portal.accounts.scopes import ScopeChoice
from portal.extensions import db
from portal.quartiers.models import (
    ContractQuartier,
    Figure,
    FigureScope,
    Quartier,
    QuartierKind,
    Structure,
    StructureKind,
)


@dataclass(frozen=True)
class QuartierLine:
    """A quartier as a member of a contract: its kind, code and dates there."""

    id: int
    slug: str
    name: str
    name_fold: str
    presentation: str | None
    version: int
    kind: QuartierKind
    official_code: str | None
    starts_on: date | None
    ends_on: date | None
    contract_id: int


@dataclass(frozen=True)
class FigureLine:
    """A printed figure, exact thousandths (30.7 % = 30700); year and source None = not printed."""

    id: int
    code: str
    label: str
    value_thousandths: int | None
    unit: str
    year: int | None
    source: str | None
    note: str | None
    scope: FigureScope
    position: int

    @property
    def value(self) -> int | float | None:
        """The number to show: whole when it is; None when it is not printed."""
        if self.value_thousandths is None:
            return None
        whole, rest = divmod(self.value_thousandths, 1000)
        return self.value_thousandths / 1000 if rest else whole


@dataclass(frozen=True)
class ProfileFigure:
    """A quartier's figure beside the same one of the city and of the country, where they are printed."""

    figure: FigureLine
    city: FigureLine | None
    country: FigureLine | None

    @property
    def is_compared(self) -> bool:
        return self.city is not None or self.country is not None


@dataclass(frozen=True)
class StructureLine:
    """A landlord (`share_bp`: its part of the housing), a school (with its category), an equipment."""

    id: int
    kind: StructureKind
    category: str | None
    name: str
    share_bp: int | None


@dataclass(frozen=True)
class Profile:
    """What is known of a quartier in a contract, in printed order; contradictory figures stand side by side."""

    quartier: QuartierLine
    figures: tuple[ProfileFigure, ...]
    structures: dict[StructureKind, tuple[StructureLine, ...]] = field(default_factory=dict)

    @property
    def compared(self) -> tuple[ProfileFigure, ...]:
        """The figures printed for the city or the country too."""
        return tuple(figure for figure in self.figures if figure.is_compared)

    @property
    def populations(self) -> tuple[FigureLine, ...]:
        """The counts of inhabitants, each with its year and source."""
        return tuple(line.figure for line in self.figures if line.figure.unit == "habitants")

    def schools_by_category(self) -> dict[str, tuple[StructureLine, ...]]:
        grouped: dict[str, tuple[StructureLine, ...]] = {}
        for school in self.structures.get(StructureKind.SCHOOL, ()):
            category = school.category or "Établissements"
            grouped[category] = (*grouped.get(category, ()), school)
        return grouped


_MEMBERS = sa.select(
    Quartier.id,
    Quartier.slug,
    Quartier.name,
    Quartier.name_fold,
    Quartier.presentation,
    Quartier.version,
    ContractQuartier.kind,
    ContractQuartier.official_code,
    ContractQuartier.starts_on,
    ContractQuartier.ends_on,
    ContractQuartier.contract_id,
).join(ContractQuartier, ContractQuartier.quartier_id == Quartier.id)


def quartiers_of(contract_id: int) -> list[QuartierLine]:
    """The quartiers of a contract, in printed order."""
    rows = db.session.execute(
        _MEMBERS.where(ContractQuartier.contract_id == contract_id).order_by(Quartier.position, Quartier.name_fold)
    )
    return [QuartierLine(*row) for row in rows]


def quartier_in(contract_id: int, quartier_id: int) -> QuartierLine | None:
    """A quartier as this contract sees it; None when it is not one of its own."""
    row = db.session.execute(
        _MEMBERS.where(ContractQuartier.contract_id == contract_id, Quartier.id == quartier_id)
    ).one_or_none()
    return QuartierLine(*row) if row else None


def quartier_by_slug(contract_id: int, slug: str) -> QuartierLine | None:
    """A quartier of this contract by its slug."""
    row = db.session.execute(
        _MEMBERS.where(ContractQuartier.contract_id == contract_id, Quartier.slug == slug)
    ).one_or_none()
    return QuartierLine(*row) if row else None


_FIGURES = sa.select(
    Figure.id,
    Figure.code,
    Figure.label,
    Figure.value_thousandths,
    Figure.unit,
    Figure.year,
    Figure.source,
    Figure.note,
    Figure.scope,
    Figure.position,
).order_by(Figure.position, Figure.id)


def figures_of(contract_id: int, quartier_id: int) -> list[FigureLine]:
    """The figures of a quartier in a contract, in printed order."""
    rows = db.session.execute(_FIGURES.where(Figure.contract_id == contract_id, Figure.quartier_id == quartier_id))
    return [FigureLine(*row) for row in rows]


def comparisons_of(contract_id: int) -> list[FigureLine]:
    """The figures of the city and of the country that the contract's quartiers are compared with."""
    rows = db.session.execute(_FIGURES.where(Figure.contract_id == contract_id, Figure.scope != FigureScope.QUARTIER))
    return [FigureLine(*row) for row in rows]


def structures_of(quartier_id: int) -> dict[StructureKind, tuple[StructureLine, ...]]:
    """The landlords, schools and equipment of a quartier, in printed order."""
    rows = db.session.execute(
        sa.select(Structure.id, Structure.kind, Structure.category, Structure.name, Structure.share_bp)
        .where(Structure.quartier_id == quartier_id)
        .order_by(Structure.position, Structure.id)
    )
    found: dict[StructureKind, tuple[StructureLine, ...]] = {}
    for row in rows:
        line = StructureLine(*row)
        found[line.kind] = (*found.get(line.kind, ()), line)
    return found


def profile(contract_id: int, quartier_id: int) -> Profile | None:
    """All that is printed about a quartier in a contract, beside the city and the country. Four queries."""
    quartier = quartier_in(contract_id, quartier_id)
    if quartier is None:
        return None
    others = {(line.scope, line.code): line for line in comparisons_of(contract_id)}
    figures = tuple(
        ProfileFigure(line, others.get((FigureScope.CITY, line.code)), others.get((FigureScope.COUNTRY, line.code)))
        for line in figures_of(contract_id, quartier_id)
    )
    return Profile(quartier, figures, structures_of(quartier_id))


def quartier_scopes() -> list[ScopeChoice]:
    """What roles are granted on here: the quartiers in their order, each with its contracts."""
    contracts: dict[int, set[int]] = {}
    for quartier_id, contract_id in db.session.execute(
        sa.select(ContractQuartier.quartier_id, ContractQuartier.contract_id)
    ):
        contracts.setdefault(quartier_id, set()).add(contract_id)
    rows = db.session.execute(sa.select(Quartier.id, Quartier.name).order_by(Quartier.position, Quartier.name_fold))
    return [ScopeChoice(quartier_id, name, frozenset(contracts.get(quartier_id, ()))) for quartier_id, name in rows]

"""Territories and what is printed about them, each figure with its year and source."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.foundation.database import Base, Identified, enum_type, reference


class QuartierKind(StrEnum):
    QPV = "qpv"
    ACTIVE_WATCH = "active_watch"
    ASSOCIATED = "associated"
    CITYWIDE = "citywide"

    @property
    def label(self) -> str:
        return {
            "qpv": "Quartier prioritaire (QPV)",
            "active_watch": "Quartier en veille active",
            "associated": "Quartier associé",
            "citywide": "Toute la ville",
        }[self.value]


class Quartier(Identified, Base):
    __tablename__ = "quartier"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_fold: Mapped[str] = mapped_column(unique=True)
    presentation: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    memberships: Mapped[list[ContractQuartier]] = relationship(back_populates="quartier")

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        contracts = {membership.contract_id for membership in self.memberships}
        return {ScopeKind.QUARTIER: {self.id}, ScopeKind.CONTRACT: contracts, ScopeKind.INSTANCE: {1}}


class ContractQuartier(Identified, Base):
    """A quartier's place in a contract: its kind and official code there, between dates."""

    __tablename__ = "contract_quartier"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "quartier_id"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    quartier_id: Mapped[int] = reference("quartier.id")
    kind: Mapped[QuartierKind] = mapped_column(enum_type(QuartierKind, "kind"))
    official_code: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    quartier: Mapped[Quartier] = relationship(back_populates="memberships")


class FigureScope(StrEnum):
    """Of what a figure speaks: a quartier, or what it is compared with."""

    QUARTIER = "quartier"
    CITY = "city"
    COUNTRY = "country"


class Figure(Identified, Base):
    """A printed figure. `value_thousandths` is exact (30.7 % = 30700). Contradictions stand side by side."""

    __tablename__ = "figure"
    __table_args__ = (
        sa.CheckConstraint("(scope = 'quartier') = (quartier_id IS NOT NULL)", name="scope"),
        sa.UniqueConstraint("contract_id", "scope", "quartier_id", "code"),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    scope: Mapped[FigureScope] = mapped_column(enum_type(FigureScope, "scope_kind"))
    quartier_id: Mapped[int | None] = reference("quartier.id", nullable=True)
    code: Mapped[str]
    label: Mapped[str]
    value_thousandths: Mapped[int | None]
    unit: Mapped[str]
    year: Mapped[int | None]
    source: Mapped[str | None]
    note: Mapped[str | None]
    position: Mapped[int]


class StructureKind(StrEnum):
    LANDLORD = "landlord"
    SCHOOL = "school"
    EQUIPMENT = "equipment"

    @property
    def label(self) -> str:
        return {"landlord": "Bailleurs", "school": "Établissements scolaires", "equipment": "Équipements"}[self.value]


class Structure(Identified, Base):
    """A landlord (with its share of the housing in basis points), school or equipment of a quartier."""

    __tablename__ = "structure"

    quartier_id: Mapped[int] = reference("quartier.id")
    kind: Mapped[StructureKind] = mapped_column(enum_type(StructureKind, "kind"))
    category: Mapped[str | None]
    name: Mapped[str]
    share_bp: Mapped[int | None]
    position: Mapped[int]

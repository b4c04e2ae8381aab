"""The catalogue of indicators, each in its latest version."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from portal.contracts.models import Indicator, IndicatorKind, Theme
from portal.extensions import db


@dataclass(frozen=True)
class IndicatorLine:
    """The version of an indicator in force. `theme_id` is None for a common one."""

    id: int
    code: str
    version: int
    label: str
    definition: str
    unit: str
    kind: IndicatorKind
    numerator_label: str | None
    denominator_label: str | None
    is_compulsory: bool
    is_derived: bool
    theme_id: int | None
    theme_label: str | None
    retired: bool


@dataclass(frozen=True)
class Catalogue:
    """The indicators of a contract: those common to all, then by theme."""

    common: tuple[IndicatorLine, ...]
    by_theme: dict[int, tuple[IndicatorLine, ...]] = field(default_factory=dict)

    def for_theme(self, theme_id: int | None) -> list[IndicatorLine]:
        """What an application of this theme may choose from, common ones first."""
        return [*self.common, *(self.by_theme.get(theme_id, ()) if theme_id else ())]


def indicators(contract_id: int, *, with_retired: bool = False) -> list[IndicatorLine]:
    """The catalogue in its printed order, each indicator in its latest version."""
    newest = (
        sa.select(Indicator.code, sa.func.max(Indicator.version).label("version"))
        .where(Indicator.contract_id == contract_id)
        .group_by(Indicator.code)
        .subquery()
    )
    statement = (
        sa.select(Indicator, Theme.label)
        .join(newest, sa.and_(newest.c.code == Indicator.code, newest.c.version == Indicator.version))
        .outerjoin(Theme, Theme.id == Indicator.theme_id)
        .where(Indicator.contract_id == contract_id)
        .order_by(Indicator.position, Indicator.id)
    )
    if not with_retired:
        statement = statement.where(Indicator.retired_at.is_(None))
    return [_indicator_line(indicator, label) for indicator, label in db.session.execute(statement)]


def catalogue(contract_id: int) -> Catalogue:
    lines = indicators(contract_id)
    by_theme: dict[int, tuple[IndicatorLine, ...]] = {}
    for line in lines:
        if line.theme_id is not None:
            by_theme[line.theme_id] = (*by_theme.get(line.theme_id, ()), line)
    return Catalogue(tuple(line for line in lines if line.theme_id is None), by_theme)


def indicator_versions(contract_id: int, code: str) -> list[IndicatorLine]:
    """Every version of an indicator, the latest first."""
    rows = db.session.execute(
        sa.select(Indicator, Theme.label)
        .outerjoin(Theme, Theme.id == Indicator.theme_id)
        .where(Indicator.contract_id == contract_id, Indicator.code == code)
        .order_by(Indicator.version.desc())
    )
    return [_indicator_line(indicator, label) for indicator, label in rows]


def _indicator_line(indicator: Indicator, theme_label: str | None) -> IndicatorLine:
    return IndicatorLine(
        indicator.id,
        indicator.code,
        indicator.version,
        indicator.label,
        indicator.definition,
        indicator.unit,
        indicator.kind,
        indicator.numerator_label,
        indicator.denominator_label,
        indicator.is_compulsory,
        indicator.is_derived,
        indicator.theme_id,
        theme_label,
        indicator.retired_at is not None,
    )

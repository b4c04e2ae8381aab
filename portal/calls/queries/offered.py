"""What a call and its contract offer an application to choose from: quartiers, themes, indicators, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.calls.models import Call, CallIndicator, CallQuartier, ChartAccount
from portal.calls.rules.budget_chart import Account
from portal.calls.rules.filing import OfferedIndicator
from portal.contracts.models import AgeBand, Axis, Indicator, Priority, Theme
from portal.extensions import db
from portal.quartiers.models import ContractQuartier, Quartier, QuartierKind


def _rows(statement: sa.Select[Any]) -> Sequence[Any]:
    return db.session.execute(statement).all()


def offered_quartiers(call: Call) -> list[tuple[int, str, QuartierKind]]:
    """(id, name, kind) of the quartiers of the call, of its contract when it names none."""
    named = sa.select(CallQuartier.quartier_id).where(CallQuartier.call_id == call.id)
    rows = _rows(
        sa.select(Quartier.id, Quartier.name, ContractQuartier.kind)
        .join(ContractQuartier, ContractQuartier.quartier_id == Quartier.id)
        .where(
            ContractQuartier.contract_id == call.contract_id,
            sa.or_(Quartier.id.in_(named), ~named.exists()),
        )
        .order_by(Quartier.position, Quartier.id)
    )
    return [(quartier_id, name, kind) for quartier_id, name, kind in rows]


def offered_indicators(call_id: int) -> tuple[OfferedIndicator, ...]:
    """The indicators of the call that are typed (derived ones are computed), compulsory first."""
    rows = _rows(
        sa.select(Indicator, CallIndicator.is_compulsory)
        .join(Indicator, Indicator.id == CallIndicator.indicator_id)
        .where(CallIndicator.call_id == call_id, Indicator.is_derived.is_(False))
        .order_by(CallIndicator.is_compulsory.desc(), CallIndicator.position, Indicator.id)
    )
    return tuple(
        OfferedIndicator(
            indicator.id, indicator.code, indicator.label, indicator.definition, indicator.unit,
            indicator.kind.value, indicator.numerator_label, indicator.denominator_label, indicator.theme_id,
            compulsory,
        )
        for indicator, compulsory in rows
    )  # fmt: skip


def chart_of(version: str) -> list[Account]:
    """The chart of accounts in its printed order, expenses before income."""
    columns = [getattr(ChartAccount, name) for name in Account.__dataclass_fields__]
    statement = (
        sa.select(*columns)
        .where(ChartAccount.chart_version == version)
        .order_by(ChartAccount.side, ChartAccount.position)
    )
    return [Account(row.side.value, *row[1:]) for row in _rows(statement)]


def age_bands_of(contract_id: int) -> list[tuple[int, str]]:
    statement = sa.select(AgeBand.id, AgeBand.label).where(AgeBand.contract_id == contract_id)
    return [(row.id, row.label) for row in _rows(statement.order_by(AgeBand.position))]


@dataclass(frozen=True)
class ThemeChoice:
    id: int
    label: str
    pillar: str | None
    pillar_id: int | None


def themes_of(contract_id: int) -> list[ThemeChoice]:
    """The themes a project may choose: the leaves of the tree, with the pillar they hang on."""
    parent = aliased(Theme)
    child = aliased(Theme)
    rows = _rows(
        sa.select(Theme.id, Theme.label, parent.label, parent.id)
        .outerjoin(parent, parent.id == Theme.parent_id)
        .where(
            Theme.contract_id == contract_id,
            Theme.retired_at.is_(None),
            ~sa.select(child.id).where(child.parent_id == Theme.id).exists(),
        )
        .order_by(parent.position, Theme.position, Theme.id)
    )
    return [ThemeChoice(*row) for row in rows]


def axes_of(contract_id: int) -> list[tuple[int, str]]:
    rows = _rows(
        sa.select(Axis.id, Axis.label)
        .where(Axis.contract_id == contract_id, Axis.retired_at.is_(None))
        .order_by(Axis.position)
    )
    return [(row.id, row.label) for row in rows]


def priorities_of(contract_id: int, year: int) -> list[tuple[int, str]]:
    """The municipal priorities of the year of the call."""
    rows = _rows(
        sa.select(Priority.id, Priority.label)
        .where(Priority.contract_id == contract_id, Priority.year == year, Priority.retired_at.is_(None))
        .order_by(Priority.position)
    )
    return [(row.id, row.label) for row in rows]

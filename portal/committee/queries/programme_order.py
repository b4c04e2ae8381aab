"""The applications of the programming table put in groups and in order: pieces of its select."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation
from portal.calls.models import Application, FundingLine, Placement
from portal.calls.queries.agreement import is_later_year
from portal.committee.rules.programme_layout import Group, Layout, Sort
from portal.contracts.models import Funder, Theme
from portal.quartiers.models import Quartier

SEVERAL = 0
"""The key of the applications of several quartiers: under none of them, so that nothing is counted twice."""


def grouped(statement: sa.Select[Any], group: Group | None, funder_ids: Collection[int] | None) -> sa.Select[Any]:
    """Add `group_key` and `group_label` (None for those of no group), in the order of the groups.

    By funder, an application is there once for each of those it asks.
    """
    if group is Group.ORGANISATION:
        return _with(statement, Organisation.id, Organisation.name, Organisation.name_fold)
    if group is Group.PILLAR:
        parent = aliased(Theme)
        key, label = sa.func.coalesce(parent.id, Theme.id), sa.func.coalesce(parent.label, Theme.label)
        position = sa.func.coalesce(parent.position, Theme.position)
        return _with(statement.outerjoin(parent, parent.id == Theme.parent_id), key, label, key.is_(None), position)
    if group is Group.FUNDER:
        asked = sa.select(FundingLine.application_id, FundingLine.funder_id).distinct()
        if funder_ids is not None:
            asked = asked.where(FundingLine.funder_id.in_(funder_ids))
        pairs = asked.subquery()
        joined = statement.join(pairs, pairs.c.application_id == Application.id).join(
            Funder, Funder.id == pairs.c.funder_id
        )
        return _with(joined, Funder.id, Funder.name, Funder.position, Funder.name)
    if group is Group.QUARTIER:
        return _by_quartier(statement)
    return statement


def _by_quartier(statement: sa.Select[Any]) -> sa.Select[Any]:
    placed = (
        sa.select(
            Placement.application_id,
            sa.func.count().label("number"),
            sa.func.min(Placement.quartier_id).label("quartier_id"),
        )
        .group_by(Placement.application_id)
        .subquery()
    )
    number = sa.func.coalesce(placed.c.number, 0)
    key = sa.case((number == 1, placed.c.quartier_id), (number > 1, SEVERAL))
    label = sa.case((number == 1, Quartier.name), (number > 1, "Plusieurs quartiers"))
    joined = statement.outerjoin(placed, placed.c.application_id == Application.id).outerjoin(
        Quartier, sa.and_(Quartier.id == placed.c.quartier_id, number == 1)
    )
    last = sa.case((number == 1, 0), (number > 1, 1), else_=2)
    return _with(joined, key, label, last, Quartier.position, Quartier.name_fold)


def _with(statement: sa.Select[Any], key: Any, label: Any, *order: Any) -> sa.Select[Any]:
    columns = (key.label("group_key"), label.label("group_label"))
    return statement.add_columns(*columns).order_by(*order, key)


def ordered(statement: sa.Select[Any], layout: Layout, funder_ids: Collection[int] | None) -> sa.Select[Any]:
    """The order asked, within the groups."""
    if layout.sort is None:
        # A later year of an agreement takes its tranche before the other requests.
        return statement.order_by(sa.case((is_later_year(), 0), else_=1), Application.number)
    by = _sums(layout.sort, layout.group, funder_ids) if layout.sort.is_amount else _PLAIN[layout.sort]
    return statement.order_by(by.desc() if layout.descending else by, Application.number)


_PLAIN: dict[Sort, Any] = {
    Sort.NUMBER: Application.number,
    Sort.TITLE: Application.title_fold,
    Sort.ORGANISATION: Organisation.name_fold,
}
_AMOUNTS: dict[Sort, Any] = {
    Sort.REQUESTED: FundingLine.requested_cents,
    Sort.PROPOSED: FundingLine.proposed_cents,
    Sort.ARBITRATED: FundingLine.arbitrated_cents,
    Sort.GRANTED: FundingLine.granted_cents,
}


def _sums(sort: Sort, group: Group | None, funder_ids: Collection[int] | None) -> sa.ScalarSelect[int]:
    """What the lines shown of an application add up to."""
    total = sa.func.coalesce(sa.func.sum(_AMOUNTS[sort]), 0)
    statement = sa.select(total).where(FundingLine.application_id == Application.id).correlate(Application, Funder)
    if group is Group.FUNDER:
        statement = statement.where(FundingLine.funder_id == Funder.id)
    if funder_ids is not None:
        statement = statement.where(FundingLine.funder_id.in_(funder_ids))
    return statement.scalar_subquery()

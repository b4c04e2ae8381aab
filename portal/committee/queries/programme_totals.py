"""The sums of the programming table, made by the database, for what its reader sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.calls.models import Application, Apportionment, Call, FundingLine, Placement
from portal.committee.queries.programme import Filters, Reader, listed, shown_funders
from portal.committee.rules.programme import Sums
from portal.committee.rules.programme_layout import Group, Layout
from portal.contracts.models import Theme
from portal.extensions import db
from portal.quartiers.models import Quartier


@dataclass(frozen=True)
class Totals:
    """The sums of the whole table, as its reader sees it; groups are (label, sums) in order, the label None for what
    has no quartier, or no pillar."""

    applications: int
    whole: Sums
    quartiers: tuple[tuple[str | None, Sums], ...]
    pillars: tuple[tuple[str | None, Sums], ...]


def totals(call: Call, reader: Reader) -> Totals:
    """By quartier and by pillar; parts add up to the whole, to the cent."""
    seen = reader.applications(call.id)
    lines: sa.ColumnElement[bool] = FundingLine.application_id.in_(seen)
    if reader.funder_ids is not None:
        lines = sa.and_(lines, FundingLine.funder_id.in_(reader.funder_ids))
    pillars = _by_pillar(lines)
    quartiers = _by_quartier(lines)
    whole = sum((sums for _label, sums in pillars), Sums())
    rest = whole - sum((sums for _label, sums in quartiers), Sums())
    if rest != Sums():
        quartiers.append((None, rest))
    count = db.session.execute(sa.select(sa.func.count()).select_from(seen.subquery())).scalar_one()
    return Totals(count, whole, tuple(quartiers), tuple(pillars))


def _by_quartier(lines: sa.ColumnElement[bool]) -> list[tuple[str | None, Sums]]:
    """From the parts stored; what has none (no quartier, unknown shares) is left out."""
    rows = db.session.execute(
        sa.select(Quartier.name, *_summed(Apportionment))
        .select_from(FundingLine)
        .join(Apportionment, Apportionment.funding_line_id == FundingLine.id)
        .join(Placement, Placement.id == Apportionment.placement_id)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(lines)
        .group_by(Quartier.id, Quartier.name, Quartier.position, Quartier.name_fold)
        .order_by(Quartier.position, Quartier.name_fold)
    )
    return [(row[0], Sums(*row[1:])) for row in rows]


def _by_pillar(lines: sa.ColumnElement[bool]) -> list[tuple[str | None, Sums]]:
    """The parent of each application's theme, or the theme when it is a pillar; those without one last."""
    parent = aliased(Theme)
    label, position = sa.func.coalesce(parent.label, Theme.label), sa.func.coalesce(parent.position, Theme.position)
    key = sa.func.coalesce(parent.id, Theme.id)
    rows = db.session.execute(
        sa.select(label, *_summed(FundingLine))
        .select_from(FundingLine)
        .join(Application, Application.id == FundingLine.application_id)
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .outerjoin(parent, parent.id == Theme.parent_id)
        .where(lines)
        .group_by(key, label, position)
        .order_by(key.is_(None), position, key)
    )
    return [(row[0], Sums(*row[1:])) for row in rows]


@dataclass(frozen=True)
class GroupSums:
    """A whole group, on this page or not."""

    applications: int
    sums: Sums


def group_sums(
    call: Call, reader: Reader, filters: Filters, layout: Layout, keys: Collection[int | None]
) -> dict[int | None, GroupSums]:
    """The sums of some groups of the table as it is filtered, by their key; one query."""
    funders = shown_funders(reader, filters)
    each = listed(call, reader, filters, layout).order_by(None).subquery()
    mine = [FundingLine.application_id == each.c.id]
    if layout.group is Group.FUNDER:
        mine.append(FundingLine.funder_id == each.c.group_key)
    if funders is not None:
        mine.append(FundingLine.funder_id.in_(funders))
    wanted = each.c.group_key.in_([key for key in keys if key is not None])
    rows = db.session.execute(
        sa.select(each.c.group_key, sa.func.count(each.c.id.distinct()), *_summed(FundingLine))
        .select_from(each.outerjoin(FundingLine, sa.and_(*mine)))
        .where(sa.or_(wanted, each.c.group_key.is_(None)) if None in keys else wanted)
        .group_by(each.c.group_key)
    )
    return {row[0]: GroupSums(row[1], Sums(*row[2:])) for row in rows}


def _summed(of: type[FundingLine] | type[Apportionment]) -> list[sa.ColumnElement[int]]:
    amounts = (of.requested_cents, of.proposed_cents, of.arbitrated_cents, of.granted_cents)
    return [sa.func.coalesce(sa.func.sum(each), 0) for each in amounts]

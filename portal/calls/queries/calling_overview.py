"""The applications of a call at a glance, and their list: searched, filtered, paged in the database.

Every function takes `seen`, the ids that the reader may see (`visibility.visible_applications`):
drafts and the applications one stepped out of are in no count and no row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, FundingLine, Placement, Reception
from portal.calls.states import ApplicationStatus, Confirmation, Origin
from portal.contracts.models import Theme
from portal.extensions import db
from portal.foundation.folding import fold
from portal.foundation.pagination import Page, paged
from portal.quartiers.models import Quartier

_QUOTED_NUMBER = re.compile(r"[0-9]{4}-([0-9]{1,6})")

Seen = sa.Select[tuple[int]]


@dataclass(frozen=True)
class Tally:
    """How many applications share a value, and what they ask altogether, in cents."""

    key: str
    label: str
    applications: int
    requested_cents: int


@dataclass(frozen=True)
class Glance:
    """The filed applications of a call, told three ways. A project in two quartiers counts in both."""

    applications: int
    requested_cents: int
    by_status: Sequence[Tally]
    by_quartier: Sequence[Tally]
    by_pillar: Sequence[Tally]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; None or "" leaves it whole. Ids are those of the tables."""

    text: str = ""
    status: ApplicationStatus | None = None
    quartier_id: int | None = None
    pillar_id: int | None = None
    theme_id: int | None = None
    funder_id: int | None = None


@dataclass(frozen=True)
class ApplicationLine:
    """An application in the list. Amounts in cents, None when not said."""

    id: int
    number: int
    title: str
    organisation: str
    status: ApplicationStatus
    theme: str | None
    submitted_at: datetime | None
    requested_cents: int | None
    quartiers: tuple[str, ...]
    origin: Origin
    confirmation: Confirmation | None


SORTS = {
    "numero": Application.number,
    "titre": Application.title_fold,
    "structure": Organisation.name_fold,
    "depot": Application.submitted_at,
}
DEFAULT_SORT = "numero"


def _requested() -> sa.ScalarSelect[int]:
    asked = sa.select(sa.func.sum(FundingLine.requested_cents)).where(FundingLine.application_id == Application.id)
    return asked.correlate(Application).scalar_subquery()


# -- at a glance --------------------------------------------------------------------------------------


def glance(call_id: int, seen: Seen) -> Glance:
    """The counts of a call; three queries."""
    base = (
        sa.select(Application.id, Application.status, Application.main_theme_id, _requested().label("requested"))
        .where(Application.call_id == call_id, Application.id.in_(seen))
        .subquery()
    )
    sums = (sa.func.count(), sa.func.coalesce(sa.func.sum(base.c.requested), 0))
    by_status = _tallies(sa.select(base.c.status, base.c.status, *sums).group_by(base.c.status))
    by_quartier = _tallies(
        sa.select(Quartier.id, Quartier.name, *sums)
        .join(Placement, Placement.application_id == base.c.id)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .group_by(Quartier.id, Quartier.name, Quartier.position)
        .order_by(Quartier.position, Quartier.name)
    )
    theme, pillar = sa.orm.aliased(Theme), sa.orm.aliased(Theme)
    by_pillar = _tallies(
        sa.select(pillar.id, pillar.label, *sums)
        .select_from(base)
        .outerjoin(theme, theme.id == base.c.main_theme_id)
        .outerjoin(pillar, pillar.id == sa.func.coalesce(theme.parent_id, theme.id))
        .group_by(pillar.id, pillar.label, pillar.position)
        .order_by(pillar.position.nulls_last())
    )
    rank = {status: position for position, status in enumerate(ApplicationStatus)}
    ordered = sorted(by_status, key=lambda tally: rank[ApplicationStatus(tally.key)])
    return Glance(
        applications=sum(tally.applications for tally in by_status if tally.key != ApplicationStatus.DRAFT),
        requested_cents=sum(tally.requested_cents for tally in by_status),
        by_status=[replace(tally, label=ApplicationStatus(tally.key).label) for tally in ordered],
        by_quartier=by_quartier,
        by_pillar=by_pillar,
    )


def _tallies(statement: sa.Select[Any]) -> list[Tally]:
    return [
        Tally("" if key is None else str(key), label or "", count, int(cents))
        for key, label, count, cents in db.session.execute(statement)
    ]


# -- the list -----------------------------------------------------------------------------------------


def applications(call_id: int, seen: Seen, filters: Filters, *, sort: str, page: int) -> Page:
    """A page of ApplicationLine; three queries whatever the rows. `sort`: a name of SORTS, « - » before for falling."""
    statement = (
        sa.select(
            Application.id,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            Application.status,
            Application.origin,
            Reception.confirmation,
            Theme.label.label("theme"),
            Application.submitted_at,
            _requested().label("requested"),
        )
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .outerjoin(Reception, Reception.application_id == Application.id)
        .where(Application.call_id == call_id, Application.id.in_(seen), *_conditions(filters))
        .order_by(_order(sort), Application.number)
    )
    found = paged(statement, page)
    places = _quartiers_of([row.id for row in found.rows])
    return replace(found, rows=[_line(row, places) for row in found.rows])


def _line(row: sa.Row[Any], places: dict[int, list[str]]) -> ApplicationLine:
    return ApplicationLine(
        id=row.id,
        number=row.number,
        title=row.title,
        organisation=row.organisation,
        status=row.status,
        theme=row.theme,
        submitted_at=row.submitted_at,
        requested_cents=None if row.requested is None else int(row.requested),
        quartiers=tuple(places.get(row.id, ())),
        origin=row.origin,
        confirmation=row.confirmation,
    )


def _order(sort: str) -> sa.ColumnElement[Any]:
    column: Any = SORTS.get(sort.removeprefix("-"), SORTS[DEFAULT_SORT])
    return (sa.desc(column) if sort.startswith("-") else sa.asc(column)).nulls_last()


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions = [_says(word) for word in fold(filters.text).split()]
    if filters.status is not None:
        conditions.append(Application.status == filters.status)
    if filters.quartier_id is not None:
        placed = sa.select(Placement.application_id).where(Placement.quartier_id == filters.quartier_id)
        conditions.append(Application.id.in_(placed))
    if filters.pillar_id is not None:
        conditions.append(sa.or_(Theme.parent_id == filters.pillar_id, Theme.id == filters.pillar_id))
    if filters.theme_id is not None:
        conditions.append(Application.main_theme_id == filters.theme_id)
    if filters.funder_id is not None:
        asked = sa.select(FundingLine.application_id).where(FundingLine.funder_id == filters.funder_id)
        conditions.append(Application.id.in_(asked))
    return conditions


def _says(word: str) -> sa.ColumnElement[bool]:
    """A word of the title, of the organisation's name, or the number people quote (« 2026-012 »)."""
    quoted = _QUOTED_NUMBER.fullmatch(word)
    return sa.or_(
        Application.title_fold.contains(word, autoescape=True),
        Organisation.name_fold.contains(word, autoescape=True),
        *([Application.number == int(quoted[1])] if quoted else []),
    )


def _quartiers_of(application_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        sa.select(Placement.application_id, Quartier.name)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(Placement.application_id.in_(application_ids))
        .order_by(Quartier.position, Quartier.name_fold)
    )
    found: dict[int, list[str]] = {}
    for application_id, name in rows:
        found.setdefault(application_id, []).append(name)
    return found

"""The plain lists: axes, priorities, bodies, age bands, funders."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.contracts.models import AgeBand, Axis, Funder, FunderKind, GovernanceBody, Priority
from portal.extensions import db


@dataclass(frozen=True)
class Entry:
    """A line of a plain list: axis, priority (with its year), body."""

    id: int
    label: str
    year: int | None = None
    retired: bool = False


@dataclass(frozen=True)
class FunderLine:
    id: int
    slug: str
    name: str
    kind: FunderKind
    siret: str | None
    account_code: str | None
    deciding_body: str | None
    retired: bool


@dataclass(frozen=True)
class AgeBandLine:
    """`to_age` is None for « and above »."""

    id: int
    label: str
    from_age: int
    to_age: int | None


def axes(contract_id: int, *, with_retired: bool = False) -> list[Entry]:
    statement = sa.select(Axis.id, Axis.label, Axis.retired_at).where(Axis.contract_id == contract_id)
    if not with_retired:
        statement = statement.where(Axis.retired_at.is_(None))
    rows = db.session.execute(statement.order_by(Axis.position, Axis.id))
    return [Entry(id, label, None, retired_at is not None) for id, label, retired_at in rows]


def priorities(contract_id: int, year: int | None = None, *, with_retired: bool = False) -> list[Entry]:
    """The municipal priorities of one year, or of all, the latest first."""
    statement = sa.select(Priority.id, Priority.label, Priority.year, Priority.retired_at).where(
        Priority.contract_id == contract_id
    )
    if year is not None:
        statement = statement.where(Priority.year == year)
    if not with_retired:
        statement = statement.where(Priority.retired_at.is_(None))
    rows = db.session.execute(statement.order_by(Priority.year.desc(), Priority.position, Priority.id))
    return [Entry(id, label, of_year, retired_at is not None) for id, label, of_year, retired_at in rows]


def governance(contract_id: int, *, working_groups: bool) -> list[Entry]:
    """The bodies of the contract's governance, or its thematic working groups."""
    rows = db.session.execute(
        sa.select(GovernanceBody.id, GovernanceBody.name)
        .where(GovernanceBody.contract_id == contract_id, GovernanceBody.is_working_group == working_groups)
        .order_by(GovernanceBody.position, GovernanceBody.id)
    )
    return [Entry(id, name) for id, name in rows]


def age_bands(contract_id: int) -> list[AgeBandLine]:
    """The age bands, youngest first."""
    rows = db.session.execute(
        sa.select(AgeBand.id, AgeBand.label, AgeBand.from_age, AgeBand.to_age)
        .where(AgeBand.contract_id == contract_id)
        .order_by(AgeBand.from_age)
    )
    return [AgeBandLine(*row) for row in rows]


def funders(*, with_retired: bool = False) -> list[FunderLine]:
    """The funders, shared by the contracts of the portal."""
    statement = sa.select(Funder).order_by(Funder.position, Funder.name_fold, Funder.id)
    if not with_retired:
        statement = statement.where(Funder.retired_at.is_(None))
    return [_funder_line(funder) for funder in db.session.scalars(statement)]


def _funder_line(funder: Funder) -> FunderLine:
    return FunderLine(
        funder.id,
        funder.slug,
        funder.name,
        funder.kind,
        funder.siret,
        funder.account_code,
        funder.deciding_body,
        funder.retired_at is not None,
    )

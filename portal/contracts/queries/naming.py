"""The contracts of the portal, and what roles are granted on."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.accounts.scopes import ScopeChoice
from portal.contracts.models import Contract, Funder, FunderKind
from portal.extensions import db


@dataclass(frozen=True)
class ContractLine:
    """A contract in a list. Years are included, both."""

    id: int
    slug: str
    name: str
    commune_name: str
    start_year: int
    end_year: int
    is_demo: bool
    source: str | None

    def covers(self, year: int) -> bool:
        return self.start_year <= year <= self.end_year


_CONTRACT_COLUMNS = (
    Contract.id,
    Contract.slug,
    Contract.name,
    Contract.commune_name,
    Contract.start_year,
    Contract.end_year,
    Contract.is_demo,
    Contract.source,
)


def contracts() -> list[ContractLine]:
    """Every contract, the latest first."""
    rows = db.session.execute(
        sa.select(*_CONTRACT_COLUMNS).order_by(Contract.start_year.desc(), Contract.slug, Contract.id)
    )
    return [ContractLine(*row) for row in rows]


def contract_by_slug(slug: str) -> ContractLine | None:
    row = db.session.execute(sa.select(*_CONTRACT_COLUMNS).where(Contract.slug == slug)).one_or_none()
    return ContractLine(*row) if row else None


def contracts_in(year: int) -> list[ContractLine]:
    """The contracts in force in a year, the latest first; several when communes or a demo share the portal."""
    return [contract for contract in contracts() if contract.covers(year)]


def contracts_of(ids: list[int]) -> list[ContractLine]:
    """The contracts of these ids, the latest first."""
    return [contract for contract in contracts() if contract.id in set(ids)]


def contract_scopes() -> list[ScopeChoice]:
    """Every contract, latest first."""
    rows = db.session.execute(sa.select(Contract.id, Contract.name).order_by(Contract.start_year.desc(), Contract.id))
    return [ScopeChoice(contract_id, name, frozenset({contract_id})) for contract_id, name in rows]


def funder_scopes() -> list[ScopeChoice]:
    """The funders, which all contracts share; the State's agents have a role of their own."""
    rows = db.session.execute(
        sa.select(Funder.id, Funder.name, Funder.kind)
        .where(Funder.retired_at.is_(None))
        .order_by(Funder.position, Funder.name_fold, Funder.id)
    )
    return [
        ScopeChoice(
            funder_id, name, roles=frozenset({Role.STATE_OFFICER if kind is FunderKind.STATE else Role.FUNDER_AGENT})
        )
        for funder_id, name, kind in rows
    ]

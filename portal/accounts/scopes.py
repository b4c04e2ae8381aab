"""What roles may be granted on: higher rooms tell their contracts, calls, funders, quartiers, sittings.

    scopes.offer(ScopeKind.CALL, queries.call_scopes)      # in the room's setup

Each callable answers the list of `ScopeChoice` that exist, in the order shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.rules import INSTANCE_ID, Role, ScopeKind


@dataclass(frozen=True)
class ScopeChoice:
    """One thing on which roles are held.

    `contracts` are the ids of the contracts it belongs to, None when all share it (a funder);
    `roles` narrows the roles given on it (the State has its own).
    """

    id: int
    label: str
    contracts: frozenset[int] | None = None
    roles: frozenset[Role] | None = None


ScopeSource = Callable[[], list[ScopeChoice]]

KIND_LABELS = {
    ScopeKind.INSTANCE: "Portail",
    ScopeKind.CONTRACT: "Contrat de ville",
    ScopeKind.CALL: "Appel à projets",
    ScopeKind.FUNDER: "Financeur",
    ScopeKind.QUARTIER: "Quartier",
    ScopeKind.SITTING: "Séance",
    ScopeKind.ORGANISATION: "Structure",
}

scope_choices: dict[ScopeKind, ScopeSource] = {
    ScopeKind.INSTANCE: lambda: [ScopeChoice(INSTANCE_ID, "Tout le portail", contracts=frozenset())],
}


def offer(kind: ScopeKind, source: ScopeSource) -> None:
    """Tell where the scopes of a kind are found."""
    scope_choices[kind] = source


def choice(kind: ScopeKind, scope_id: int) -> ScopeChoice | None:
    """One scope, or None when there is no such thing."""
    source = scope_choices.get(kind)
    return next((each for each in source() if each.id == scope_id), None) if source else None


def containing(kind: ScopeKind, scope_id: int) -> dict[ScopeKind, set[int]]:
    """The scopes whose roles reach a grant held on this one: itself, its contracts, the instance."""
    scopes = {kind: {scope_id}, ScopeKind.INSTANCE: {INSTANCE_ID}}
    found = choice(kind, scope_id) if kind not in (ScopeKind.ORGANISATION, ScopeKind.CONTRACT) else None
    if found is None:
        return scopes
    if found.contracts is None:
        return everywhere() | scopes
    return scopes | {ScopeKind.CONTRACT: set(found.contracts)}


def everywhere() -> dict[ScopeKind, set[int]]:
    """The scopes of what belongs to no contract in particular: every contract, and the instance."""
    source = scope_choices.get(ScopeKind.CONTRACT)
    contracts = {each.id for each in source()} if source else set()
    return {ScopeKind.CONTRACT: contracts, ScopeKind.INSTANCE: {INSTANCE_ID}}


Filings = Callable[[], "sa.Select[Any]"]
_filings: list[Filings] = []


def offer_filings(source: Filings) -> None:
    """Tell where organisations filed: a select of (organisation id, contract id), a higher room's."""
    if source not in _filings:
        _filings.append(source)


def filings() -> sa.Select[Any]:
    """(organisation_id, contract_id) of everything filed by organisations, drafts left out."""
    none = sa.select(sa.literal(0).label("organisation_id"), sa.literal(0).label("contract_id")).where(sa.false())
    return sa.select(sa.union_all(none, *(source() for source in _filings)).subquery())


def following(organisation_id: int) -> dict[ScopeKind, set[int]]:
    """The scopes whose staff follow an organisation: the contracts under which it filed.

    One that filed nothing yet belongs to no contract in particular: any Direction may help it.
    """
    from portal.extensions import db

    filed = filings().subquery()
    statement = sa.select(filed.c.contract_id).where(filed.c.organisation_id == organisation_id).distinct()
    contracts = set(db.session.scalars(statement))
    return {ScopeKind.CONTRACT: contracts, ScopeKind.INSTANCE: {INSTANCE_ID}} if contracts else everywhere()

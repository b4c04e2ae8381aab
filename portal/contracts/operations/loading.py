"""Bringing a contract file into the portal: `portal init`.

The file is compared with what the portal holds. Loaded for the first time, everything is written.
Loaded again, nothing changes as long as both say the same; otherwise the differences are told and
refused, unless an update is asked: then the file wins for what it names. What it does not name
(added on screens) stays, and nothing is ever removed. Defaults (age bands, indicators, funders) are
written only where there is none.

Higher rooms add what they keep of a contract with `when_contract_loaded`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from portal.contracts.models import (
    Axis,
    Contract,
    GovernanceBody,
    Priority,
    TaxonomyLevel,
    Theme,
    ThemeAlias,
)
from portal.contracts.operations.changes import Changes
from portal.contracts.operations.defaults import load_age_bands, load_funders, load_indicators
from portal.contracts.rules.contract_rows import ContractFile
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold, printed_key
from portal.foundation.refusals import Refusal

Loader = Callable[[Contract, ContractFile, Changes], None]
_loaders: list[Loader] = []


def when_contract_loaded(loader: Loader) -> Loader:
    """Register what else to write of a contract file; called at every load, so it must be idempotent."""
    if loader not in _loaders:
        _loaders.append(loader)
    return loader


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    contract_id: int
    slug: str
    name: str
    created: bool
    lines: list[str] = field(default_factory=list)


class FileDiffers(Refusal):
    """The portal holds this contract otherwise; `lines` say what would change."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("Le fichier ne dit pas la même chose que le portail ; rien n’a été modifié.")
        self.lines = lines


def load_contract(file: ContractFile, *, actor: Actor, update: bool = False) -> Loaded:
    """Create the contract of `file`, or compare it with the one of the same slug.

    Raises FileDiffers when the contract exists, something differs and `update` was not asked: the
    caller's unit of work then rolls everything back.
    """
    contract = db.session.execute(sa.select(Contract).where(Contract.slug == file.slug)).scalar_one_or_none()
    created = contract is None
    if contract is None:
        contract = _new_contract(file)
    changes = Changes()
    _load_contract_itself(contract, file, changes)
    _load_levels(contract, file, changes)
    _load_taxonomy(contract, file, changes)
    _load_lists(contract, file, changes)
    load_age_bands(contract, changes)
    load_indicators(contract, changes)
    load_funders(file, changes)
    for loader in _loaders:
        loader(contract, file, changes)
    db.session.flush()
    if changes and not created and not update:
        raise FileDiffers(changes.lines())
    if changes:
        action = "contract.created" if created else "contract.updated_from_file"
        record(actor, action, contract, slug=file.slug, added=len(changes.additions), changed=len(changes.differences))
    return Loaded(contract.id, contract.slug, contract.name, created, changes.lines())


def _new_contract(file: ContractFile) -> Contract:
    contract = Contract(
        slug=file.slug,
        name=file.name,
        commune_name=file.city,
        commune_insee_code=file.insee_code,
        start_year=file.start_year,
        end_year=file.end_year,
        source=file.source,
        is_demo=file.is_demo,
    )
    db.session.add(contract)
    db.session.flush()
    return contract


def _load_contract_itself(contract: Contract, file: ContractFile, changes: Changes) -> None:
    changes.settle(
        "le contrat",
        contract,
        name=file.name,
        commune_name=file.city,
        commune_insee_code=file.insee_code,
        start_year=file.start_year,
        end_year=file.end_year,
        source=file.source,
        is_demo=file.is_demo,
    )


def _load_levels(contract: Contract, file: ContractFile, changes: Changes) -> None:
    known = {level.depth: level for level in _all(TaxonomyLevel, contract)}
    for depth, (singular, plural) in enumerate(file.levels):
        if depth in known:
            changes.settle(f"niveau {depth + 1}", known[depth], singular=singular, plural=plural)
            continue
        changes.add(f"niveau « {singular} »")
        db.session.add(TaxonomyLevel(contract_id=contract.id, depth=depth, singular=singular, plural=plural))


def _load_taxonomy(contract: Contract, file: ContractFile, changes: Changes) -> None:
    known = {(theme.depth, theme.slug): theme for theme in _all(Theme, contract)}
    for position, row in enumerate(file.pillars, start=1):
        what = f"pilier « {row.label} »"
        pillar = known.get((0, row.slug))
        if pillar is None:
            changes.add(what)
            pillar = Theme(contract_id=contract.id, depth=0, slug=row.slug, label=row.label, label_fold=fold(row.label))
            pillar.objective, pillar.position = row.objective, position
            db.session.add(pillar)
            known[0, row.slug] = pillar
        changes.settle(what, pillar, label=row.label, objective=row.objective, position=position)
        pillar.label_fold = fold(pillar.label)
    db.session.flush()
    for position, theme_row in enumerate(file.themes, start=1):
        what = f"thématique « {theme_row.label} »"
        parent = known[0, theme_row.pillar] if theme_row.pillar else None
        values = {
            "label": theme_row.label,
            "parent_id": parent.id if parent else None,
            "objective": theme_row.objective,
            "basis": theme_row.basis,
            "position": position,
        }
        theme = known.get((1, theme_row.slug))
        if theme is None:
            changes.add(what)
            theme = Theme(contract_id=contract.id, depth=1, slug=theme_row.slug, label_fold="", **values)
            db.session.add(theme)
            known[1, theme_row.slug] = theme
        changes.settle(what, theme, **values)
        theme.label_fold = fold(theme.label)
    db.session.flush()
    _load_aliases(contract, file, {slug: theme for (depth, slug), theme in known.items() if depth}, changes)


def _load_aliases(contract: Contract, file: ContractFile, themes: dict[str, Theme], changes: Changes) -> None:
    known = {alias.printed_fold: alias for alias in _all(ThemeAlias, contract)}
    for row in file.themes:
        theme = themes[row.slug]
        for printed in row.printed_as:
            alias = known.get(fold(printed))
            if alias is not None:
                changes.settle(f"appellation « {printed} »", alias, theme_id=theme.id)
                continue
            changes.add(f"appellation « {printed} » de « {row.label} »")
            alias = ThemeAlias(contract_id=contract.id, theme_id=theme.id, printed=printed, printed_fold=fold(printed))
            db.session.add(alias)
            known[fold(printed)] = alias


def _load_lists(contract: Contract, file: ContractFile, changes: Changes) -> None:
    axes = {printed_key(axis.label): axis for axis in _all(Axis, contract)}
    for position, label in enumerate(file.axes, start=1):
        if printed_key(label) not in axes:
            changes.add(f"axe « {label} »")
            db.session.add(Axis(contract_id=contract.id, label=label, position=position))
    priorities = {(each.year, printed_key(each.label)) for each in _all(Priority, contract)}
    for position, (year, label) in enumerate(file.priorities, start=1):
        if (year, printed_key(label)) not in priorities:
            changes.add(f"priorité {year} « {label} »")
            db.session.add(Priority(contract_id=contract.id, year=year, label=label, position=position))
            priorities.add((year, printed_key(label)))
    _load_bodies(contract, file, changes)


def _load_bodies(contract: Contract, file: ContractFile, changes: Changes) -> None:
    known = {printed_key(body.name) for body in _all(GovernanceBody, contract)}
    named = [(name, False) for name in file.bodies] + [(name, True) for name in file.working_groups]
    for position, (name, is_group) in enumerate(named, start=1):
        if printed_key(name) in known:
            continue
        changes.add(f"{'groupe de travail' if is_group else 'instance'} « {name} »")
        db.session.add(GovernanceBody(contract_id=contract.id, name=name, is_working_group=is_group, position=position))
        known.add(printed_key(name))


def _all(
    table: type[Axis] | type[GovernanceBody] | type[Priority] | type[TaxonomyLevel] | type[Theme] | type[ThemeAlias],
    contract: Contract,
) -> list:  # type: ignore[type-arg]  # each caller knows its table
    return list(db.session.scalars(sa.select(table).where(table.contract_id == contract.id)))

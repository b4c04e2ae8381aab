"""The settings of a contract, its funders, its age bands."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.contracts.models import AgeBand, Contract, Funder, FunderKind
from portal.contracts.operations.editing import add, change, remove
from portal.contracts.rules.naming import same_body_key, slug_of
from portal.contracts.rules.settings import Band, ContractSettings, checked_band, checked_settings
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal
from portal.foundation.versions import claim


def edit_contract(contract: Contract, version: int, settings: ContractSettings, *, actor: Actor) -> None:
    """Change the settings. Raises Conflict when they changed since `version` was shown."""
    values = asdict(checked_settings(settings))
    claim(contract, version, theirs={name: getattr(contract, name) for name in values}, mine=values)
    change(contract, values, actor=actor, action="contract.changed")


# -- funders ------------------------------------------------------------------------------------


def add_funder(
    name: str, kind: str, siret: str | None, account_code: str | None, deciding_body: str | None, *, actor: Actor
) -> Funder:
    _refuse_homonym(name, None)
    last = db.session.execute(sa.select(sa.func.coalesce(sa.func.max(Funder.position), 0))).scalar_one()
    funder = Funder(
        slug=_free_slug(name),
        name=name,
        name_fold=fold(name),
        kind=FunderKind(kind),
        siret=siret,
        account_code=account_code,
        deciding_body=deciding_body,
        position=last + 1,
    )
    add(funder, actor=actor, action="funder.added", label=name)
    return funder


def edit_funder(
    funder: Funder,
    name: str,
    kind: str,
    siret: str | None,
    account_code: str | None,
    deciding_body: str | None,
    *,
    actor: Actor,
) -> None:
    _refuse_homonym(name, funder.id)
    values = {
        "name": name,
        "kind": FunderKind(kind),
        "siret": siret,
        "account_code": account_code,
        "deciding_body": deciding_body,
    }
    change(funder, values, actor=actor, action="funder.changed")
    funder.name_fold = fold(name)


def _refuse_homonym(name: str, own_id: int | None) -> None:
    rows = db.session.execute(sa.select(Funder.id, Funder.name))
    if any(same_body_key(other) == same_body_key(name) for id, other in rows if id != own_id):
        raise Refusal("Un financeur porte déjà ce nom.", "name")


def _free_slug(name: str) -> str:
    slug = slug_of(name) or "financeur"
    taken = set(db.session.scalars(sa.select(Funder.slug).where(Funder.slug.startswith(slug))))
    return next(each for each in [slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))] if each not in taken)


# -- age bands ----------------------------------------------------------------------------------


def add_age_band(contract: Contract, label: str, from_age: int, to_age: int | None, *, actor: Actor) -> AgeBand:
    checked_band(Band(from_age, to_age), _other_bands(contract, None))
    band = AgeBand(contract_id=contract.id, label=label, from_age=from_age, to_age=to_age, position=from_age)
    add(band, actor=actor, action="age_band.added", label=label)
    return band


def edit_age_band(
    contract: Contract, band: AgeBand, label: str, from_age: int, to_age: int | None, *, actor: Actor
) -> None:
    """Change a band. Its ages change only as long as nobody was counted in it."""
    checked_band(Band(from_age, to_age), _other_bands(contract, band.id))
    if (band.from_age, band.to_age) == (from_age, to_age):
        change(band, {"label": label}, actor=actor, action="age_band.changed")
        return
    remove_age_band(band, actor=actor)
    add_age_band(contract, label, from_age, to_age, actor=actor)


def remove_age_band(band: AgeBand, *, actor: Actor) -> None:
    """Remove a band in which nobody was counted."""
    try:
        remove(band, actor=actor, action="age_band.removed", label=band.label)
    except IntegrityError:
        raise Refusal("Des personnes sont déjà comptées dans cette tranche : ses âges ne changent plus.") from None


def _other_bands(contract: Contract, own_id: int | None) -> list[Band]:
    rows = db.session.execute(
        sa.select(AgeBand.id, AgeBand.from_age, AgeBand.to_age).where(AgeBand.contract_id == contract.id)
    )
    return [Band(from_age, to_age) for id, from_age, to_age in rows if id != own_id]

"""Quartiers, figures and structures changed on screens."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from portal.contracts.models import Contract
from portal.contracts.operations import editing
from portal.contracts.rules.naming import slug_of
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal
from portal.foundation.versions import claim
from portal.quartiers.models import (
    ContractQuartier,
    Figure,
    FigureScope,
    Quartier,
    QuartierKind,
    Structure,
    StructureKind,
)
from portal.quartiers.rules import (
    FigureValues,
    QuartierValues,
    StructureValues,
    checked_structure,
    checked_values,
)


def add_quartier(contract: Contract, values: QuartierValues, *, actor: Actor) -> Quartier:
    """Add a quartier to the contract; one of the same name, of another contract, is the same quartier."""
    checked_values(values)
    quartier = db.session.execute(
        sa.select(Quartier).where(Quartier.name_fold == fold(values.name))
    ).scalar_one_or_none()
    if quartier is not None and membership(contract, quartier.id) is not None:
        raise Refusal("Ce quartier est déjà dans le contrat.", "name")
    if quartier is None:
        last = db.session.execute(sa.select(sa.func.coalesce(sa.func.max(Quartier.position), 0))).scalar_one()
        quartier = Quartier(
            slug=_free_slug(values.name),
            name=values.name,
            name_fold=fold(values.name),
            presentation=values.presentation,
            position=last + 1,
        )
        db.session.add(quartier)
        db.session.flush()
    db.session.add(ContractQuartier(contract_id=contract.id, quartier_id=quartier.id, **_member_values(values)))
    record(actor, "quartier.added", quartier, contract_id=contract.id, label=values.name)
    return quartier


def edit_quartier(
    contract: Contract, quartier: Quartier, version: int, values: QuartierValues, *, actor: Actor
) -> None:
    """Change a quartier and its place in this contract. Raises Conflict when it changed since `version`."""
    checked_values(values)
    member = membership(contract, quartier.id)
    if member is None:
        raise Refusal("Ce quartier n’est pas dans le contrat.")
    homonym = sa.select(Quartier.id).where(Quartier.name_fold == fold(values.name), Quartier.id != quartier.id)
    if db.session.execute(homonym).first() is not None:
        raise Refusal("Un autre quartier porte déjà ce nom.", "name")
    own = {"name": values.name, "presentation": values.presentation}
    theirs = {name: getattr(quartier, name) for name in own} | {
        name: getattr(member, name) for name in _member_values(values)
    }
    claim(quartier, version, theirs=theirs, mine=own | _member_values(values))
    editing.change(quartier, own, actor=actor, action="quartier.changed")
    quartier.name_fold = fold(values.name)
    editing.change(member, _member_values(values), actor=actor, action="quartier.membership_changed")


def membership(contract: Contract, quartier_id: int) -> ContractQuartier | None:
    return db.session.execute(
        sa.select(ContractQuartier).where(
            ContractQuartier.contract_id == contract.id, ContractQuartier.quartier_id == quartier_id
        )
    ).scalar_one_or_none()


def _member_values(values: QuartierValues) -> dict[str, object]:
    return {
        "kind": QuartierKind(values.kind),
        "official_code": values.official_code,
        "starts_on": values.starts_on,
        "ends_on": values.ends_on,
    }


def _free_slug(name: str) -> str:
    slug = slug_of(name) or "quartier"
    taken = set(db.session.scalars(sa.select(Quartier.slug).where(Quartier.slug.startswith(slug))))
    return next(each for each in [slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))] if each not in taken)


# -- figures ------------------------------------------------------------------------------------


def add_figure(
    contract: Contract, scope: FigureScope, quartier_id: int | None, values: FigureValues, *, actor: Actor
) -> Figure:
    """Add a printed figure. One that says otherwise under another year or source stands beside it.

    A figure of the city or country takes the label of the quartiers' figure it is compared with.
    """
    siblings = list(
        db.session.scalars(
            sa.select(Figure).where(
                Figure.contract_id == contract.id, Figure.scope == scope, Figure.quartier_id == quartier_id
            )
        )
    )
    figure = Figure(
        contract_id=contract.id,
        scope=scope,
        quartier_id=quartier_id,
        code=_code(contract, values.label, {each.code for each in siblings}),
        position=max((each.position for each in siblings), default=0) + 1,
        **asdict(values),
    )
    editing.add(figure, actor=actor, action="figure.added", label=values.label)
    return figure


def edit_figure(figure: Figure, values: FigureValues, *, actor: Actor) -> None:
    editing.change(figure, asdict(values), actor=actor, action="figure.changed")


def remove_figure(figure: Figure, *, actor: Actor) -> None:
    editing.remove(figure, actor=actor, action="figure.removed", label=figure.label)


def _code(contract: Contract, label: str, taken: set[str]) -> str:
    """The code that figures of one label share across quartiers, city and country, if it is free here."""
    same = sa.select(Figure.code, Figure.label).where(Figure.contract_id == contract.id).order_by(Figure.id)
    shared: list[str] = [code for code, other in db.session.execute(same) if fold(other) == fold(label)]
    stem: str = slug_of(label).replace("-", "_")[:80] or "chiffre"
    candidates: list[str] = [*shared, stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3))]
    return next(code for code in candidates if code not in taken)


# -- structures ---------------------------------------------------------------------------------


def add_structure(quartier_id: int, values: StructureValues, *, actor: Actor) -> Structure:
    last = sa.select(sa.func.coalesce(sa.func.max(Structure.position), 0)).where(Structure.quartier_id == quartier_id)
    structure = Structure(
        quartier_id=quartier_id, position=db.session.execute(last).scalar_one() + 1, **_structure_columns(values)
    )
    editing.add(structure, actor=actor, action="structure.added", label=values.name)
    return structure


def edit_structure(structure: Structure, values: StructureValues, *, actor: Actor) -> None:
    editing.change(structure, _structure_columns(values), actor=actor, action="structure.changed")


def remove_structure(structure: Structure, *, actor: Actor) -> None:
    editing.remove(structure, actor=actor, action="structure.removed", label=structure.name)


def _structure_columns(values: StructureValues) -> dict[str, object]:
    return asdict(checked_structure(values)) | {"kind": StructureKind(values.kind)}

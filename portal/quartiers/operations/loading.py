"""The quartiers of a contract file: names, kinds, figures, structures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from portal.contracts.models import Contract
from portal.contracts.operations.changes import Changes
from portal.contracts.rules.contract_rows import ContractFile, FigureRow, QuartierRow, StructureRow
from portal.extensions import db
from portal.foundation.folding import fold, printed_key
from portal.quartiers.models import (
    ContractQuartier,
    Figure,
    FigureScope,
    Quartier,
    QuartierKind,
    Structure,
    StructureKind,
)


def load_quartiers(contract: Contract, file: ContractFile, changes: Changes) -> None:
    """Write or compare the quartiers, their figures in this contract, and their structures.

    A quartier that another contract already has is the same quartier: it joins this one.
    """
    known = _known_quartiers(file.quartiers)
    for position, row in enumerate(file.quartiers, start=1):
        quartier = _load_quartier(row, position, known, changes)
        _load_membership(contract, quartier, row, changes)
        _load_figures(contract, quartier, row.figures, changes)
        _load_structures(quartier, row.structures, changes)
    _load_figures(contract, None, file.comparisons, changes)


def _known_quartiers(rows: Sequence[QuartierRow]) -> dict[str, Quartier]:
    """The quartiers already there, by slug and by folded name."""
    found = db.session.scalars(
        sa.select(Quartier).where(
            Quartier.slug.in_([row.slug for row in rows]) | Quartier.name_fold.in_([fold(row.name) for row in rows])
        )
    )
    return {key: quartier for quartier in found for key in (quartier.slug, quartier.name_fold)}


def _load_quartier(row: QuartierRow, position: int, known: dict[str, Quartier], changes: Changes) -> Quartier:
    what = f"quartier « {row.name} »"
    quartier = known.get(row.slug) or known.get(fold(row.name))
    if quartier is None:
        changes.add(what)
        quartier = Quartier(
            slug=row.slug, name=row.name, name_fold=fold(row.name), presentation=row.presentation, position=position
        )
        db.session.add(quartier)
        db.session.flush()
        return quartier
    changes.settle(what, quartier, name=row.name, presentation=row.presentation)
    quartier.name_fold = fold(quartier.name)
    return quartier


def _load_membership(contract: Contract, quartier: Quartier, row: QuartierRow, changes: Changes) -> None:
    what = f"quartier « {row.name} »"
    member = db.session.execute(
        sa.select(ContractQuartier).where(
            ContractQuartier.contract_id == contract.id, ContractQuartier.quartier_id == quartier.id
        )
    ).scalar_one_or_none()
    values = {
        "kind": QuartierKind(row.kind),
        "official_code": row.official_code,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }
    if member is None:
        changes.add(f"{what} dans le contrat")
        db.session.add(ContractQuartier(contract_id=contract.id, quartier_id=quartier.id, **values))
        return
    changes.settle(what, member, **values)


def _load_figures(contract: Contract, quartier: Quartier | None, rows: Iterable[FigureRow], changes: Changes) -> None:
    of = f"de « {quartier.name} »" if quartier else "de comparaison"
    where = Figure.quartier_id == quartier.id if quartier else Figure.quartier_id.is_(None)
    known = {
        (figure.scope.value, figure.code): figure
        for figure in db.session.scalars(sa.select(Figure).where(Figure.contract_id == contract.id, where))
    }
    for position, row in enumerate(rows, start=1):
        what = f"chiffre « {row.label} » {of}"
        values = {
            "label": row.label,
            "value_thousandths": row.value_thousandths,
            "unit": row.unit,
            "year": row.year,
            "source": row.source,
            "note": row.note,
        }
        figure = known.get((row.scope, row.code))
        if figure is not None:
            changes.settle(what, figure, **values)
            continue
        changes.add(what)
        db.session.add(
            Figure(
                contract_id=contract.id,
                scope=FigureScope(row.scope),
                quartier_id=quartier.id if quartier else None,
                code=row.code,
                position=position,
                **values,
            )
        )


def _load_structures(quartier: Quartier, rows: Iterable[StructureRow], changes: Changes) -> None:
    known = {
        (each.kind.value, each.category, printed_key(each.name)): each
        for each in db.session.scalars(sa.select(Structure).where(Structure.quartier_id == quartier.id))
    }
    for position, row in enumerate(rows, start=1):
        what = f"« {row.name} » à « {quartier.name} »"
        key = (row.kind, row.category, printed_key(row.name))
        if key in known:
            changes.settle(what, known[key], share_bp=row.share_bp)
            continue
        changes.add(what)
        known[key] = Structure(
            quartier_id=quartier.id,
            kind=StructureKind(row.kind),
            category=row.category,
            name=row.name,
            share_bp=row.share_bp,
            position=position,
        )
        db.session.add(known[key])

"""What any contract begins with, read from `portal/contracts/data`: written where there is none yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.contracts.models import (
    AgeBand,
    Contract,
    Funder,
    FunderKind,
    Indicator,
    IndicatorKind,
    Theme,
)
from portal.contracts.operations.changes import Changes
from portal.contracts.rules.contract_rows import ContractFile, FunderRow
from portal.contracts.rules.naming import of, same_body_key, slug_of
from portal.extensions import db
from portal.foundation.folding import fold

DATA = Path(__file__).parent.parent / "data"
SHIPPED_CONTRACT = DATA / "contrat_aix_2015_2023.json"
"""The real reference data of Aix-en-Provence, a contract file like any other."""


def load_age_bands(contract: Contract, changes: Changes) -> None:
    if _has_any(AgeBand, contract):
        return
    changes.add("tranches d’âge")
    for position, row in enumerate(_data("age_bands.json"), start=1):
        db.session.add(AgeBand(contract_id=contract.id, position=position, **row))


def load_indicators(contract: Contract, changes: Changes) -> None:
    """The default catalogue: the common part, and the part of each theme whose label is recognised."""
    if _has_any(Indicator, contract):
        return
    changes.add("catalogue d’indicateurs")
    themes = list(
        db.session.scalars(
            sa.select(Theme).where(Theme.contract_id == contract.id, Theme.depth == 1).order_by(Theme.position)
        )
    )
    position = 0
    for group in _data("indicators.json"):
        for prefix, theme_id in _places(group, themes):
            for number, row in enumerate(group["indicators"], start=1):
                position += 1
                values = row | {"kind": IndicatorKind(row["kind"])}
                db.session.add(
                    Indicator(
                        contract_id=contract.id,
                        theme_id=theme_id,
                        code=f"{prefix}{number}",
                        position=position,
                        **values,
                    )
                )


def _places(group: dict[str, Any], themes: list[Theme]) -> list[tuple[str, int | None]]:
    """The code prefix and theme of each place a group of indicators takes; a common one has no theme."""
    if "themes" not in group:
        return [(group["prefix"], None)]
    found: list[tuple[str, int | None]] = []
    for prefix, words in group["themes"].items():
        theme = next((theme for theme in themes if any(word in fold(theme.label) for word in words)), None)
        if theme is not None:
            found.append((prefix, theme.id))
    return found


def load_funders(file: ContractFile, changes: Changes) -> None:
    """The funders of the file, the defaults for the kinds it does not name, and the quartiers' landlords.

    Funders are shared by the contracts: an existing one is never changed from a file.
    """
    known = {same_body_key(name) for name in db.session.scalars(sa.select(Funder.name))}
    slugs = set(db.session.scalars(sa.select(Funder.slug)))
    for row in _wanted_funders(file):
        slug = _funder_slug(row)
        if slug in slugs or same_body_key(row.name) in known:
            continue
        changes.add(f"financeur « {row.name} »")
        kind = FunderKind(row.kind)
        db.session.add(
            Funder(
                slug=slug,
                name=row.name,
                name_fold=fold(row.name),
                kind=kind,
                siret=row.siret,
                account_code=_ACCOUNTS[row.kind],
                deciding_body=row.deciding_body,
                position=list(FunderKind).index(kind) + 1,
            )
        )
        known.add(same_body_key(row.name))
        slugs.add(slug)


_ACCOUNTS: dict[str, str | None] = {
    "state": "741",
    "region": "742",
    "department": "743",
    "metropole": "744",
    "city": "745",
    "caf": "746",
    "landlord": "7492",
    "other": None,
}
"""The income account of each kind of funder in the chart 2018-06."""

_MANY = {"landlord", "other"}


def _wanted_funders(file: ContractFile) -> list[FunderRow]:
    named = {row.kind for row in file.funders}
    defaults = [
        FunderRow(row["name"].format(of_city=of(file.city)), row["kind"], None, row["deciding_body"])
        for row in _data("funders.json")
        if row["kind"] not in named
    ]
    landlords = [FunderRow(name, "landlord", None, "conseil d’administration") for name in file.landlords()]
    return [*file.funders, *defaults, *landlords]


def _funder_slug(row: FunderRow) -> str:
    """One funder of a kind has the kind's slug; of landlords and others there are many."""
    return slug_of(row.name) if row.kind in _MANY else slug_of(FunderKind(row.kind).value)


def _data(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return rows


def _has_any(table: type[AgeBand] | type[Indicator], contract: Contract) -> bool:
    found = sa.select(table.id).where(table.contract_id == contract.id).limit(1)
    return db.session.execute(found).first() is not None

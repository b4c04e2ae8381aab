"""The catalogue of indicators. A definition is never rewritten: changing it makes a new version."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from portal.contracts.models import Contract, Indicator, IndicatorKind, Theme
from portal.contracts.operations import editing
from portal.contracts.rules.settings import IndicatorDefinition, checked_definition
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


def add_indicator(
    contract: Contract,
    code: str,
    definition: IndicatorDefinition,
    *,
    theme_id: int | None,
    is_compulsory: bool,
    actor: Actor,
) -> Indicator:
    """Add an indicator at the end of the catalogue; its code is for ever its own."""
    known = sa.select(Indicator.code).where(Indicator.contract_id == contract.id)
    if code in set(db.session.scalars(known)):
        raise Refusal("Un indicateur porte déjà ce code.", "code")
    last = sa.select(sa.func.coalesce(sa.func.max(Indicator.position), 0)).where(Indicator.contract_id == contract.id)
    indicator = Indicator(
        contract_id=contract.id,
        code=code,
        version=1,
        theme_id=_theme(contract, theme_id),
        is_compulsory=is_compulsory,
        position=db.session.execute(last).scalar_one() + 1,
        **_columns(checked_definition(definition)),
    )
    editing.add(indicator, actor=actor, action="indicator.added", label=code)
    return indicator


def edit_indicator(
    contract: Contract,
    indicator: Indicator,
    definition: IndicatorDefinition,
    *,
    theme_id: int | None,
    is_compulsory: bool,
    actor: Actor,
) -> Indicator:
    """Change an indicator. Another definition is another version: values already given keep theirs.

    Raises Refusal when somebody made a newer version meanwhile.
    """
    if newest_of(contract, indicator.code).id != indicator.id:
        raise Refusal("Cet indicateur a changé entre-temps : reprenez sa dernière version.")
    columns = _columns(checked_definition(definition))
    use = {"theme_id": _theme(contract, theme_id), "is_compulsory": is_compulsory}
    if all(getattr(indicator, name) == value for name, value in columns.items()):
        editing.change(indicator, use, actor=actor, action="indicator.changed")
        return indicator
    newer = Indicator(
        contract_id=contract.id,
        code=indicator.code,
        version=indicator.version + 1,
        is_derived=indicator.is_derived,
        position=indicator.position,
        retired_at=indicator.retired_at,
        **use,
        **columns,
    )
    db.session.add(newer)
    before = {name: [getattr(indicator, name), value] for name, value in columns.items()}
    changed = {name: values for name, values in before.items() if values[0] != values[1]}
    record(actor, "indicator.new_version", newer, version=newer.version, changes=changed)
    return newer


def newest_of(contract: Contract, code: str) -> Indicator:
    """The version of an indicator in force."""
    found = sa.select(Indicator).where(Indicator.contract_id == contract.id, Indicator.code == code)
    return db.session.execute(found.order_by(Indicator.version.desc()).limit(1)).scalar_one()


def _columns(definition: IndicatorDefinition) -> dict[str, object]:
    return asdict(definition) | {"kind": IndicatorKind(definition.kind)}


def _theme(contract: Contract, theme_id: int | None) -> int | None:
    if theme_id is None:
        return None
    theme = db.session.get(Theme, theme_id)
    if theme is None or theme.contract_id != contract.id or theme.depth == 0:
        raise Refusal("Cette thématique n’existe pas dans le contrat.", "theme_id")
    return theme_id

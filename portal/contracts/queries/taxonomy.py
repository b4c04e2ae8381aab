"""Pillars, themes, and how sources print them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.contracts.models import TaxonomyLevel, Theme, ThemeAlias
from portal.extensions import db
from portal.foundation.folding import fold


@dataclass(frozen=True)
class ThemeLine:
    """A theme with its pillar; `pillar_id` is None for a theme without one."""

    id: int
    slug: str
    label: str
    objective: str | None
    basis: str | None
    pillar_id: int | None
    pillar_label: str | None
    retired: bool = False


@dataclass(frozen=True)
class Pillar:
    """A pillar and its themes. `id` is None for the group of themes that have no pillar."""

    id: int | None
    slug: str
    label: str
    objective: str | None
    retired: bool
    themes: tuple[ThemeLine, ...] = ()


@dataclass(frozen=True)
class LevelNames:
    """How a level of the taxonomy is called: « pilier », « piliers »."""

    singular: str
    plural: str


def level_names(contract_id: int) -> tuple[LevelNames, LevelNames]:
    """How the two levels of the taxonomy are called, pillars then themes."""
    rows = db.session.execute(
        sa.select(TaxonomyLevel.depth, TaxonomyLevel.singular, TaxonomyLevel.plural).where(
            TaxonomyLevel.contract_id == contract_id
        )
    )
    named = {depth: LevelNames(singular, plural) for depth, singular, plural in rows}
    return named.get(0, LevelNames("pilier", "piliers")), named.get(1, LevelNames("thématique", "thématiques"))


def pillars_and_themes(contract_id: int, *, with_retired: bool = False) -> list[Pillar]:
    """The taxonomy in printed order: pillars, each with its themes, then the themes without a pillar."""
    statement = sa.select(Theme).where(Theme.contract_id == contract_id).order_by(Theme.position, Theme.id)
    if not with_retired:
        statement = statement.where(Theme.retired_at.is_(None))
    nodes = list(db.session.scalars(statement))
    pillars = [node for node in nodes if node.depth == 0]
    known = {pillar.id: pillar for pillar in pillars}
    lines: dict[int | None, list[ThemeLine]] = {}
    for node in nodes:
        if node.depth > 0:
            parent = known.get(node.parent_id) if node.parent_id else None
            lines.setdefault(parent.id if parent else None, []).append(_theme_line(node, parent))
    tree = [
        Pillar(
            pillar.id,
            pillar.slug,
            pillar.label,
            pillar.objective,
            pillar.retired_at is not None,
            tuple(lines.get(pillar.id, ())),
        )
        for pillar in pillars
    ]
    orphans = tuple(lines.get(None, ()))
    return [*tree, Pillar(None, "", "", None, False, orphans)] if orphans else tree


def themes(contract_id: int, *, with_retired: bool = False) -> list[ThemeLine]:
    """The themes in the order of the taxonomy, without their pillars."""
    tree = pillars_and_themes(contract_id, with_retired=with_retired)
    return [theme for pillar in tree for theme in pillar.themes]


def _theme_line(theme: Theme, pillar: Theme | None) -> ThemeLine:
    return ThemeLine(
        theme.id,
        theme.slug,
        theme.label,
        theme.objective,
        theme.basis,
        pillar.id if pillar else None,
        pillar.label if pillar else None,
        theme.retired_at is not None,
    )


def themes_by_printed(contract_id: int) -> dict[str, ThemeLine]:
    """The themes under each of their folded names: their label, and how sources print them."""
    lines = {theme.id: theme for theme in themes(contract_id, with_retired=True)}
    named = {
        printed: lines[theme_id]
        for printed, theme_id in db.session.execute(
            sa.select(ThemeAlias.printed_fold, ThemeAlias.theme_id).where(ThemeAlias.contract_id == contract_id)
        )
        if theme_id in lines
    }
    return named | {fold(line.label): line for line in lines.values()}


def aliases(contract_id: int) -> dict[int, list[str]]:
    """How sources print each theme: {theme id: printed names}."""
    rows = db.session.execute(
        sa.select(ThemeAlias.theme_id, ThemeAlias.printed)
        .where(ThemeAlias.contract_id == contract_id)
        .order_by(ThemeAlias.printed_fold)
    )
    found: dict[int, list[str]] = {}
    for theme_id, printed in rows:
        found.setdefault(theme_id, []).append(printed)
    return found

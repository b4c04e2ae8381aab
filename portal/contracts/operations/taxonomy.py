"""Pillars and themes: added, renamed, moved, retired; never deleted, since applications hang on them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from portal.contracts.models import Contract, Theme, ThemeAlias
from portal.contracts.operations.editing import add, change, move
from portal.contracts.rules.naming import slug_of
from portal.contracts.rules.settings import checked_new_label
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal


def add_theme(
    contract: Contract,
    label: str,
    *,
    depth: int,
    pillar_id: int | None,
    objective: str | None,
    basis: str | None,
    printed_as: Sequence[str],
    actor: Actor,
) -> Theme:
    """Add a pillar (depth 0) or a theme (depth 1, under a pillar or under none) at the end of its list."""
    nodes = _nodes(contract, depth)
    checked_new_label(label, [node.label for node in nodes])
    theme = Theme(
        contract_id=contract.id,
        depth=depth,
        slug=_free_slug(label, {node.slug for node in nodes}),
        label=label,
        label_fold=fold(label),
        parent_id=_pillar(contract, pillar_id) if depth else None,
        objective=objective,
        basis=basis,
        position=max((node.position for node in nodes), default=0) + 1,
    )
    add(theme, actor=actor, action="theme.added", label=label)
    _set_aliases(contract, theme, printed_as, actor)
    return theme


def edit_theme(
    contract: Contract,
    theme: Theme,
    label: str,
    *,
    pillar_id: int | None,
    objective: str | None,
    basis: str | None,
    printed_as: Sequence[str],
    actor: Actor,
) -> None:
    """Rename a theme, attach it elsewhere, say how sources print it. Its address (slug) stays."""
    checked_new_label(label, [node.label for node in _nodes(contract, theme.depth) if node.id != theme.id])
    values = {
        "label": label,
        "parent_id": _pillar(contract, pillar_id) if theme.depth else None,
        "objective": objective,
        "basis": basis,
    }
    change(theme, values, actor=actor, action="theme.changed")
    theme.label_fold = fold(label)
    _set_aliases(contract, theme, printed_as, actor)


def move_theme(contract: Contract, theme: Theme, *, up: bool, actor: Actor) -> None:
    """Exchange a theme with its neighbour under the same pillar."""
    siblings = [node for node in _nodes(contract, theme.depth) if node.parent_id == theme.parent_id]
    places = sorted(node.position for node in siblings)
    move(theme, siblings, up=up, actor=actor, action="theme.moved")
    # Themes of all pillars share one numbering: the neighbours exchange the places they had.
    for node, place in zip(sorted(siblings, key=lambda node: node.position), places, strict=True):
        node.position = place


def _nodes(contract: Contract, depth: int) -> list[Theme]:
    return list(
        db.session.scalars(
            sa.select(Theme)
            .where(Theme.contract_id == contract.id, Theme.depth == depth)
            .order_by(Theme.position, Theme.id)
        )
    )


def _pillar(contract: Contract, pillar_id: int | None) -> int | None:
    if pillar_id is not None and pillar_id not in {node.id for node in _nodes(contract, 0)}:
        raise Refusal("Ce rattachement n’existe pas dans le contrat.", "pillar_id")
    return pillar_id


def _free_slug(label: str, taken: set[str]) -> str:
    slug = slug_of(label) or "theme"
    return next(each for each in [slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))] if each not in taken)


def _set_aliases(contract: Contract, theme: Theme, printed_as: Sequence[str], actor: Actor) -> None:
    """Make `printed_as` the names under which sources print this theme."""
    db.session.flush()
    known = {
        alias.printed_fold: alias
        for alias in db.session.scalars(sa.select(ThemeAlias).where(ThemeAlias.contract_id == contract.id))
    }
    labels = {node.label_fold: node.id for node in _nodes(contract, 1)}
    wanted = {fold(printed): printed for printed in printed_as}
    for folded, printed in wanted.items():
        owner = known[folded].theme_id if folded in known else labels.get(folded, theme.id)
        if owner != theme.id:
            raise Refusal(f"« {printed} » désigne déjà une autre thématique.", "printed_as")
    own = {folded: alias for folded, alias in known.items() if alias.theme_id == theme.id}
    for folded in own.keys() - wanted.keys():
        db.session.delete(own[folded])
    for folded in wanted.keys() - own.keys():
        db.session.add(
            ThemeAlias(contract_id=contract.id, theme_id=theme.id, printed=wanted[folded], printed_fold=folded)
        )
    if own.keys() != wanted.keys():
        record(actor, "theme.aliases_changed", theme, aliases=list(wanted.values()))

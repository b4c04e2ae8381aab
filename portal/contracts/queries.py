"""What a contract holds, read. Lists leave out what was retired unless asked; order is the one printed."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.accounts.scopes import ScopeChoice
from portal.contracts.models import (
    AgeBand,
    Axis,
    Contract,
    Funder,
    FunderKind,
    GovernanceBody,
    Indicator,
    IndicatorKind,
    Priority,
    TaxonomyLevel,
    Theme,
    ThemeAlias,
)
from portal.extensions import db
from portal.foundation.folding import fold


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


@dataclass(frozen=True)
class Entry:
    """A line of a plain list: axis, priority (with its year), body."""

    id: int
    label: str
    year: int | None = None
    retired: bool = False


@dataclass(frozen=True)
class FunderLine:
    id: int
    slug: str
    name: str
    kind: FunderKind
    siret: str | None
    account_code: str | None
    deciding_body: str | None
    retired: bool


@dataclass(frozen=True)
class IndicatorLine:
    """The version of an indicator in force. `theme_id` is None for a common one."""

    id: int
    code: str
    version: int
    label: str
    definition: str
    unit: str
    kind: IndicatorKind
    numerator_label: str | None
    denominator_label: str | None
    is_compulsory: bool
    is_derived: bool
    theme_id: int | None
    theme_label: str | None
    retired: bool


@dataclass(frozen=True)
class AgeBandLine:
    """`to_age` is None for « and above »."""

    id: int
    label: str
    from_age: int
    to_age: int | None


# -- contracts ----------------------------------------------------------------------------------

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


# -- taxonomy -----------------------------------------------------------------------------------


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


def theme_by_printed(contract_id: int, text: str) -> ThemeLine | None:
    """The theme of this label, or printed so by a source (« CdV »); accents and case do not count."""
    return themes_by_printed(contract_id).get(fold(text))


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


# -- plain lists --------------------------------------------------------------------------------


def axes(contract_id: int, *, with_retired: bool = False) -> list[Entry]:
    statement = sa.select(Axis.id, Axis.label, Axis.retired_at).where(Axis.contract_id == contract_id)
    if not with_retired:
        statement = statement.where(Axis.retired_at.is_(None))
    rows = db.session.execute(statement.order_by(Axis.position, Axis.id))
    return [Entry(id, label, None, retired_at is not None) for id, label, retired_at in rows]


def priorities(contract_id: int, year: int | None = None, *, with_retired: bool = False) -> list[Entry]:
    """The municipal priorities of one year, or of all, the latest first."""
    statement = sa.select(Priority.id, Priority.label, Priority.year, Priority.retired_at).where(
        Priority.contract_id == contract_id
    )
    if year is not None:
        statement = statement.where(Priority.year == year)
    if not with_retired:
        statement = statement.where(Priority.retired_at.is_(None))
    rows = db.session.execute(statement.order_by(Priority.year.desc(), Priority.position, Priority.id))
    return [Entry(id, label, of_year, retired_at is not None) for id, label, of_year, retired_at in rows]


def governance(contract_id: int, *, working_groups: bool) -> list[Entry]:
    """The bodies of the contract's governance, or its thematic working groups."""
    rows = db.session.execute(
        sa.select(GovernanceBody.id, GovernanceBody.name)
        .where(GovernanceBody.contract_id == contract_id, GovernanceBody.is_working_group == working_groups)
        .order_by(GovernanceBody.position, GovernanceBody.id)
    )
    return [Entry(id, name) for id, name in rows]


def age_bands(contract_id: int) -> list[AgeBandLine]:
    """The age bands, youngest first."""
    rows = db.session.execute(
        sa.select(AgeBand.id, AgeBand.label, AgeBand.from_age, AgeBand.to_age)
        .where(AgeBand.contract_id == contract_id)
        .order_by(AgeBand.from_age)
    )
    return [AgeBandLine(*row) for row in rows]


# -- funders ------------------------------------------------------------------------------------


def funders(*, with_retired: bool = False) -> list[FunderLine]:
    """The funders, shared by the contracts of the portal."""
    statement = sa.select(Funder).order_by(Funder.position, Funder.name_fold, Funder.id)
    if not with_retired:
        statement = statement.where(Funder.retired_at.is_(None))
    return [_funder_line(funder) for funder in db.session.scalars(statement)]


def _funder_line(funder: Funder) -> FunderLine:
    return FunderLine(
        funder.id,
        funder.slug,
        funder.name,
        funder.kind,
        funder.siret,
        funder.account_code,
        funder.deciding_body,
        funder.retired_at is not None,
    )


# -- indicators ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Catalogue:
    """The indicators of a contract: those common to all, then by theme."""

    common: tuple[IndicatorLine, ...]
    by_theme: dict[int, tuple[IndicatorLine, ...]] = field(default_factory=dict)

    def for_theme(self, theme_id: int | None) -> list[IndicatorLine]:
        """What an application of this theme may choose from, common ones first."""
        return [*self.common, *(self.by_theme.get(theme_id, ()) if theme_id else ())]


def indicators(contract_id: int, *, with_retired: bool = False) -> list[IndicatorLine]:
    """The catalogue in its printed order, each indicator in its latest version."""
    newest = (
        sa.select(Indicator.code, sa.func.max(Indicator.version).label("version"))
        .where(Indicator.contract_id == contract_id)
        .group_by(Indicator.code)
        .subquery()
    )
    statement = (
        sa.select(Indicator, Theme.label)
        .join(newest, sa.and_(newest.c.code == Indicator.code, newest.c.version == Indicator.version))
        .outerjoin(Theme, Theme.id == Indicator.theme_id)
        .where(Indicator.contract_id == contract_id)
        .order_by(Indicator.position, Indicator.id)
    )
    if not with_retired:
        statement = statement.where(Indicator.retired_at.is_(None))
    return [_indicator_line(indicator, label) for indicator, label in db.session.execute(statement)]


def indicators_for(contract_id: int, theme_id: int | None = None) -> list[IndicatorLine]:
    """The indicators an application of this theme may use, common ones first; None gives those alone."""
    return catalogue(contract_id).for_theme(theme_id)


def catalogue(contract_id: int) -> Catalogue:
    lines = indicators(contract_id)
    by_theme: dict[int, tuple[IndicatorLine, ...]] = {}
    for line in lines:
        if line.theme_id is not None:
            by_theme[line.theme_id] = (*by_theme.get(line.theme_id, ()), line)
    return Catalogue(tuple(line for line in lines if line.theme_id is None), by_theme)


def indicator_versions(contract_id: int, code: str) -> list[IndicatorLine]:
    """Every version of an indicator, the latest first."""
    rows = db.session.execute(
        sa.select(Indicator, Theme.label)
        .outerjoin(Theme, Theme.id == Indicator.theme_id)
        .where(Indicator.contract_id == contract_id, Indicator.code == code)
        .order_by(Indicator.version.desc())
    )
    return [_indicator_line(indicator, label) for indicator, label in rows]


def _indicator_line(indicator: Indicator, theme_label: str | None) -> IndicatorLine:
    return IndicatorLine(
        indicator.id,
        indicator.code,
        indicator.version,
        indicator.label,
        indicator.definition,
        indicator.unit,
        indicator.kind,
        indicator.numerator_label,
        indicator.denominator_label,
        indicator.is_compulsory,
        indicator.is_derived,
        indicator.theme_id,
        theme_label,
        indicator.retired_at is not None,
    )


# -- what roles are granted on -------------------------------------------------------------------


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

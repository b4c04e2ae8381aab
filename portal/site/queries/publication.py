"""Which applications anybody may see, and how: every public list, card and count starts here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.calls.states import ApplicationStatus, FundingStatus, Origin
from portal.committee.models import Decision
from portal.committee.states import DecisionKind, Outcome
from portal.contracts.models import Contract, Funder, Nature, Theme
from portal.extensions import db
from portal.foundation.folding import fold
from portal.foundation.pagination import Page, paged
from portal.quartiers.models import Quartier

Row = TypeVar("Row", bound=tuple[Any, ...])

NOTIFIED = (FundingStatus.NOTIFIED, FundingStatus.PAID_IN_PART, FundingStatus.PAID)
RETAINED = (Outcome.RETAINED, Outcome.RETAINED_LOWER)

# The tax relief of landlords is a valued amount, outside what is published as grants.
PUBLIC_LINE = sa.and_(FundingLine.status.in_(NOTIFIED), FundingLine.nature != Nature.TFPB)


def public_applications() -> sa.Select[tuple[int]]:
    """The ids of the applications anybody may see.

    Two kinds: the actions of past programmes, imported as a source printed them; and those that a
    sitting retained and for which a funder has notified a grant. Nothing else, whatever its state.
    """
    past = sa.and_(Application.origin == Origin.IMPORTED, Application.status == ApplicationStatus.CLOSED)
    retained = sa.exists().where(
        Decision.application_id == Application.id,
        Decision.kind == DecisionKind.ARBITRATION,
        Decision.outcome.in_(RETAINED),
        Decision.superseded_at.is_(None),
    )
    notified = sa.exists().where(FundingLine.application_id == Application.id, PUBLIC_LINE)
    granted = sa.and_(
        Application.origin != Origin.IMPORTED,
        Application.status.in_((ApplicationStatus.DECIDED, ApplicationStatus.CLOSED)),
        retained,
        notified,
    )
    return sa.select(Application.id).where(sa.or_(past, granted))


@dataclass(frozen=True)
class Place:
    """A quartier of an action, with the theme and the words that hold there."""

    slug: str
    name: str
    theme: str | None
    description: str | None


@dataclass(frozen=True)
class ActionLine:
    """A public action in a list. `notified_cents` is None when no notified amount is known."""

    id: int
    title: str
    year: int
    organisation_id: int
    organisation: str
    theme: str | None
    places: tuple[Place, ...] = ()
    notified_cents: int | None = None

    @property
    def themes(self) -> tuple[str, ...]:
        """Each theme once, in the order of the quartiers."""
        named = [place.theme for place in self.places] or [self.theme]
        return tuple(dict.fromkeys(theme for theme in named if theme))


@dataclass(frozen=True)
class Search:
    """What a visitor looks for; empty fields narrow nothing. Slugs for territory and taxonomy."""

    demo: bool = False
    words: str = ""
    quartier: str = ""
    theme: str = ""
    pillar: str = ""
    year: int | None = None
    organisation_id: int | None = None


_MAIN = aliased(Theme)
_LINE = (
    sa.select(
        Application.id, Application.title, Call.year, Organisation.id, Organisation.name, _MAIN.label.label("theme")
    )
    .join(Call, Call.id == Application.call_id)
    .join(Contract, Contract.id == Call.contract_id)
    .join(Organisation, Organisation.id == Application.organisation_id)
    .outerjoin(_MAIN, _MAIN.id == Application.main_theme_id)
    .where(Application.id.in_(public_applications()))
)


def search(wanted: Search, number: int, per_page: int) -> Page:
    """One page of public actions, the latest year first. Four queries whatever the rows."""
    statement = _LINE.where(Contract.is_demo == wanted.demo, *_conditions(wanted)).order_by(
        Call.year.desc(), Organisation.name_fold, Application.title_fold, Application.id
    )
    found = paged(statement, number, per_page)
    return replace(found, rows=_completed([ActionLine(*row) for row in found.rows]))


def _conditions(wanted: Search) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        sa.or_(
            Application.title_fold.contains(word, autoescape=True),
            Organisation.name_fold.contains(word, autoescape=True),
        )
        for word in fold(wanted.words).split()
    ]
    if wanted.year is not None:
        conditions.append(Call.year == wanted.year)
    if wanted.organisation_id is not None:
        conditions.append(Organisation.id == wanted.organisation_id)
    if wanted.quartier or wanted.theme or wanted.pillar:
        conditions.append(_placed(wanted))
    return conditions


def _placed(wanted: Search) -> sa.ColumnElement[bool]:
    """In that quartier, and of that theme there: both are asked of the same placement."""
    themes = _themes_of(wanted)
    theme = sa.func.coalesce(Placement.theme_id, Application.main_theme_id)
    somewhere = sa.exists().where(
        Placement.application_id == Application.id,
        *([theme.in_(themes)] if themes is not None else []),
        *([Placement.quartier_id.in_(_quartier_ids(wanted.quartier))] if wanted.quartier else []),
    )
    if wanted.quartier or themes is None:
        return somewhere
    return sa.or_(somewhere, Application.main_theme_id.in_(themes))


def _quartier_ids(slug: str) -> sa.Select[tuple[int]]:
    return sa.select(Quartier.id).where(Quartier.slug == slug)


def _themes_of(wanted: Search) -> sa.Select[tuple[int]] | None:
    """The ids of the themes asked for, with those below the pillar; None when none is asked."""
    if not wanted.theme and not wanted.pillar:
        return None
    pillar = aliased(Theme)
    themes = sa.select(Theme.id).outerjoin(pillar, pillar.id == Theme.parent_id)
    if wanted.theme:
        themes = themes.where(Theme.slug == wanted.theme, Theme.depth > 0)
    if wanted.pillar:
        own = sa.and_(Theme.slug == wanted.pillar, Theme.depth == 0)
        themes = themes.where(sa.or_(own, pillar.slug == wanted.pillar))
    return themes


def _completed(lines: Sequence[ActionLine]) -> list[ActionLine]:
    """The lines with their quartiers and what was notified: two queries for all of them."""
    ids = [line.id for line in lines]
    places, amounts = _places(ids), _notified(ids)
    return [replace(line, places=tuple(places.get(line.id, ())), notified_cents=amounts.get(line.id)) for line in lines]


def _places(ids: Sequence[int]) -> dict[int, list[Place]]:
    theme, main = aliased(Theme), aliased(Theme)
    rows = db.session.execute(
        sa.select(
            Placement.application_id,
            Quartier.slug,
            Quartier.name,
            sa.func.coalesce(theme.label, main.label),
            Placement.description,
        )
        .join(Application, Application.id == Placement.application_id)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .outerjoin(theme, theme.id == Placement.theme_id)
        .outerjoin(main, main.id == Application.main_theme_id)
        .where(Placement.application_id.in_(ids))
        .order_by(Quartier.position, Quartier.name_fold)
    )
    found: dict[int, list[Place]] = {}
    for application_id, *place in rows:
        found.setdefault(application_id, []).append(Place(*place))
    return found


def _notified(ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(FundingLine.application_id, sa.func.sum(FundingLine.granted_cents))
        .where(FundingLine.application_id.in_(ids), PUBLIC_LINE)
        .group_by(FundingLine.application_id)
    )
    return {application_id: int(total) for application_id, total in rows}


# -- what the filters offer ----------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """The values that some public action has, in the order shown: pairs of value and label."""

    quartiers: tuple[tuple[str, str], ...]
    pillars: tuple[tuple[str, str], ...]
    themes: tuple[tuple[str, str], ...]
    years: tuple[int, ...]
    organisations: tuple[tuple[int, str], ...]


def choices(*, demo: bool) -> Choices:
    """What the public actions can be narrowed to. Four queries."""
    pillars, themes = _taxonomy(demo)
    years = _of_public(sa.select(Call.year).distinct(), demo).order_by(Call.year.desc())
    organisations = (
        _of_public(sa.select(Organisation.id, Organisation.name, Organisation.name_fold).distinct(), demo)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .order_by(Organisation.name_fold, Organisation.id)
    )
    quartiers = (
        _of_public(sa.select(Quartier.slug, Quartier.name, Quartier.position, Quartier.name_fold).distinct(), demo)
        .join(Placement, Placement.application_id == Application.id)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .order_by(Quartier.position, Quartier.name_fold)
    )
    return Choices(
        quartiers=tuple((slug, name) for slug, name, *_order in db.session.execute(quartiers)),
        pillars=pillars,
        themes=themes,
        years=tuple(db.session.scalars(years)),
        organisations=tuple((id, name) for id, name, _order in db.session.execute(organisations)),
    )


def _of_public(statement: sa.Select[Row], demo: bool) -> sa.Select[Row]:
    """`statement` over the public applications and their call, of real contracts or of demonstrations."""
    return (
        statement.select_from(Application)
        .join(Call, Call.id == Application.call_id)
        .join(Contract, Contract.id == Call.contract_id)
        .where(Application.id.in_(public_applications()), Contract.is_demo == demo)
    )


def _taxonomy(demo: bool) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The pillars and the themes of public actions; the same slug in two contracts is one choice."""
    pillar = aliased(Theme)
    used = sa.func.coalesce(Placement.theme_id, Application.main_theme_id)
    rows = db.session.execute(
        _of_public(
            sa.select(Theme.depth, Theme.slug, Theme.label, pillar.slug, pillar.label, Theme.position).distinct(), demo
        )
        .outerjoin(Placement, Placement.application_id == Application.id)
        .join(Theme, Theme.id == used)
        .outerjoin(pillar, pillar.id == Theme.parent_id)
        .order_by(Theme.position)
    )
    pillars: dict[str, str] = {}
    themes: dict[str, str] = {}
    for depth, slug, label, pillar_slug, pillar_label, _position in rows:
        if depth > 0:
            themes.setdefault(slug, label)
        above = (slug, label) if depth == 0 else (pillar_slug, pillar_label)
        if above[0]:
            pillars.setdefault(*above)
    return _by_label(pillars), _by_label(themes)


def _by_label(named: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(named.items(), key=lambda pair: fold(pair[1])))


def has_public(*, demo: bool) -> bool:
    """Whether any public action belongs to a real contract, or to a demonstration."""
    found = _of_public(sa.select(Application.id), demo).exists()
    return bool(db.session.execute(sa.select(found)).scalar())


# -- one action ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicGrant:
    """What a funder notified, in cents."""

    funder: str
    nature: Nature
    cents: int


@dataclass(frozen=True)
class ActionCard:
    """The public card of an action: never its people, its reviewers nor what was not notified."""

    line: ActionLine
    description: str | None
    pillar: str | None
    call_title: str
    is_imported: bool
    contract_name: str
    contract_source: str | None
    is_demo: bool
    grants: tuple[PublicGrant, ...]

    @property
    def is_same_everywhere(self) -> bool:
        """Whether the theme and the description hold for all quartiers, so that they are told once."""
        return len({(place.theme, place.description or self.description) for place in self.line.places}) <= 1

    @property
    def said_once(self) -> str | None:
        """The description that holds for all quartiers, None when they differ."""
        if not self.is_same_everywhere:
            return None
        return next((place.description for place in self.line.places if place.description), self.description)


def card(application_id: int) -> ActionCard | None:
    """A public action, or None: an application that is not public does not exist here. Four queries."""
    pillar = aliased(Theme)
    row = db.session.execute(
        _LINE.add_columns(
            Application.description,
            sa.case((_MAIN.depth == 0, _MAIN.label), else_=pillar.label),
            Call.title,
            Application.origin,
            Contract.name,
            Contract.source,
            Contract.is_demo,
        )
        .outerjoin(pillar, pillar.id == _MAIN.parent_id)
        .where(Application.id == application_id)
    ).one_or_none()
    if row is None:
        return None
    *line, description, pillar_label, call_title, origin, contract, source, is_demo = row
    return ActionCard(
        line=_completed([ActionLine(*line)])[0],
        description=description,
        pillar=pillar_label,
        call_title=call_title,
        is_imported=origin is Origin.IMPORTED,
        contract_name=contract,
        contract_source=source,
        is_demo=is_demo,
        grants=tuple(_grants(application_id)),
    )


def _grants(application_id: int) -> Iterable[PublicGrant]:
    rows = db.session.execute(
        sa.select(Funder.name, FundingLine.nature, FundingLine.granted_cents)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id == application_id, PUBLIC_LINE)
        .order_by(Funder.position, Funder.name_fold, FundingLine.nature)
    )
    return [PublicGrant(*row) for row in rows]

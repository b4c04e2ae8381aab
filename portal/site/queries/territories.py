"""The public actions seen from a quartier or from a year."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Placement
from portal.contracts.models import Contract, Theme
from portal.extensions import db
from portal.quartiers.models import ContractQuartier, Quartier
from portal.site.queries.publication import public_applications


@dataclass(frozen=True)
class PlacedAction:
    """A public action as it is printed for one quartier."""

    id: int
    title: str
    organisation: str
    theme: str | None
    description: str | None


@dataclass(frozen=True)
class YearOfActions:
    """A year with public actions, and how many."""

    year: int
    actions: int
    organisations: int


def years_in(contract_id: int, quartier_id: int) -> list[YearOfActions]:
    """The years in which a quartier of a contract has public actions, the latest first."""
    rows = db.session.execute(
        sa.select(
            Call.year,
            sa.func.count(Application.id.distinct()),
            sa.func.count(Application.organisation_id.distinct()),
        )
        .join(Call, Call.id == Application.call_id)
        .join(Placement, Placement.application_id == Application.id)
        .where(
            Call.contract_id == contract_id,
            Placement.quartier_id == quartier_id,
            Application.id.in_(public_applications()),
        )
        .group_by(Call.year)
        .order_by(Call.year.desc())
    )
    return [YearOfActions(*row) for row in rows]


def actions_in(contract_id: int, quartier_id: int, year: int) -> list[PlacedAction]:
    """The public actions of a quartier in a year, in printed order where there is one."""
    theme, main = aliased(Theme), aliased(Theme)
    rows = db.session.execute(
        sa.select(
            Application.id,
            Application.title,
            Organisation.name,
            sa.func.coalesce(theme.label, main.label),
            sa.func.coalesce(Placement.description, Application.description),
        )
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .join(Placement, Placement.application_id == Application.id)
        .outerjoin(theme, theme.id == Placement.theme_id)
        .outerjoin(main, main.id == Application.main_theme_id)
        .where(
            Call.contract_id == contract_id,
            Call.year == year,
            Placement.quartier_id == quartier_id,
            Application.id.in_(public_applications()),
        )
        .order_by(
            Placement.printed_order.is_(None),
            Placement.printed_order,
            Organisation.name_fold,
            Application.title_fold,
            Application.id,
        )
    )
    return [PlacedAction(*row) for row in rows]


def latest_year(*, demo: bool) -> YearOfActions | None:
    """The latest year with public actions, of real contracts or of demonstrations."""
    row = db.session.execute(
        sa.select(
            Call.year,
            sa.func.count(Application.id),
            sa.func.count(Application.organisation_id.distinct()),
        )
        .join(Call, Call.id == Application.call_id)
        .join(Contract, Contract.id == Call.contract_id)
        .where(Application.id.in_(public_applications()), Contract.is_demo == demo)
        .group_by(Call.year)
        .order_by(Call.year.desc())
        .limit(1)
    ).one_or_none()
    return YearOfActions(*row) if row else None


def contracts_with(slug: str) -> list[int]:
    """The ids of the contracts that hold the quartier of this slug: real ones first, then the latest."""
    rows = db.session.scalars(
        sa.select(Contract.id)
        .join(ContractQuartier, ContractQuartier.contract_id == Contract.id)
        .join(Quartier, Quartier.id == ContractQuartier.quartier_id)
        .where(Quartier.slug == slug)
        .order_by(Contract.is_demo, Contract.start_year.desc(), Contract.id)
    )
    return list(rows)

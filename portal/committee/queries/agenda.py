"""Composing an agenda: which applications may be put on it, and the orders it can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.committee.models import AgendaItem, Decision, Sitting
from portal.committee.rules.agenda import STATUSES, Order, Waiting, awaited_statuses
from portal.committee.states import DecisionKind, Outcome
from portal.contracts.models import Funder, Theme
from portal.extensions import db
from portal.foundation.pagination import Page, paged
from portal.quartiers.models import Quartier


@dataclass(frozen=True)
class Choice:
    """What the address asks for; None leaves everything."""

    waiting: Waiting = Waiting.KIND
    quartier_id: int | None = None
    pillar_id: int | None = None
    funder_id: int | None = None


def candidates(sitting: Sitting, visible: sa.Select[tuple[int]], choice: Choice) -> sa.Select[Any]:
    """The applications of the sitting's call (or contract) not on its agenda yet; ordered, to be paged."""
    on_agenda = sa.select(AgendaItem.application_id).where(AgendaItem.sitting_id == sitting.id)
    statement = (
        sa.select(
            Application.id,
            Application.number,
            Application.title,
            Application.status,
            Call.year,
            Organisation.name.label("organisation"),
        )
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .where(
            Call.contract_id == sitting.contract_id,
            Application.id.in_(visible),
            Application.id.not_in(on_agenda),
            *_conditions(sitting, choice),
        )
        .order_by(Call.year.desc(), Call.id, Application.number)
    )
    return statement if sitting.call_id is None else statement.where(Application.call_id == sitting.call_id)


def _conditions(sitting: Sitting, choice: Choice) -> list[sa.ColumnElement[bool]]:
    conditions = [_waits(sitting, choice.waiting)]
    if choice.quartier_id is not None:
        placed = sa.select(Placement.application_id).where(Placement.quartier_id == choice.quartier_id)
        conditions.append(Application.id.in_(placed))
    if choice.pillar_id is not None:
        conditions.append(sa.or_(Theme.id == choice.pillar_id, Theme.parent_id == choice.pillar_id))
    if choice.funder_id is not None:
        asked = sa.select(FundingLine.application_id).where(FundingLine.funder_id == choice.funder_id)
        conditions.append(Application.id.in_(asked))
    return conditions


def _waits(sitting: Sitting, waiting: Waiting) -> sa.ColumnElement[bool]:
    if waiting is Waiting.KIND:
        kind = sitting.kind
        statuses = awaited_statuses(pronounces=kind.pronounces_admissibility, arbitrates=kind.arbitrates)
        here = Application.status.in_(statuses)
        return sa.or_(here, _standing(Outcome.ADJOURNED)) if kind.arbitrates else here
    if waiting is Waiting.ADJOURNED:
        return _standing(Outcome.ADJOURNED)
    if waiting is Waiting.WAITING_LIST:
        return _standing(Outcome.WAITING_LIST)
    return Application.status.in_(STATUSES[waiting])


def _standing(outcome: Outcome) -> sa.ColumnElement[bool]:
    """Those whose arbitration in force has this outcome."""
    found = sa.select(Decision.application_id).where(
        Decision.kind == DecisionKind.ARBITRATION, Decision.outcome == outcome, Decision.superseded_at.is_(None)
    )
    return Application.id.in_(found)


def candidate_ids(statement: sa.Select[Any]) -> list[int]:
    """The ids of all the candidates of a selection, in their order."""
    return [row.id for row in db.session.execute(statement)]


def funders_asked(sitting: Sitting) -> list[Funder]:
    """The funders asked in the sitting's call, or in its contract's."""
    asked = (
        sa.select(FundingLine.funder_id)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(Call.id == sitting.call_id if sitting.call_id else Call.contract_id == sitting.contract_id)
    )
    return list(
        db.session.scalars(sa.select(Funder).where(Funder.id.in_(asked)).order_by(Funder.position, Funder.name))
    )


# -- the order ------------------------------------------------------------------------------------


def items_page(sitting: Sitting, visible: sa.Select[tuple[int]], number: int) -> Page:
    """A page of the agenda to put in order: what its reader may see of it."""
    places = (
        sa.select(sa.func.min(Quartier.position))
        .join(Placement, Placement.quartier_id == Quartier.id)
        .where(Placement.application_id == Application.id)
        .scalar_subquery()
    )
    quartier = (
        sa.select(sa.func.min(Quartier.name))
        .join(Placement, Placement.quartier_id == Quartier.id)
        .where(Placement.application_id == Application.id, Quartier.position == places)
        .scalar_subquery()
    )
    decided = (
        sa.select(Decision.id)
        .where(Decision.application_id == Application.id, Decision.sitting_id == sitting.id)
        .exists()
    )
    statement = (
        sa.select(
            AgendaItem.id,
            AgendaItem.position,
            Application.number,
            Application.title,
            Call.year,
            Organisation.name.label("organisation"),
            quartier.label("quartier"),
            decided.label("decided"),
        )
        .join(Application, Application.id == AgendaItem.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(AgendaItem.sitting_id == sitting.id, Application.id.in_(visible))
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    return paged(statement, number)


def sorted_items(sitting_id: int, order: Order) -> list[int]:
    """The ids of the items in an order. By quartier: the first of each application, then its number."""
    first = (
        sa.select(Placement.application_id, sa.func.min(Quartier.position).label("position"))
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .group_by(Placement.application_id)
        .subquery()
    )
    keys: dict[Order, list[Any]] = {
        Order.QUARTIER: [first.c.position.is_(None), first.c.position],
        Order.NUMBER: [],
        Order.ORGANISATION: [Organisation.name_fold],
    }
    statement = (
        sa.select(AgendaItem.id)
        .join(Application, Application.id == AgendaItem.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(first, first.c.application_id == Application.id)
        .where(AgendaItem.sitting_id == sitting_id)
        .order_by(*keys[order], Call.year, Call.id, Application.number, AgendaItem.id)
    )
    return list(db.session.scalars(statement))

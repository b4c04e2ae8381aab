"""The granted lines of a call, to be paid: paged and added up in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import Application, FundingLine
from portal.committee.queries.payments import GRANTED, granted_lines
from portal.contracts.models import Funder, FunderKind
from portal.extensions import db
from portal.foundation.pagination import Page, paged


def granted_of_call(
    call_id: int, visible: sa.Select[tuple[int]], funder_ids: Collection[int] | None, number: int
) -> Page:
    """A page of lines, by application; `funder_ids` narrows to some funders."""
    statement = granted_lines().where(*_seen(call_id, visible, funder_ids))
    return paged(statement.order_by(Application.number, FundingLine.id), number)


def _seen(
    call_id: int, visible: sa.Select[tuple[int]], funder_ids: Collection[int] | None
) -> list[sa.ColumnElement[bool]]:
    conditions = [Application.call_id == call_id, Application.id.in_(visible)]
    return conditions if funder_ids is None else [*conditions, FundingLine.funder_id.in_(funder_ids)]


@dataclass(frozen=True)
class FunderTotal:
    """What a funder granted and paid in a call; cents."""

    funder_id: int
    is_state: bool
    funder: str
    lines: int
    granted_cents: int
    paid_cents: int


def totals_by_funder(
    call_id: int, visible: sa.Select[tuple[int]], funder_ids: Collection[int] | None
) -> list[FunderTotal]:
    """One total per funder, in the funders' order, without what the reader does not see."""
    rows = db.session.execute(
        sa.select(
            Funder.id,
            Funder.kind,
            Funder.name,
            sa.func.count(FundingLine.id),
            sa.func.sum(FundingLine.granted_cents),
            sa.func.coalesce(sa.func.sum(FundingLine.paid_cents), 0),
        )
        .join(FundingLine, FundingLine.funder_id == Funder.id)
        .join(Application, Application.id == FundingLine.application_id)
        .where(FundingLine.status.in_(GRANTED), *_seen(call_id, visible, funder_ids))
        .group_by(Funder.id, Funder.kind, Funder.name, Funder.position)
        .order_by(Funder.position, Funder.id)
    )
    return [
        FunderTotal(id_, kind is FunderKind.STATE, name, lines, int(granted), int(paid))
        for id_, kind, name, lines, granted, paid in rows
    ]

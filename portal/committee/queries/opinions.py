"""Opinions given and awaited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine
from portal.calls.queries.visibility import FUNDER_WIDE, visible_applications
from portal.committee.models import Opinion, OpinionRequest
from portal.committee.queries.words import whole_sum
from portal.committee.rules.opinions import ASKABLE, OPEN_STATUSES
from portal.committee.states import Verdict
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db
from portal.foundation.folding import fold


def opinion_of_funder(application_id: int, funder_id: int) -> Opinion | None:
    return db.session.execute(
        sa.select(Opinion).where(Opinion.application_id == application_id, Opinion.funder_id == funder_id)
    ).scalar()


def opinion_of_partner(application_id: int, opinion_id: int) -> Opinion | None:
    """A partner's opinion by its number, on that application only."""
    return db.session.execute(
        sa.select(Opinion).where(
            Opinion.application_id == application_id, Opinion.id == opinion_id, Opinion.partner_name.is_not(None)
        )
    ).scalar()


def partner_names(application_id: int) -> list[str]:
    rows = db.session.execute(
        sa.select(Opinion.partner_name).where(
            Opinion.application_id == application_id, Opinion.partner_name.is_not(None)
        )
    )
    return [name for name in rows.scalars() if name]


def opinion_named(application_id: int, partner: str) -> Opinion | None:
    """The opinion of a partner by its name, accents and case aside."""
    rows = db.session.scalars(
        sa.select(Opinion).where(Opinion.application_id == application_id, Opinion.partner_name.is_not(None))
    )
    return next((row for row in rows if fold(row.partner_name or "") == fold(partner)), None)


@dataclass(frozen=True)
class OpinionRow:
    """An opinion as a file shows it; a funder asked that has said nothing has `verdict` None."""

    funder_id: int | None
    opinion_id: int | None
    author: str
    verdict: Verdict | None
    reserve: str
    reason: str
    given_at: datetime | None
    envisaged_cents: int | None = None
    envisaged_nature: Nature | None = None
    signed_by: str | None = None


def opinions_on(application_id: int, funder_ids: frozenset[int] | None = None) -> list[OpinionRow]:
    """The opinions on an application, funders asked first. `funder_ids` keeps those funders alone."""
    asked = sa.select(FundingLine.funder_id).where(FundingLine.application_id == application_id)
    own = sa.and_(Opinion.funder_id == Funder.id, Opinion.application_id == application_id)
    funders = (
        sa.select(
            Funder.id,
            Opinion.id,
            Funder.name,
            Opinion.verdict,
            Opinion.reserve,
            Opinion.reason,
            Opinion.given_at,
            Opinion.envisaged_cents,
            Opinion.envisaged_nature,
            Opinion.signed_by,
        )
        .outerjoin(Opinion, own)
        .where(sa.or_(Funder.id.in_(asked), Opinion.id.is_not(None)))
        .order_by(Funder.position, Funder.name_fold)
    )
    if funder_ids is not None:
        return _rows(funders.where(Funder.id.in_(funder_ids)))
    partners = (
        sa.select(
            Opinion.funder_id,
            Opinion.id,
            Opinion.partner_name,
            Opinion.verdict,
            Opinion.reserve,
            Opinion.reason,
            Opinion.given_at,
            Opinion.envisaged_cents,
            Opinion.envisaged_nature,
            Opinion.signed_by,
        )
        .where(Opinion.application_id == application_id, Opinion.partner_name.is_not(None))
        .order_by(Opinion.partner_name)
    )
    return _rows(funders) + _rows(partners)


def _rows(statement: sa.Select[Any]) -> list[OpinionRow]:
    return [
        OpinionRow(row[0], row[1], row[2], row[3], row[4] or "", row[5] or "", *row[6:])
        for row in db.session.execute(statement)
    ]


def funders_of(grants: Sequence[HeldGrant]) -> sa.Select[tuple[int]]:
    """The funders in whose name somebody may speak: their own, and the State for its delegates."""
    own = [grant.scope_id for grant in grants if grant.role in FUNDER_WIDE and grant.scope_kind is ScopeKind.FUNDER]
    speaks: sa.ColumnElement[bool] = Funder.id.in_(own)
    if any(grant.role is Role.DELEGATE for grant in grants):
        speaks = sa.or_(speaks, Funder.kind == FunderKind.STATE)
    return sa.select(Funder.id).where(speaks)


def funder_names(grants: Sequence[HeldGrant]) -> list[tuple[int, str]]:
    """The same with their names, for a filter."""
    rows = db.session.execute(
        sa.select(Funder.id, Funder.name).where(Funder.id.in_(funders_of(grants))).order_by(Funder.name_fold)
    )
    return [(row[0], row[1]) for row in rows]


def lines_of_funder(application_id: int, funder_id: int) -> list[FundingLine]:
    """What an application asks of a funder."""
    return list(
        db.session.execute(
            sa.select(FundingLine)
            .where(FundingLine.application_id == application_id, FundingLine.funder_id == funder_id)
            .order_by(FundingLine.id)
        ).scalars()
    )


def envisaged_on(line: FundingLine) -> int | None:
    """What the funder of a line envisages on it, in cents: told for the line's own nature."""
    return db.session.execute(
        sa.select(Opinion.envisaged_cents).where(
            Opinion.application_id == line.application_id,
            Opinion.funder_id == line.funder_id,
            Opinion.envisaged_nature == line.nature,
        )
    ).scalar()


def opinions_to_give(
    person_id: int, grants: Sequence[HeldGrant], *, given: bool | None = None, funder_id: int | None = None
) -> sa.Select[Any]:
    """What the funders one speaks for were asked and may still answer, oldest first. To be paged.

    `given` keeps those answered (True) or not (False).
    """
    lines = (
        sa.select(
            FundingLine.application_id,
            FundingLine.funder_id,
            whole_sum(FundingLine.requested_cents).label("requested"),
            sa.func.count(sa.case((FundingLine.status.in_(ASKABLE), 1))).label("askable"),
        )
        .where(FundingLine.funder_id.in_(funders_of(grants)))
        .group_by(FundingLine.application_id, FundingLine.funder_id)
        .subquery()
    )
    own = sa.and_(Opinion.application_id == lines.c.application_id, Opinion.funder_id == lines.c.funder_id)
    asked = sa.and_(
        OpinionRequest.application_id == lines.c.application_id, OpinionRequest.funder_id == lines.c.funder_id
    )
    statement = (
        sa.select(
            Application.id,
            Call.year,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            Funder.id.label("funder_id"),
            Funder.name.label("funder"),
            lines.c.requested,
            Opinion.verdict,
            OpinionRequest.due_on,
        )
        .join(lines, lines.c.application_id == Application.id)
        .join(Funder, Funder.id == lines.c.funder_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Opinion, own)
        .outerjoin(OpinionRequest, asked)
        .where(Application.status.in_(OPEN_STATUSES), Application.id.in_(visible_applications(person_id, grants)))
        .order_by(Call.year, Call.id, Application.number, Funder.position, Funder.id)
    )
    if funder_id is not None:
        statement = statement.where(Funder.id == funder_id)
    if given is None:
        return statement
    if given:
        return statement.where(Opinion.id.is_not(None))
    # A funder that refused, or to whom nothing is asked any more, owes nothing.
    return statement.where(Opinion.id.is_(None), lines.c.askable > 0)

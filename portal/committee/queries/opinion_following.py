"""Who answered what, in one call: by recipient, then request by request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Placement
from portal.committee.models import Opinion, OpinionLink, OpinionRequest
from portal.committee.queries.opinion_plan import Seen
from portal.committee.rules.opinion_requests import Addressee
from portal.committee.rules.opinions import OPEN_STATUSES
from portal.committee.states import OpinionRequestStatus as R
from portal.committee.states import Verdict
from portal.contracts.models import Funder, PartnerContact
from portal.extensions import db

LATE = "late"
"""Beside the states: still awaited, and past the date."""


@dataclass(frozen=True)
class Wanted:
    """What the address asks of the list; empty values ask for nothing."""

    state: str = ""
    addressee: Addressee | None = None
    quartier_id: int | None = None


def _name() -> sa.ColumnElement[str]:
    return sa.func.coalesce(Funder.name, PartnerContact.name)


def _from(statement: sa.Select[Any], call: Call, seen: Seen) -> sa.Select[Any]:
    return (
        statement.select_from(OpinionRequest)
        .join(Application, Application.id == OpinionRequest.application_id)
        .outerjoin(Funder, Funder.id == OpinionRequest.funder_id)
        .outerjoin(PartnerContact, PartnerContact.id == OpinionRequest.contact_id)
        .where(Application.call_id == call.id, Application.id.in_(seen))
    )


def _late(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(OpinionRequest.status == R.ASKED, OpinionRequest.due_on < today)


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _counts(today: date) -> list[sa.Label[int]]:
    """Withdrawn requests count nowhere: nobody waits for them."""
    status = OpinionRequest.status
    return [
        _number(status != R.WITHDRAWN).label("asked"),
        _number(status == R.GIVEN).label("given"),
        _number(status == R.ASKED).label("waiting"),
        _number(_late(today)).label("late"),
        _number(status == R.DECLINED).label("declined"),
        _number(status == R.EXPIRED).label("expired"),
    ]


def totals(call: Call, seen: Seen, today: date) -> Any:
    """asked, given, waiting, late, declined, expired in the whole call, as far as the reader sees."""
    return db.session.execute(_from(sa.select(*_counts(today)), call, seen)).one()


def by_recipient(call: Call, seen: Seen, today: date) -> sa.Select[Any]:
    """The same counts for each recipient, with the link it holds. To be paged."""
    contact_id = sa.func.max(OpinionRequest.contact_id)
    partner_id = sa.case((OpinionRequest.funder_id.is_(None), OpinionRequest.contact_id))
    counted = (
        _from(
            sa.select(
                OpinionRequest.funder_id,
                partner_id.label("partner_id"),
                contact_id.label("contact_id"),
                _name().label("name"),
                sa.func.max(OpinionRequest.reminded_on).label("reminded_on"),
                *_counts(today),
            ),
            call,
            seen,
        )
        .group_by(OpinionRequest.funder_id, partner_id, _name())
        .subquery()
    )
    link = sa.and_(OpinionLink.contact_id == counted.c.contact_id, OpinionLink.call_id == call.id)
    return (
        sa.select(counted, OpinionLink.id.label("link_id"), OpinionLink.closed_at.label("link_closed_at"))
        .outerjoin(OpinionLink, link)
        .order_by(counted.c.funder_id.is_(None), counted.c.name, counted.c.contact_id)
    )


@dataclass(frozen=True)
class Followed:
    """One request as the list shows it."""

    id: int
    application_id: int
    number: int
    title: str
    organisation: str
    recipient: str
    status: R
    due_on: date
    reminders: int
    reminded_on: date | None
    declined_reason: str
    verdict: Verdict | None
    reserve: str | None
    reason: str | None
    envisaged_cents: int | None
    answered_at: Any


def followed(call: Call, seen: Seen, wanted: Wanted, today: date) -> sa.Select[Any]:
    """The requests of a call in the order of their dates, columns those of Followed. To be paged."""
    statement = _from(
        sa.select(
            OpinionRequest.id,
            Application.id.label("application_id"),
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            _name().label("recipient"),
            OpinionRequest.status,
            OpinionRequest.due_on,
            OpinionRequest.reminders,
            OpinionRequest.reminded_on,
            OpinionRequest.declined_reason,
            Opinion.verdict,
            Opinion.reserve,
            Opinion.reason,
            Opinion.envisaged_cents,
            OpinionRequest.answered_at,
        ),
        call,
        seen,
    )
    statement = statement.join(Organisation, Organisation.id == Application.organisation_id).outerjoin(
        Opinion, Opinion.id == OpinionRequest.opinion_id
    )
    return _narrow(statement, wanted, today).order_by(
        OpinionRequest.due_on, Application.number, _name(), OpinionRequest.id
    )


def _narrow(statement: sa.Select[Any], wanted: Wanted, today: date) -> sa.Select[Any]:
    if wanted.state == LATE:
        statement = statement.where(_late(today))
    elif wanted.state in set(R):
        statement = statement.where(OpinionRequest.status == R(wanted.state))
    if wanted.addressee is not None:
        statement = statement.where(_of(wanted.addressee))
    if wanted.quartier_id is not None:
        placed = sa.select(Placement.application_id).where(Placement.quartier_id == wanted.quartier_id)
        statement = statement.where(Application.id.in_(placed))
    return statement


def _of(addressee: Addressee) -> sa.ColumnElement[bool]:
    if addressee.funder_id is not None:
        return OpinionRequest.funder_id == addressee.funder_id
    return sa.and_(OpinionRequest.contact_id == addressee.contact_id, OpinionRequest.funder_id.is_(None))


def recipients_asked(call: Call, seen: Seen) -> list[tuple[str, str]]:
    """Of whom something was asked, for the filter: (key, name)."""
    rows = db.session.execute(
        _from(sa.select(OpinionRequest.funder_id, OpinionRequest.contact_id, _name().label("name")), call, seen)
        .distinct()
        .order_by(sa.text("name"))
    )
    named = {
        (Addressee(funder_id=row[0]) if row[0] is not None else Addressee(contact_id=row[1])).key: row[2]
        for row in rows
    }
    return list(named.items())


def unanswered(call: Call, seen: Seen, wanted: Wanted, today: date) -> Sequence[OpinionRequest]:
    """The requests that a reminder by hand would be about: still awaited, and nobody reminded today."""
    statement = _from(sa.select(OpinionRequest), call, seen).options(
        joinedload(OpinionRequest.funder), joinedload(OpinionRequest.contact)
    )
    statement = _narrow(statement, wanted, today).where(
        OpinionRequest.status == R.ASKED,
        Application.status.in_(OPEN_STATUSES),
        sa.or_(OpinionRequest.reminded_on.is_(None), OpinionRequest.reminded_on < today),
    )
    return db.session.scalars(statement.order_by(OpinionRequest.id)).all()


def awaited_by_link(link: OpinionLink, seen: Seen) -> tuple[int, date | None]:
    """How many opinions the holder of a link still owes, and the latest date among them."""
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(OpinionRequest.due_on))
        .join(Application, Application.id == OpinionRequest.application_id)
        .where(
            OpinionRequest.contact_id == link.contact_id,
            Application.call_id == link.call_id,
            Application.id.in_(seen),
            Application.status.in_(OPEN_STATUSES),
            OpinionRequest.status == R.ASKED,
        )
    ).one()
    return row[0], row[1]

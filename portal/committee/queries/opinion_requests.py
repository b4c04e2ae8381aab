"""The requests for opinions themselves: of one application, of an opinion, of what time brings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.calls.models import Application, Call
from portal.committee.models import Opinion, OpinionRequest
from portal.committee.rules.opinion_requests import Addressee
from portal.committee.rules.opinions import OPEN_STATUSES
from portal.committee.states import OpinionRequestStatus
from portal.contracts.models import Contract, PartnerContact
from portal.contracts.rules.settings import reminder_days
from portal.extensions import db
from portal.foundation.folding import fold


def request_answered_by(opinion: Opinion) -> OpinionRequest | None:
    """The request that an opinion answers, whatever the way it was given."""
    statement = sa.select(OpinionRequest).where(OpinionRequest.application_id == opinion.application_id)
    if opinion.funder_id is not None:
        return db.session.scalars(statement.where(OpinionRequest.funder_id == opinion.funder_id)).first()
    named = sa.select(PartnerContact.id).where(PartnerContact.name_fold == fold(opinion.partner_name or ""))
    return db.session.scalars(
        statement.where(OpinionRequest.funder_id.is_(None), OpinionRequest.contact_id.in_(named))
    ).first()


def requests_on(application_id: int) -> Sequence[OpinionRequest]:
    """The requests on one application that no opinion answered, for its file."""
    return db.session.scalars(
        sa.select(OpinionRequest)
        .options(joinedload(OpinionRequest.funder), joinedload(OpinionRequest.contact))
        .where(OpinionRequest.application_id == application_id, OpinionRequest.status != OpinionRequestStatus.GIVEN)
        .order_by(OpinionRequest.due_on, OpinionRequest.id)
    ).all()


def requests_of(addressee: Addressee, application_ids: Collection[int]) -> Sequence[OpinionRequest]:
    """The requests already made of one addressee on these applications."""
    who = (
        OpinionRequest.funder_id == addressee.funder_id
        if addressee.funder_id is not None
        else sa.and_(OpinionRequest.contact_id == addressee.contact_id, OpinionRequest.funder_id.is_(None))
    )
    return db.session.scalars(
        sa.select(OpinionRequest).where(who, OpinionRequest.application_id.in_(application_ids))
    ).all()


def reminder_days_of_contracts() -> dict[int, tuple[int, ...]]:
    """The days around its date at which each contract reminds of an opinion, by contract."""
    rows = db.session.execute(sa.select(Contract.id, Contract.opinion_reminder_days))
    return {contract_id: reminder_days(text) for contract_id, text in rows}


def asked_before(last_due: date) -> Sequence[OpinionRequest]:
    """The requests still open of which a day of reminder may have come: due by that day, or overdue."""
    return _open(sa.and_(OpinionRequest.due_on <= last_due, Application.status.in_(OPEN_STATUSES)))


def past_their_day(due_before: date) -> Sequence[OpinionRequest]:
    """The requests still open whose date is before that one."""
    return _open(OpinionRequest.due_on < due_before)


def without_object() -> Sequence[OpinionRequest]:
    """The requests still open on applications that take no opinion any more."""
    return _open(Application.status.not_in(OPEN_STATUSES))


def _open(condition: sa.ColumnElement[bool]) -> Sequence[OpinionRequest]:
    return db.session.scalars(
        sa.select(OpinionRequest)
        .join(Application, Application.id == OpinionRequest.application_id)
        .options(joinedload(OpinionRequest.application).joinedload(Application.call).joinedload(Call.contract))
        .where(OpinionRequest.status == OpinionRequestStatus.ASKED, condition)
        .order_by(OpinionRequest.id)
    ).all()

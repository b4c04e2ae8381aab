"""What a link opens: the applications that one contact was asked about in one call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person
from portal.calls.models import Application, DocumentRequirement, Recusal
from portal.committee.models import OpinionLink, OpinionRequest
from portal.committee.rules.opinion_requests import last_day
from portal.committee.rules.opinions import OPEN_STATUSES
from portal.committee.states import OpinionRequestStatus
from portal.contracts.models import PartnerContact
from portal.extensions import db

SHOWN = (OpinionRequestStatus.ASKED, OpinionRequestStatus.GIVEN, OpinionRequestStatus.DECLINED)
"""What was withdrawn, or waited for in vain, is not shown any more."""


def link_by_handle(handle: str) -> OpinionLink | None:
    return db.session.execute(sa.select(OpinionLink).where(OpinionLink.handle == handle)).scalar()


def link_of(contact_id: int, call_id: int) -> OpinionLink | None:
    return db.session.execute(
        sa.select(OpinionLink).where(OpinionLink.contact_id == contact_id, OpinionLink.call_id == call_id)
    ).scalar()


def contacts_shut_out(call_id: int) -> set[int]:
    """The contacts whose link in a call was closed."""
    closed = sa.select(OpinionLink.contact_id).where(OpinionLink.call_id == call_id, OpinionLink.closed_at.is_not(None))
    return set(db.session.scalars(closed))


def last_day_of(link: OpinionLink) -> date | None:
    """The last day on which a link serves: the latest date asked for, and its grace; None with nothing asked."""
    due_on = db.session.execute(
        sa.select(sa.func.max(OpinionRequest.due_on)).where(_of_link(link), OpinionRequest.status.in_(SHOWN))
    ).scalar()
    return last_day(due_on, link.call.contract.opinion_grace_days) if due_on else None


def requests_of_link(link: OpinionLink) -> Sequence[OpinionRequest]:
    """What the holder of a link was asked, those still to answer first; what they stepped out of left out."""
    waits = sa.case((OpinionRequest.status == OpinionRequestStatus.ASKED, 0), else_=1)
    return db.session.scalars(
        _shown(link.contact).where(_of_link(link)).order_by(waits, OpinionRequest.due_on, Application.number)
    ).all()


def request_of_link(link: OpinionLink, request_id: int) -> OpinionRequest | None:
    """One of them; None when it is another's."""
    return db.session.scalars(_shown(link.contact).where(_of_link(link), OpinionRequest.id == request_id)).first()


def requests_of_address(email_fold: str) -> sa.Select[tuple[OpinionRequest]]:
    """What was asked, as a partner, of somebody who has an account. To be paged."""
    mine = sa.select(PartnerContact.id).where(PartnerContact.email_fold == email_fold)
    waits = sa.case((OpinionRequest.status == OpinionRequestStatus.ASKED, 0), else_=1)
    return (
        _readable(email_fold)
        .where(OpinionRequest.contact_id.in_(mine))
        .order_by(waits, OpinionRequest.due_on, Application.number, OpinionRequest.id)
    )


def request_of_address(email_fold: str, request_id: int) -> OpinionRequest | None:
    found = requests_of_address(email_fold).where(OpinionRequest.id == request_id)
    return db.session.scalars(found).first()


def has_stepped_out(contact: PartnerContact, application: Application) -> bool:
    """Whether the account behind an address stepped out of an application."""
    out = _recused_by_address(contact.email_fold or "").where(Application.id == application.id).exists()
    return bool(db.session.execute(sa.select(out)).scalar())


def document_codes(call_id: int) -> dict[int, str]:
    """What each line of a call's list of documents is, by its id."""
    rows = db.session.execute(
        sa.select(DocumentRequirement.id, DocumentRequirement.code).where(DocumentRequirement.call_id == call_id)
    )
    return {row[0]: row[1] for row in rows}


def _shown(contact: PartnerContact) -> sa.Select[tuple[OpinionRequest]]:
    return _readable(contact.email_fold or "").where(OpinionRequest.contact_id == contact.id)


def _readable(email_fold: str) -> sa.Select[tuple[OpinionRequest]]:
    return (
        sa.select(OpinionRequest)
        .join(Application, Application.id == OpinionRequest.application_id)
        .options(
            joinedload(OpinionRequest.application).joinedload(Application.organisation),
            joinedload(OpinionRequest.application).joinedload(Application.call),
            joinedload(OpinionRequest.opinion),
            joinedload(OpinionRequest.contact),
            joinedload(OpinionRequest.funder),
        )
        .where(
            OpinionRequest.status.in_(SHOWN),
            Application.status.in_(OPEN_STATUSES),
            Application.id.not_in(_recused_by_address(email_fold)),
        )
    )


def _recused_by_address(email_fold: str) -> sa.Select[tuple[int]]:
    """The applications that the account with this address stepped out of."""
    people = sa.select(Person.id).where(Person.email_fold == email_fold)
    running = sa.and_(Recusal.person_id.in_(people), Recusal.ended_at.is_(None))
    named = sa.select(Recusal.application_id).where(running, Recusal.application_id.is_not(None))
    structures = sa.select(Recusal.organisation_id).where(running, Recusal.organisation_id.is_not(None))
    return sa.select(Application.id).where(
        sa.or_(Application.id.in_(named), Application.organisation_id.in_(structures))
    )


def _of_link(link: OpinionLink) -> sa.ColumnElement[bool]:
    of_call = sa.select(Application.id).where(Application.call_id == link.call_id)
    return sa.and_(OpinionRequest.contact_id == link.contact_id, OpinionRequest.application_id.in_(of_call))

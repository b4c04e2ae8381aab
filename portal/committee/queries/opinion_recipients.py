"""Of whom a call may ask opinions, and how each is reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Grant, Person
from portal.accounts.rules import Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine, Recusal
from portal.calls.queries.visibility import FUNDER_WIDE
from portal.committee.models import OpinionRequest
from portal.committee.rules.opinion_requests import Addressee, Way
from portal.contracts.models import Funder, FunderKind, PartnerContact
from portal.extensions import db


@dataclass(frozen=True)
class Mailbox:
    """An account to write to."""

    person_id: int
    email: str


@dataclass(frozen=True)
class Recipient:
    """Somebody whose opinion may be asked. `people` have an account; `contact_id` is reached by a link.

    `holders` are the accounts that stand behind an address of the book: their recusals count.
    """

    addressee: Addressee
    name: str
    detail: str
    people: tuple[Mailbox, ...] = ()
    contact_id: int | None = None
    email: str | None = None
    holders: tuple[int, ...] = ()

    @property
    def way(self) -> Way:
        if self.people:
            return Way.ACCOUNT
        return Way.LINK if self.email else Way.NOWHERE


def recipients_of(call: Call) -> list[Recipient]:
    """The funders that the call's applications ask, then the address book of its contract. Four queries."""
    contacts = _contacts(call.contract_id)
    by_funder = {contact.funder_id: contact for contact in contacts if contact.funder_id is not None}
    holders = _holders(contacts)
    people = _people_of_funders(call)
    found = []
    for funder_id, name in _funders_asked(call.id):
        contact = by_funder.get(funder_id)
        # Whoever has an account answers with it; the address book serves the others.
        reached = () if people.get(funder_id) or contact is None else holders.get(contact.id, ())
        found.append(
            Recipient(
                Addressee(funder_id=funder_id),
                name,
                "Financeur sollicité",
                people=tuple(people.get(funder_id, ())),
                contact_id=contact.id if contact and not people.get(funder_id) else None,
                email=contact.email if contact else None,
                holders=reached,
            )
        )
    found.extend(
        Recipient(
            Addressee(contact_id=contact.id),
            contact.name,
            contact.kind.label,
            contact_id=contact.id,
            email=contact.email,
            holders=holders.get(contact.id, ()),
        )
        for contact in contacts
        if contact.funder_id is None
    )
    return found


def _funders_asked(call_id: int) -> list[tuple[int, str]]:
    rows = db.session.execute(
        sa.select(Funder.id, Funder.name)
        .where(Funder.id.in_(sa.select(FundingLine.funder_id).join(Application).where(Application.call_id == call_id)))
        .order_by(Funder.position, Funder.name_fold)
    )
    return [(row[0], row[1]) for row in rows]


def _contacts(contract_id: int) -> list[PartnerContact]:
    return list(
        db.session.scalars(
            sa.select(PartnerContact)
            .where(PartnerContact.contract_id == contract_id, PartnerContact.retired_at.is_(None))
            .order_by(PartnerContact.kind, PartnerContact.name_fold)
        )
    )


def _holders(contacts: Collection[PartnerContact]) -> dict[int, tuple[int, ...]]:
    """The accounts with the address of a contact."""
    addresses = {contact.email_fold for contact in contacts if contact.email_fold}
    rows = db.session.execute(sa.select(Person.email_fold, Person.id).where(Person.email_fold.in_(addresses)))
    accounts = {row[0]: row[1] for row in rows}
    return {contact.id: (accounts[contact.email_fold],) for contact in contacts if contact.email_fold in accounts}


def _people_of_funders(call: Call) -> dict[int, list[Mailbox]]:
    """Who speaks for each funder: its agents, and for the State the délégué·e of the contract."""
    agents = sa.and_(Grant.role.in_(FUNDER_WIDE), Grant.scope_kind == ScopeKind.FUNDER, Grant.scope_id == Funder.id)
    delegates = sa.and_(
        Funder.kind == FunderKind.STATE,
        Grant.role == Role.DELEGATE,
        Grant.scope_kind == ScopeKind.CONTRACT,
        Grant.scope_id == call.contract_id,
    )
    rows = db.session.execute(
        sa.select(Funder.id, Person.id, Person.email)
        .select_from(Funder)
        .join(Grant, sa.or_(agents, delegates))
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.ended_at.is_(None), Person.disabled_at.is_(None), Person.confirmed_at.is_not(None))
        .distinct()
        .order_by(Funder.id, Person.id)
    )
    found: dict[int, list[Mailbox]] = defaultdict(list)
    for funder_id, person_id, email in rows:
        found[funder_id].append(Mailbox(person_id, email))
    return found


def stepped_out_of(call_id: int, person_ids: Collection[int]) -> dict[int, set[int]]:
    """The applications of a call that each of these people stepped out of."""
    rows = db.session.execute(
        sa.select(Recusal.person_id, Application.id)
        .join(
            Application,
            sa.or_(Application.id == Recusal.application_id, Application.organisation_id == Recusal.organisation_id),
        )
        .where(Recusal.person_id.in_(person_ids), Recusal.ended_at.is_(None), Application.call_id == call_id)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, application_id in rows:
        found[person_id].add(application_id)
    return found


def contacts_unused_since(moment: datetime) -> list[PartnerContact]:
    """The lines of the address books that still name somebody, neither written nor asked since."""
    asked = sa.select(OpinionRequest.contact_id).where(
        OpinionRequest.contact_id.is_not(None), OpinionRequest.asked_at >= moment
    )
    return list(
        db.session.scalars(
            sa.select(PartnerContact)
            .where(
                sa.or_(PartnerContact.email.is_not(None), PartnerContact.person_name.is_not(None)),
                PartnerContact.created_at < moment,
                PartnerContact.id.not_in(asked),
            )
            .order_by(PartnerContact.id)
        )
    )

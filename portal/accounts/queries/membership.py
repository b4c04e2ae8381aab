"""Structures, their members and who asks to join them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Grant, JoinRequest, Organisation, OwnershipRestoration, Person
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.extensions import db


def organisation_by_siren(siren: str) -> Organisation | None:
    """The structure known under a SIREN, or its successor when it was merged."""
    return _successor(
        db.session.execute(sa.select(Organisation).where(Organisation.siren == siren)).scalar_one_or_none()
    )


def _successor(found: Organisation | None) -> Organisation | None:
    while found is not None and found.merged_into_id is not None:
        found = db.session.get_one(Organisation, found.merged_into_id)
    return found


def organisation_by_rna(rna: str) -> Organisation | None:
    return _successor(db.session.execute(sa.select(Organisation).where(Organisation.rna == rna)).scalar_one_or_none())


@dataclass(frozen=True)
class Member:
    """One member; `invited` until they have chosen a password."""

    grant_id: int
    person_id: int
    name: str
    email: str
    level: MemberLevel
    since: datetime
    invited: bool


def members_of(organisation_id: int) -> list[Member]:
    """The members, in the order they came."""
    rows = db.session.execute(
        sa.select(Grant, Person)
        .join(Person, Person.id == Grant.person_id)
        .where(*_running_membership(organisation_id))
        .order_by(Grant.created_at, Grant.id)
    )
    return [
        Member(
            grant.id,
            person.id,
            person.display_name,
            person.email,
            grant.level or MemberLevel.READER,
            grant.created_at,
            person.confirmed_at is None,
        )
        for grant, person in rows
    ]


def restorations_of(organisation_id: int) -> list[OwnershipRestoration]:
    """When the Direction made somebody responsible, the last first."""
    return list(
        db.session.execute(
            sa.select(OwnershipRestoration)
            .options(joinedload(OwnershipRestoration.person))
            .where(OwnershipRestoration.organisation_id == organisation_id)
            .order_by(OwnershipRestoration.id.desc())
        ).scalars()
    )


def membership(organisation_id: int, person_id: int) -> Grant | None:
    """The running grant that makes a person a member."""
    return db.session.execute(
        sa.select(Grant).where(*_running_membership(organisation_id), Grant.person_id == person_id)
    ).scalar_one_or_none()


def running_members(organisation_id: int) -> list[Grant]:
    """The running grants that make the members."""
    statement = sa.select(Grant).where(*_running_membership(organisation_id)).order_by(Grant.id)
    return list(db.session.scalars(statement))


def is_member(organisation_id: int, person_id: int) -> bool:
    return membership(organisation_id, person_id) is not None


def people_of(organisation_id: int) -> list[Person]:
    """The members with an open account, whatever their level."""
    return list(
        db.session.scalars(
            sa.select(Person)
            .join(Grant, Grant.person_id == Person.id)
            .where(
                *_running_membership(organisation_id), Person.confirmed_at.is_not(None), Person.disabled_at.is_(None)
            )
            .order_by(Grant.id)
        )
    )


def owners_of(organisation_id: int) -> list[Person]:
    """Those who answer for a structure, accounts closed left out."""
    return list(
        db.session.execute(
            sa.select(Person)
            .join(Grant, Grant.person_id == Person.id)
            .where(
                *_running_membership(organisation_id), Grant.level == MemberLevel.OWNER, Person.disabled_at.is_(None)
            )
            .order_by(Grant.id)
        ).scalars()
    )


@dataclass(frozen=True)
class Waiting:
    """A request to join, not answered yet."""

    id: int
    organisation_id: int
    organisation: str
    name: str
    email: str
    at: datetime


def waiting_requests(organisation_id: int) -> list[Waiting]:
    """Who asks to join a structure, oldest first."""
    return _waiting(JoinRequest.organisation_id == organisation_id)


def requests_of(person_id: int) -> list[Waiting]:
    """What a person asked and nobody has answered."""
    return _waiting(JoinRequest.person_id == person_id)


def ownerless_requests() -> list[Waiting]:
    """The requests that nobody in the structure can answer: the Direction does."""
    owned = (
        sa.select(Grant.id)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.scope_kind == ScopeKind.ORGANISATION,
            Grant.scope_id == JoinRequest.organisation_id,
            Grant.role == Role.APPLICANT,
            Grant.level == MemberLevel.OWNER,
            Grant.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .exists()
    )
    return _waiting(~owned)


def join_request_waiting(organisation_id: int, person_id: int) -> bool:
    return bool(
        db.session.execute(
            sa.select(
                sa.exists().where(
                    JoinRequest.organisation_id == organisation_id,
                    JoinRequest.person_id == person_id,
                    JoinRequest.answered_at.is_(None),
                )
            )
        ).scalar_one()
    )


def _waiting(condition: sa.ColumnElement[bool]) -> list[Waiting]:
    rows = db.session.execute(
        sa.select(JoinRequest.id, Organisation.id, Organisation.name, Person, JoinRequest.created_at)
        .join(Organisation, Organisation.id == JoinRequest.organisation_id)
        .join(Person, Person.id == JoinRequest.person_id)
        .where(condition, JoinRequest.answered_at.is_(None), Person.disabled_at.is_(None))
        .order_by(JoinRequest.id)
    )
    return [
        Waiting(request_id, organisation_id, name, person.display_name, person.email, at)
        for request_id, organisation_id, name, person, at in rows
    ]


def _running_membership(organisation_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Grant.scope_kind == ScopeKind.ORGANISATION,
        Grant.scope_id == organisation_id,
        Grant.role == Role.APPLICANT,
        Grant.ended_at.is_(None),
    )

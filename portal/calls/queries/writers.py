"""Whom to write to about an application: those who write it, those who instruct it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Grant, Person
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.calls.models import Application, Recusal
from portal.calls.rules.cycle import DIRECTION
from portal.extensions import db


@dataclass(frozen=True)
class Recipient:
    person_id: int
    email: str


def writers_of(organisation_id: int) -> list[Recipient]:
    """The members who may write and file an application: owners and editors."""
    rows = db.session.execute(
        sa.select(Person.id, Person.email)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role == Role.APPLICANT,
            Grant.scope_kind == ScopeKind.ORGANISATION,
            Grant.scope_id == organisation_id,
            Grant.level.in_([MemberLevel.OWNER, MemberLevel.EDITOR]),
            Grant.ended_at.is_(None),
            Person.confirmed_at.is_not(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )
    return [Recipient(*row) for row in rows]


def recipient(person_id: int | None) -> Recipient | None:
    """Somebody by their id, None when they left or their account is closed."""
    if person_id is None:
        return None
    row = db.session.execute(
        sa.select(Person.id, Person.email).where(Person.id == person_id, Person.disabled_at.is_(None))
    ).one_or_none()
    return Recipient(row[0], row[1]) if row else None


def direction_of(application: Application) -> list[Recipient]:
    """Those who instruct the contract's applications, without those who stepped out of this one."""
    recused = sa.select(Recusal.person_id).where(
        Recusal.ended_at.is_(None),
        sa.or_(Recusal.application_id == application.id, Recusal.organisation_id == application.organisation_id),
    )
    rows = db.session.execute(
        sa.select(Person.id, Person.email)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.role.in_(DIRECTION),
            Grant.scope_kind == ScopeKind.CONTRACT,
            Grant.scope_id == application.call.contract_id,
            Grant.ended_at.is_(None),
            Person.disabled_at.is_(None),
            Person.id.not_in(recused),
        )
        .distinct()
        .order_by(Person.id)
    )
    return [Recipient(*row) for row in rows]

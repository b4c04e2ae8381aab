"""People by address, and what a staff page shows of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Grant, JoinRequest, Organisation, Person, RecoveryCode
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.accounts.rules.credentials import email_fold
from portal.extensions import db


def person_by_email(email: str) -> Person | None:
    return db.session.execute(sa.select(Person).where(Person.email_fold == email_fold(email))).scalar_one_or_none()


def unused_recovery_codes(person_id: int) -> int:
    return db.session.execute(
        sa.select(sa.func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ).scalar_one()


def running_admins() -> int:
    """How many people administer the portal."""
    return db.session.execute(
        sa.select(sa.func.count())
        .select_from(Grant)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.role == Role.ADMIN,
            Grant.scope_id == INSTANCE_ID,
            Grant.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
    ).scalar_one()


@dataclass(frozen=True)
class OwnOrganisation:
    """One of the structures of a person. `waiting` counts the requests an owner may answer."""

    id: int
    name: str
    level: MemberLevel
    since: datetime
    waiting: int
    checked_at: datetime | None
    is_dissolved: bool


def organisations_of(person_id: int) -> list[OwnOrganisation]:
    """The structures a person belongs to, in French order."""
    waiting = (
        sa.select(sa.func.count())
        .select_from(JoinRequest)
        .where(JoinRequest.organisation_id == Organisation.id, JoinRequest.answered_at.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            Organisation.id, Organisation.name, Grant.level, Grant.created_at, waiting, Organisation.checked_at,
            Organisation.dissolved_on.is_not(None),
        )
        .join(Grant, Grant.scope_id == Organisation.id)
        .where(
            Grant.person_id == person_id,
            Grant.role == Role.APPLICANT,
            Grant.scope_kind == ScopeKind.ORGANISATION,
            Grant.ended_at.is_(None),
        )
        .order_by(Organisation.name_fold, Organisation.id)
    )  # fmt: skip
    return [OwnOrganisation(*row) for row in rows]

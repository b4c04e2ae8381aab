"""People, their roles, and the trace of what they read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts import scopes
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.foundation.database import Base, BigId, Identified, enum_type, reference


class Person(UserMixin, Identified, Base):
    """Somebody with an account. `email_fold` is the address as compared, lower case."""

    __tablename__ = "person"

    email: Mapped[str]
    email_fold: Mapped[str] = mapped_column(unique=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    phone: Mapped[str | None]
    password_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # Moves at every "sign out everywhere", password or factor change: older sessions end.
    session_epoch: Mapped[int] = mapped_column(default=0)
    totp_secret: Mapped[str | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_counter: Mapped[int | None]

    grants: Mapped[list[Grant]] = relationship(back_populates="person", foreign_keys="Grant.person_id")

    @property
    def display_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email

    def get_id(self) -> str:
        return f"{self.id}:{self.session_epoch}"

    @property
    def is_active(self) -> bool:
        return self.confirmed_at is not None and self.disabled_at is None

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """An account is looked after by the admins alone."""
        return {ScopeKind.INSTANCE: {INSTANCE_ID}}


class RecoveryCode(Identified, Base):
    """A one-time code (stored hashed) for whoever lost the second factor."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = reference("person.id", ondelete="CASCADE")
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Grant(Identified, Base):
    """A person, a role, exactly one scope. Ended, never deleted."""

    __tablename__ = "grant"
    __table_args__ = (
        sa.CheckConstraint("(role = 'applicant') = (level IS NOT NULL)", name="level_of_applicants"),
        # The members of an organisation, the people of a call or contract.
        sa.Index("ix_grant_scope", "scope_kind", "scope_id"),
        sa.Index(
            "uq_grant_running",
            "person_id",
            "role",
            "scope_kind",
            "scope_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    person_id: Mapped[int] = reference("person.id")
    role: Mapped[Role] = mapped_column(enum_type(Role, "role"))
    scope_kind: Mapped[ScopeKind] = mapped_column(enum_type(ScopeKind, "scope_kind"))
    # Scopes live in higher rooms, and none is ever deleted: no foreign key here.
    scope_id: Mapped[int] = mapped_column(BigId)
    level: Mapped[MemberLevel | None] = mapped_column(enum_type(MemberLevel, "level"))
    created_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return scopes.containing(self.scope_kind, self.scope_id)


class ReadAudit(Identified, Base):
    """Who opened a bank document or took an export, written before the bytes leave."""

    __tablename__ = "read_audit"

    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(BigId, index=True)
    what: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BigId)
    details: Mapped[dict[str, Any]]

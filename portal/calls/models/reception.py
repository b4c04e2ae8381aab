"""An application that came on paper or by e-mail, and the later deadlines granted to some."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation, Person
from portal.accounts.rules import ScopeKind
from portal.calls.models.application import Application
from portal.calls.models.call import Call
from portal.calls.states import Channel, Confirmation
from portal.foundation.database import Base, Identified, enum_type, reference
from portal.foundation.files import StoredFile


class Reception(Identified, Base):
    """How an application typed by the Direction came, and what its organisation says of it.

    `received_at` is when the Direction got the paper or the message: the closing is judged on it.
    """

    __tablename__ = "reception"
    __table_args__ = (sa.UniqueConstraint("application_id"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    channel: Mapped[Channel] = mapped_column(enum_type(Channel, "channel"))
    received_at: Mapped[datetime]
    evidence_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    # Where the link to confirm goes when the organisation has no account.
    confirm_email: Mapped[str | None]
    confirmation: Mapped[Confirmation] = mapped_column(
        enum_type(Confirmation, "confirmation"), default=Confirmation.TYPING
    )
    typed_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    # Who answered for the organisation, as they wrote it.
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship(back_populates="reception")
    evidence: Mapped[StoredFile | None] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.application.access_scopes()


def _running(name: str, *columns: str, where: str) -> sa.Index:
    condition = sa.text(f"ended_at IS NULL AND {where}")
    return sa.Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


class Exemption(Identified, Base):
    """A later deadline for an organisation in a call, or for one of its applications alone."""

    __tablename__ = "exemption"
    __table_args__ = (
        # One running exemption at most for the same thing; a new one replaces it.
        _running("uq_exemption_running", "call_id", "organisation_id", where="application_id IS NULL"),
        _running("uq_exemption_running_of_one", "application_id", where="application_id IS NOT NULL"),
    )

    call_id: Mapped[int] = reference("call.id", index=False)
    organisation_id: Mapped[int] = reference("organisation.id")
    application_id: Mapped[int | None] = reference("application.id", nullable=True)
    until: Mapped[datetime]
    reason: Mapped[str]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    # Revoked, or replaced by another.
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    ended_reason: Mapped[str | None]

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    application: Mapped[Application | None] = relationship()
    granted_by: Mapped[Person | None] = relationship(foreign_keys=[granted_by_id])

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.call.access_scopes()

"""What an organisation and the Direction write to one another about an application."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.calls.models.application import Application
from portal.calls.states import MessageSide
from portal.foundation.database import Base, Identified, enum_type, reference


class Conversation(Identified, Base):
    """The messages of one application, from the first one on.

    It stands apart from the application so that the Direction may read what an organisation asks
    while writing a draft, without reading the draft.
    """

    __tablename__ = "conversation"
    __table_args__ = (sa.UniqueConstraint("application_id"),)

    application_id: Mapped[int] = reference("application.id", index=False)

    application: Mapped[Application] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Between the organisation and the contract's people alone: no funder, no reviewer."""
        application = self.application
        return {
            ScopeKind.ORGANISATION: {application.organisation_id},
            ScopeKind.CONTRACT: {application.call.contract_id},
        }


class Message(Identified, Base):
    """One message, never edited. `read_at`: when the other side first opened it."""

    __tablename__ = "message"
    __table_args__ = (
        sa.CheckConstraint("body <> ''", name="body"),
        # What waits for one side, on homes and in queues.
        sa.Index("ix_message_conversation_id_side_read_at", "conversation_id", "side", "read_at"),
    )

    conversation_id: Mapped[int] = reference("conversation.id", index=False)
    side: Mapped[MessageSide] = mapped_column(enum_type(MessageSide, "side"))
    author_id: Mapped[int | None] = reference("person.id", nullable=True)
    body: Mapped[str]
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MessageFile(Identified, Base):
    """A file joined to a message."""

    __tablename__ = "message_file"

    message_id: Mapped[int] = reference("message.id")
    file_id: Mapped[int] = reference("stored_file.id", index=False)

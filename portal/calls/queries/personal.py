"""What this room holds of one person, for their own export."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.calls.models import Conversation, Message, Recusal
from portal.extensions import db


def recusals_of_person(person_id: int) -> list[dict[str, Any]]:
    """Their recusals, with the reason they or the Direction gave."""
    rows = db.session.execute(
        sa.select(
            Recusal.application_id, Recusal.organisation_id, Recusal.source, Recusal.reason, Recusal.created_at,
            Recusal.ended_at,
        )
        .where(Recusal.person_id == person_id)
        .order_by(Recusal.id)
    ).mappings()  # fmt: skip
    return [dict(row) for row in rows]


def messages_of_person(person_id: int) -> list[dict[str, Any]]:
    """What they wrote about applications."""
    rows = db.session.execute(
        sa.select(Conversation.application_id, Message.sent_at, Message.body)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.author_id == person_id)
        .order_by(Message.id)
    ).mappings()
    return [dict(row) for row in rows]

"""What this room holds of one person, for their own export."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.calls.models import Recusal
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

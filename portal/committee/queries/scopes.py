"""What roles are granted on in this room: sittings."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.scopes import ScopeChoice
from portal.committee.models import Sitting
from portal.extensions import db
from portal.foundation.web.formats import date_fr


def sitting_scopes() -> list[ScopeChoice]:
    """Every sitting, latest first."""
    rows = db.session.execute(
        sa.select(Sitting.id, Sitting.title, Sitting.held_on, Sitting.contract_id).order_by(
            Sitting.held_on.desc(), Sitting.id
        )
    )
    return [
        ScopeChoice(sitting_id, f"{title}, {date_fr(held_on)}", frozenset({contract_id}))
        for sitting_id, title, held_on, contract_id in rows
    ]

"""What roles are granted on in this room: calls."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.scopes import ScopeChoice
from portal.calls.models import Call
from portal.extensions import db


def call_scopes() -> list[ScopeChoice]:
    """Every call, latest first."""
    rows = db.session.execute(
        sa.select(Call.id, Call.title, Call.contract_id).order_by(Call.year.desc(), Call.id.desc())
    )
    return [ScopeChoice(call_id, title, frozenset({contract_id})) for call_id, title, contract_id in rows]

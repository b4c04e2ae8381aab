"""What roles are granted on in this room: calls; which contracts an organisation meets through its applications."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounts.scopes import ScopeChoice
from portal.calls.models import Application, Call
from portal.calls.states import NEVER_FILED, Origin
from portal.extensions import db


def call_scopes() -> list[ScopeChoice]:
    """Every call, latest first."""
    rows = db.session.execute(
        sa.select(Call.id, Call.title, Call.contract_id).order_by(Call.year.desc(), Call.id.desc())
    )
    return [ScopeChoice(call_id, title, frozenset({contract_id})) for call_id, title, contract_id in rows]


def organisation_filings() -> sa.Select[Any]:
    """(organisation id, contract id) of what was filed; a draft is its organisation's own business."""
    return (
        sa.select(Application.organisation_id, Call.contract_id)
        .join(Call, Call.id == Application.call_id)
        .where(sa.or_(Application.status.not_in(NEVER_FILED), Application.origin == Origin.ON_BEHALF))
    )

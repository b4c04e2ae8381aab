"""How what this room holds of an organisation follows into the one that absorbs it."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts import merging
from portal.accounts.merging import Mover
from portal.accounts.models import Organisation
from portal.accounts.operations.merging import plain
from portal.calls.models import Recusal
from portal.committee.models import Convention
from portal.committee.operations.recusals import end_assignments
from portal.extensions import db
from portal.foundation.actors import Actor


def _number_anew(absorbed: Organisation, successor: Organisation, _actor: Actor) -> None:
    """Two conventions with one funder in one call: those that come follow those that are there."""
    coming = sa.select(Convention).where(Convention.organisation_id == absorbed.id)
    for convention in db.session.scalars(coming.order_by(Convention.revision)):
        last = sa.select(sa.func.coalesce(sa.func.max(Convention.revision), 0)).where(
            Convention.call_id == convention.call_id,
            Convention.funder_id == convention.funder_id,
            Convention.organisation_id == successor.id,
        )
        convention.revision += db.session.execute(last).scalar_one()


def _step_out_again(_absorbed: Organisation, successor: Organisation, actor: Actor) -> None:
    """Whoever stepped out of either structure has none of their applications to analyse."""
    running = sa.select(Recusal).where(Recusal.organisation_id == successor.id, Recusal.ended_at.is_(None))
    for recusal in db.session.scalars(running.order_by(Recusal.id)):
        end_assignments(recusal, actor)


merging.register(plain(Convention.organisation_id, "convention", "conventions", _number_anew))
merging.register(Mover("assignment", "analyse confiée", "analyses confiées", lambda _organisation: 0, _step_out_again))

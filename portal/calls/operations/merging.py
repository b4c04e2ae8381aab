"""How what this room holds of an organisation follows into the one that absorbs it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts import merging
from portal.accounts.merging import Mover
from portal.accounts.models import Organisation
from portal.accounts.operations.merging import plain
from portal.calls.models import Application, Call, Exemption, PreProject, Recusal
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor


def _printed_twice(absorbed: Organisation, successor: Organisation) -> list[str]:
    """Actions of past programmes that both have under the same printed name in the same call: which is which?"""
    other = aliased(Application)
    rows = db.session.execute(
        sa.select(Call.title, Application.title)
        .join(Call, Call.id == Application.call_id)
        .join(
            other,
            sa.and_(
                other.call_id == Application.call_id,
                other.printed_key == Application.printed_key,
                other.organisation_id == successor.id,
            ),
        )
        .where(Application.organisation_id == absorbed.id)
        .order_by(Call.year, Application.title_fold)
    )
    return [
        f"{call} : les deux structures y ont l’action « {title} ». Corrigez d’abord la reprise." for call, title in rows
    ]


def _end_second_exemptions(absorbed: Organisation, successor: Organisation, actor: Actor) -> None:
    """Of two later deadlines in one call, the successor's holds."""
    whole = (Exemption.application_id.is_(None), Exemption.ended_at.is_(None))
    here = sa.select(Exemption.call_id).where(Exemption.organisation_id == successor.id, *whole)
    db.session.execute(
        sa.update(Exemption)
        .where(Exemption.organisation_id == absorbed.id, *whole, Exemption.call_id.in_(here.scalar_subquery()))
        .values(ended_at=clock.now(), ended_by_id=actor.person_id, ended_reason="Structures réunies")
    )


_applications = plain(Application.organisation_id, "dossier", "dossiers")
merging.register(Mover("application", "dossier", "dossiers", _applications.count, _applications.move, _printed_twice))
merging.register(plain(PreProject.organisation_id, "note d’opportunité", "notes d’opportunité"))
merging.register(plain(Exemption.organisation_id, "dérogation", "dérogations", _end_second_exemptions))
merging.register(plain(Recusal.organisation_id, "déport", "déports"))

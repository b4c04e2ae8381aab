"""What the Direction typed on behalf: what it still awaits, and what its pages show."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import Application, Reception, Recusal
from portal.calls.queries.reopening import register_correcting, register_reopened
from portal.calls.rules.filing import ReceivedByDirection
from portal.calls.rules.reception import ANSWERABLE
from portal.calls.states import ApplicationStatus, Confirmation, Section
from portal.extensions import db

REOPENED = frozenset(Section) - {Section.SIGNATURE}


def received_by_direction(application: Application) -> ReceivedByDirection | None:
    """How the application came, None when its organisation filed it online."""
    reception = application.reception
    return ReceivedByDirection(reception.channel, reception.received_at) if reception else None


@register_reopened
def reopened_by_correction(application_id: int) -> frozenset[Section]:
    """All that was typed may be written again while the organisation has said that it is wrong."""
    found = db.session.execute(
        sa.select(Reception.id)
        .join(Application)
        .where(
            Reception.application_id == application_id,
            Reception.confirmation == Confirmation.CORRECTING,
            Application.status == ApplicationStatus.SUBMITTED,
        )
    ).scalar_one_or_none()
    return REOPENED if found is not None else frozenset()


@register_correcting
def is_being_corrected(application_id: int) -> bool:
    found = sa.select(Reception.id).where(
        Reception.application_id == application_id, Reception.confirmation == Confirmation.CORRECTING
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def unanswered() -> list[Reception]:
    """The demands of confirmation that nobody has answered, the oldest first."""
    return list(
        db.session.execute(
            sa.select(Reception)
            .join(Application)
            .where(
                Reception.confirmation == Confirmation.AWAITED,
                Application.status.in_(ANSWERABLE),
            )
            .order_by(Reception.asked_at, Reception.id)
        ).scalars()
    )


def has_stepped_out(person_id: int, organisation_id: int) -> bool:
    """Whether somebody stepped out of all the applications of an organisation."""
    found = sa.select(Recusal.id).where(
        Recusal.person_id == person_id, Recusal.organisation_id == organisation_id, Recusal.ended_at.is_(None)
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())

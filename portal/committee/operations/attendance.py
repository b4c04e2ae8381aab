"""Taking the attendance of a sitting."""

from __future__ import annotations

from collections.abc import Mapping

from portal.committee.models import Sitting
from portal.committee.rules.attendance import Seat, checked_seats
from portal.committee.rules.sittings import check_editable
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


def take_attendance(sitting: Sitting, seats: Mapping[int, Seat], *, actor: Actor) -> None:
    """Say who is there, by member id; every member has a line. Raises Refusals beside each field."""
    db.session.flush()
    db.session.refresh(sitting, with_for_update=True)
    check_editable(sitting.status)
    if set(seats) != {member.id for member in sitting.members}:
        raise Refusal("La liste des membres a changé entre-temps : reprenez l’émargement.")
    checked = checked_seats(seats, proxies=sitting.kind.proxies, opened_at=sitting.starts_at)
    for member in sitting.members:
        seat = checked[member.id]
        member.attendance, member.represented_by_id, member.arrived_at = (
            seat.attendance,
            seat.represented_by,
            seat.arrived_at,
        )
    sitting.version += 1
    told = {str(member_id): seat.attendance for member_id, seat in checked.items()}
    record(actor, "sitting.attendance_taken", sitting, attendance=told)

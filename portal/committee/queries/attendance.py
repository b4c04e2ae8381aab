"""The attendance of a sitting, as its page and its papers tell it."""

from __future__ import annotations

from typing import Any

from portal.committee.models import Sitting, SittingMember
from portal.committee.rules.attendance import Signatory, attendance_words, sheet
from portal.foundation.dates import date_fr, hour_fr


def attendance_of(sitting: Sitting) -> list[tuple[SittingMember, str]]:
    """Each member with their attendance in words, empty when not taken."""
    names = {member.id: member.name for member in sitting.members}
    return [
        (
            member,
            attendance_words(
                member.attendance,
                arrived_at=member.arrived_at,
                holder=names.get(member.represented_by_id) if member.represented_by_id else None,
            ),
        )
        for member in sitting.members
    ]


def when_and_where(sitting: Sitting) -> list[list[str]]:
    """The first lines of every paper of a sitting."""
    hour = f", {hour_fr(sitting.starts_at)}" if sitting.starts_at else ""
    rows = [["Nature de la séance", sitting.kind.label], ["Date", f"{date_fr(sitting.held_on)}{hour}"]]
    rows += [["Lieu", sitting.place]] if sitting.place else []
    return [*rows, *([["Appel à projets", sitting.call.title]] if sitting.call else [])]


def attendance_sheet(sitting: Sitting) -> dict[str, Any]:
    """The contents of the émargement sheet."""
    people = [Signatory(m.name, m.capacity, m.is_voting, told) for m, told in attendance_of(sitting)]
    return {
        "kicker": "Feuille d’émargement",
        "blocks": sheet(when_and_where(sitting), people, proxies=sitting.kind.proxies),
    }

"""Who was there: what may be said of each person convened, and the sheet they sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from portal.committee.states import Attendance
from portal.foundation.dates import hour_fr
from portal.foundation.refusals import Refusal, Refusals

Block = dict[str, Any]


@dataclass(frozen=True)
class Seat:
    """What is said of one member; `represented_by` is the member who holds their voice."""

    attendance: Attendance
    represented_by: int | None = None
    arrived_at: time | None = None


def checked_seats(seats: Mapping[int, Seat], *, proxies: bool, opened_at: time | None) -> dict[int, Seat]:
    """The seats by member id, or Refusals on `proxy_<id>`, `arrived_<id>` and `attendance_<id>`.

    A voice is given to somebody present, and only where the kind of sitting allows it.
    """
    wrong = []
    for member_id, seat in seats.items():
        if problem := _problem(member_id, seat, seats, proxies=proxies, opened_at=opened_at):
            wrong.append(problem)
    if wrong:
        raise Refusals(wrong)
    return {
        member_id: Seat(
            seat.attendance,
            seat.represented_by if seat.attendance is Attendance.REPRESENTED else None,
            seat.arrived_at if seat.attendance is Attendance.PRESENT else None,
        )
        for member_id, seat in seats.items()
    }


def _problem(
    member_id: int, seat: Seat, seats: Mapping[int, Seat], *, proxies: bool, opened_at: time | None
) -> Refusal | None:
    if seat.attendance is Attendance.REPRESENTED:
        if not proxies:
            return Refusal("Cette instance n’admet pas de pouvoir.", f"attendance_{member_id}")
        holder = seats.get(seat.represented_by) if seat.represented_by is not None else None
        if holder is None or seat.represented_by == member_id:
            return Refusal("Indiquez qui détient le pouvoir.", f"proxy_{member_id}")
        if holder.attendance is not Attendance.PRESENT:
            return Refusal("Le pouvoir se donne à une personne présente.", f"proxy_{member_id}")
    if seat.arrived_at and opened_at and seat.arrived_at < opened_at:
        return Refusal(f"La séance commence à {hour_fr(opened_at)} : laissez vide.", f"arrived_{member_id}")
    return None


@dataclass(frozen=True)
class Signatory:
    """A line of the sheet; `attendance` is filled once it was taken on screen."""

    name: str
    capacity: str
    is_voting: bool
    attendance: str = ""


def sheet(terms: list[list[str]], signatories: Iterable[Signatory], *, proxies: bool) -> list[Block]:
    """The émargement sheet: a line to sign for each person, and room for those nobody expected."""
    people = [
        [each.name, each.capacity, "délibérative" if each.is_voting else "consultative", each.attendance, "\n\n"]
        for each in signatories
    ]
    blank = [["\n\n", "", "", "", ""]] * 4
    words = "Chacun signe en arrivant ; qui arrive après l’ouverture indique l’heure à côté de sa signature."
    if proxies:
        words += " Un pouvoir écrit se joint à cette feuille, avec le nom de la personne qui le détient."
    return [
        {"kind": "key_values", "rows": terms},
        {"kind": "paragraph", "text": words},
        {
            "kind": "table",
            "columns": [
                {"label": "Nom", "width": 3},
                {"label": "Qualité", "width": 3.5},
                {"label": "Voix", "width": 1.7},
                {"label": "Présence", "width": 1.8},
                {"label": "Signature", "width": 3.4},
            ],
            "rows": [*people, *blank],
        },
        {"kind": "signature", "role": "Pour la Direction, la personne qui tient la feuille"},
    ]


def attendance_words(attendance: Attendance | None, *, arrived_at: time | None, holder: str | None) -> str:
    """« présent·e à partir de 10 h », « représenté·e par Awa Diallo »; empty when not taken."""
    if attendance is None:
        return ""
    words = attendance.label.lower()
    if arrived_at:
        return f"{words} à partir de {hour_fr(arrived_at)}"
    return f"{words} par {holder}" if holder else words

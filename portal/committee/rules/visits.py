"""What moves a visit, and what its pages must hold."""

from __future__ import annotations

from datetime import date

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION
from portal.committee.states import VisitStatus as V
from portal.foundation.refusals import Conflict, Refusal
from portal.foundation.transitions import TransitionTable, step

VISITORS = DIRECTION | {Role.DELEGATE}
"""Who visits actions, and who reads the internal notes of a file."""

VISIT = TransitionTable(
    "la visite",
    V,
    [
        step("report", {V.PLANNED}, V.HELD, VISITORS, "Écrire le compte rendu", "visit.held", ("visit_reported",)),
        step("cancel", {V.PLANNED}, V.CANCELLED, VISITORS, "Annuler la visite", "visit.cancelled", ("visit_reason",)),
    ],
)

LONGEST_NOTE = 5_000


def checked_note(body: str) -> str:
    """The words of a note. Raises Refusal on `body`."""
    words = body.strip()
    if not words:
        raise Refusal("Écrivez votre note.", "body")
    if len(words) > LONGEST_NOTE:
        raise Refusal("Écrivez au plus 5 000 caractères.", "body")
    return words


def checked_day(day: date | None) -> date:
    """The day of a visit to come or past: some are noted afterwards. Raises Refusal on `day`."""
    if day is None:
        raise Refusal("Indiquez le jour de la visite.", "day")
    return day


def check_planned(status: V) -> None:
    """Raises Refusal when a visit held or cancelled would change."""
    if status is not V.PLANNED:
        raise Refusal(f"Cette visite ne se modifie plus : {status.label.lower()}.")


def check_seen(seen: int, current: int) -> None:
    """Raises Conflict when somebody changed the visit since its page was opened."""
    if seen != current:
        raise Conflict("Cette visite a été modifiée entre-temps. Relisez-la avant d’enregistrer.", theirs="", mine="")

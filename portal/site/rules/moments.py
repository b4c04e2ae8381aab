"""Where a call stands for a visitor. Instants are aware; days are those of Paris."""

from __future__ import annotations

from datetime import datetime

from portal.calls.states import LabelledEnum
from portal.foundation.periods import to_paris


class Moment(LabelledEnum):
    OPEN = "open", "Ouvert"
    COMING = "coming", "À venir"
    PAST = "past", "Terminé"


def moment(opens_at: datetime, closes_at: datetime, *, archived: bool, now: datetime) -> Moment:
    """Whether a published call takes applications now, later, or no longer."""
    if archived or now >= closes_at:
        return Moment.PAST
    return Moment.OPEN if now >= opens_at else Moment.COMING


def days_left(until: datetime, now: datetime) -> int:
    """How many midnights of Paris come before `until`: 0 is today, 1 tomorrow."""
    return (to_paris(until).date() - to_paris(now).date()).days

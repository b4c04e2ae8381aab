"""A reminder to those who have begun: to whom, in which words. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from portal.calls.rules.progress import IDLE
from portal.calls.states import LabelledEnum


class Selection(LabelledEnum):
    """Which drafts a reminder is about."""

    ALL = "all", "Tous les dossiers commencés"
    IDLE = "idle", "Ceux que personne n’a touchés depuis sept jours"


class ReminderMessage(LabelledEnum):
    """What a reminder says."""

    CLOSING = "closing", "Rappeler la date de clôture"
    HELP = "help", "Proposer de l’aide pour terminer"
    LAST_DAYS = "last_days", "Dire que ce sont les derniers jours"


@dataclass(frozen=True)
class Reminder:
    """What is asked to be sent. `mark` names the selection that was on screen; `words` are the Direction's own."""

    selection: Selection
    message: ReminderMessage
    words: str
    mark: str


class Touched(Protocol):
    touched_at: Any


T = TypeVar("T", bound=Touched)


def chosen(drafts: Sequence[T], selection: Selection, now: datetime) -> list[T]:
    """The drafts of a selection; each says when it was last touched."""
    if selection is Selection.IDLE:
        return [draft for draft in drafts if draft.touched_at <= now - IDLE]
    return list(drafts)

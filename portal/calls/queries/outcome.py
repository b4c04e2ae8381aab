"""What an applicant may know of the outcome of an application: what was notified, nothing else.

The room that decides registers the answer; this one only shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class NotifiedLine:
    """What one funder notified, in cents. `act` names the act attributif; None for a refusal."""

    funder_name: str
    nature_label: str
    requested_cents: int | None
    granted_cents: int
    act: str | None
    refusal_reason: str | None


@dataclass(frozen=True)
class SentLetter:
    """A letter that was sent: its address, and what it is in words."""

    id: int
    label: str
    url: str
    sent_at: datetime


@dataclass(frozen=True)
class KnownOutcome:
    """What was notified of an application. `reason` is empty when none had to be given."""

    outcome_label: str
    reason: str
    decided_on: date
    lines: tuple[NotifiedLine, ...]
    letters: tuple[SentLetter, ...]

    @property
    def granted_cents(self) -> int:
        return sum(line.granted_cents for line in self.lines)


Source = Callable[[int], KnownOutcome | None]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Tell where notified outcomes are read: called with an application's id."""
    _sources[:] = [source]
    return source


def known_to_applicant(application_id: int) -> KnownOutcome | None:
    """What the applicant was told of the application's outcome; None before any notification."""
    return _sources[0](application_id) if _sources else None

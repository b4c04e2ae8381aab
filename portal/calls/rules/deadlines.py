"""Until when an organisation may file: the closing of the call, or later by an exemption of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from portal.calls.rules.calling import CallWindow
from portal.foundation.refusals import Refusal


def moved(window: CallWindow, exemptions: Iterable[datetime]) -> CallWindow:
    """The window with its closing moved to the latest exemption; an earlier one takes nothing away."""
    return replace(window, closes_at=max([window.closes_at, *exemptions]))


def exempted(until: datetime | None, closes_at: datetime, now: datetime) -> datetime:
    """The instant until which an exemption runs. Raises Refusal on `until` when it exempts from nothing."""
    if until is None:
        raise Refusal("Indiquez jusqu’à quand, jour et heure.", "until")
    if until <= closes_at:
        raise Refusal("Une dérogation va au-delà de la clôture de l’appel.", "until")
    if until <= now:
        raise Refusal("Cette date est déjà passée.", "until")
    return until

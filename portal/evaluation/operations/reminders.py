"""Mails before and after the date of a bilan, at the days its contract sets: once each."""

from __future__ import annotations

from datetime import date, timedelta

from portal.contracts.rules.settings import reminder_days
from portal.evaluation.models import Bilan
from portal.evaluation.operations.cycle import tell_authors
from portal.evaluation.queries import bilans
from portal.foundation import clock
from portal.foundation.periods import to_paris
from portal.foundation.web.formats import plural

LATE_BY = timedelta(days=3)
"""A reminder missed while the portal was stopped still leaves so many days later; then it is passed over."""


def remind_bilans() -> None:
    """What the tick sends: whoever has not returned a bilan is reminded on the set days around its date."""
    today = to_paris(clock.now()).date()
    for contract_id, text in bilans.reminder_settings():
        for days in reminder_days(text):
            day = today - timedelta(days=days)
            for bilan in bilans.to_remind(contract_id, day - LATE_BY, day):
                _remind(bilan, days, today)


def _remind(bilan: Bilan, days: int, today: date) -> None:
    if bilan.due_on is None:
        return
    left = (bilan.due_on - today).days
    tell_authors(
        "bilan_reminder",
        bilan,
        key=f"bilan_reminder:{bilan.id}:{bilan.due_on}:{days}",
        is_late="oui" if left < 0 else "",
        delay=plural(abs(left), "jour", "jours"),
        is_today="oui" if left == 0 else "",
    )

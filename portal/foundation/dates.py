"""How days and hours are written in French: plain functions, for rules as for pages."""

from datetime import date, datetime, time

from babel.dates import format_date

from portal.foundation.money import NBSP
from portal.foundation.periods import to_paris

UNKNOWN_DATE = f"date non{NBSP}communiquée"


def date_fr(day: date | datetime | None) -> str:
    """« 21 novembre 2026 »; an instant is dated by the clocks of Paris."""
    if day is None:
        return UNKNOWN_DATE
    local = _day(day)
    if local.day == 1:
        return f"1er{NBSP}" + format_date(local, "MMMM yyyy", locale="fr")
    return format_date(local, f"d{NBSP}MMMM yyyy", locale="fr")


def date_short(day: date | datetime | None) -> str:
    """« 21/11/2026 », for the columns of a table and for date fields."""
    return "" if day is None else format_date(_day(day), "dd/MM/yyyy", locale="fr")


def time_fr(instant: datetime) -> str:
    """« 14 h 05 », « 18 h », by the clocks of Paris."""
    return hour_fr(to_paris(instant).time())


def hour_fr(hour: time) -> str:
    """« 14 h 05 », « 18 h » of an hour without day."""
    minutes = f"{NBSP}{hour.minute:02d}" if hour.minute else ""
    return f"{hour.hour}{NBSP}h{minutes}"


def datetime_fr(instant: datetime | None) -> str:
    """« 21 novembre 2026 à 14 h 05 », by the clocks of Paris."""
    return UNKNOWN_DATE if instant is None else f"{date_fr(instant)} à {time_fr(instant)}"


def _day(day: date | datetime) -> date:
    return to_paris(day).date() if isinstance(day, datetime) else day

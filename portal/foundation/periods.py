"""Days and instants: stored in UTC, read and typed in the time of Paris."""

import calendar
import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

FIRST_YEAR, LAST_YEAR = 1800, 2100
"""The days of which people speak here: from the oldest organisations on."""

_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_HOUR = re.compile(r"([0-9]{1,2})\s*(?:[hH:]\s*([0-9]{2})?)")
_DAY_AND_TIME = re.compile(r"(\S+?)(?:\s+à\s+|\s+|T)([0-9]{1,2})(?:\s*(?:h|:)\s*([0-9]{2})?)(?::[0-9]{2})?")


def to_paris(instant: datetime) -> datetime:
    """The same instant on the clocks of Paris. Raises ValueError on a datetime without zone."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs its time zone.")
    return instant.astimezone(PARIS)


def from_paris_input(local: datetime) -> datetime:
    """The UTC instant of a date and time typed by somebody in Paris (a datetime without zone).

    The hour that comes twice in October means the later instant: a closing time never falls before
    what its reader expects. The hour that does not exist in March is refused: ValueError, with a
    message in French.
    """
    if local.tzinfo is not None:
        raise ValueError("A typed time carries no zone of its own.")
    instant = local.replace(tzinfo=PARIS, fold=1).astimezone(UTC)
    if instant.astimezone(PARIS).replace(tzinfo=None) != local.replace(fold=0):
        raise ValueError("Cette heure n’existe pas : les horloges avancent d’une heure cette nuit-là.")
    return instant


def parse_date(text: str) -> date:
    """The day of « 21/11/2026 » (also with dots or dashes) or of « 2026-11-21 ».

    Raises ValueError, with a message in French, for anything else.
    """
    cleaned = text.strip()
    if french := _FRENCH_DAY.fullmatch(cleaned):
        day, month, year = map(int, french.groups())
    elif iso := _ISO_DAY.fullmatch(cleaned):
        year, month, day = map(int, iso.groups())
    else:
        raise ValueError("Indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Vérifiez l’année : de {FIRST_YEAR} à {LAST_YEAR}.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("Cette date n’existe pas dans le calendrier.") from None


def parse_instant(text: str) -> datetime:
    """The UTC instant of « 21/11/2026 18:00 », « 21/11/2026 à 18 h » or « 2026-11-21T18:00 » in Paris.

    Raises ValueError, with a message in French, for anything else.
    """
    found = _DAY_AND_TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError("Indiquez une date et une heure, par exemple 21/11/2026 18:00.")
    hour, minute = int(found[2]), int(found[3] or 0)
    if hour > 23 or minute > 59:
        raise ValueError("Cette heure n’existe pas : de 0:00 à 23:59.")
    return from_paris_input(datetime.combine(parse_date(found[1]), time(hour, minute)))


def parse_hour(text: str) -> time:
    """The hour people type: « 9 h 30 », « 14:30 », « 18h ». Raises ValueError (French message)."""
    found = _HOUR.fullmatch(text.strip())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if hour > 23 or minute > 59:
        raise ValueError("Indiquez une heure sous la forme hh:mm, par exemple 14:30.")
    return time(hour, minute)


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """The UTC instants at which a year of Paris begins and ends (the end is not part of it)."""
    return _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1))


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later, or the last day of a month too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=PARIS).astimezone(UTC)

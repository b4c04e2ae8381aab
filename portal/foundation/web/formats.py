"""How figures, dates and sizes are written in French, offered to every template."""

from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask

from portal.foundation import money
from portal.foundation.money import NBSP
from portal.foundation.periods import to_paris

UNKNOWN = f"non{NBSP}communiqué"
UNKNOWN_DATE = f"date non{NBSP}communiquée"


def euros(cents: int | None) -> str:
    """« 1 234,56 € » of an amount in cents; « non communiqué » when unknown (never zero)."""
    return UNKNOWN if cents is None else money.format_euros(cents)


def euros_round(cents: int | None) -> str:
    """« 1 235 € »: the amount to the nearest euro."""
    return UNKNOWN if cents is None else money.format_euros_round(cents)


def number(value: int | float | None) -> str:
    """« 12 345 », « 3,14 »: at most three decimals."""
    if value is None:
        return UNKNOWN
    if isinstance(value, int):
        return money.group_thousands(value)
    return format_decimal(value, format="#,##0.###", locale="fr").replace("-", money.MINUS)


def percent(basis_points: int | None) -> str:
    """« 12,5 % » of a share in basis points."""
    return UNKNOWN if basis_points is None else money.format_share(basis_points)


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
    local = to_paris(instant)
    minutes = f"{NBSP}{local.minute:02d}" if local.minute else ""
    return f"{local.hour}{NBSP}h{minutes}"


def datetime_fr(instant: datetime | None) -> str:
    """« 21 novembre 2026 à 14 h 05 », by the clocks of Paris."""
    return UNKNOWN_DATE if instant is None else f"{date_fr(instant)} à {time_fr(instant)}"


def plural(count: int, one: str, many: str) -> str:
    """« 0 dossier », « 1 dossier », « 2 dossiers »: in French the plural begins at two."""
    return f"{number(count)}{NBSP}{many if abs(count) >= 2 else one}"


def filesize_fr(size: int | None) -> str:
    """« 512 octets », « 38 Ko », « 2,4 Mo » of a size in bytes."""
    if size is None:
        return UNKNOWN
    if size < 1000:
        return plural(size, "octet", "octets")
    if size < 999_500:
        return f"{(size + 500) // 1000}{NBSP}Ko"
    return f"{format_decimal(size / 1_000_000, format='#,##0.#', locale='fr')}{NBSP}Mo"


def register(app: Flask) -> None:
    """Make these formats filters of every template, and functions of the same name."""
    formats = (
        euros, euros_round, number, percent, date_fr, date_short, time_fr, datetime_fr, plural, filesize_fr,
    )  # fmt: skip
    for formatter in formats:
        app.add_template_filter(formatter)
        app.add_template_global(formatter)


def _day(day: date | datetime) -> date:
    return to_paris(day).date() if isinstance(day, datetime) else day

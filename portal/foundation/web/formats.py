"""How figures, dates and sizes are written in French, offered to every template."""

from babel.numbers import format_decimal
from flask import Flask

from portal.foundation import money
from portal.foundation.dates import date_fr, date_short, datetime_fr, hour_fr, time_fr
from portal.foundation.money import NBSP

UNKNOWN = f"non{NBSP}communiqué"


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
        euros, euros_round, number, percent, date_fr, date_short, time_fr, hour_fr, datetime_fr, plural, filesize_fr,
    )  # fmt: skip
    for formatter in formats:
        app.add_template_filter(formatter)
        app.add_template_global(formatter)

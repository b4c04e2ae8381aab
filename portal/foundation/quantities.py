"""Counts and decimal quantities as exact integers: reading what people type, writing it back."""

import re

from portal.foundation.money import group_thousands

MAX_COUNT = 10**9

_SPACES = re.compile(r"[ \u00a0\u2009\u202f]")
_DECIMAL = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?")


def parse_count(text: str) -> int:
    """A whole number as people type it: « 1 200 ». Raises ValueError (French message) for anything else."""
    bare = _SPACES.sub("", text.strip())
    if not (bare.isascii() and bare.isdigit()):
        raise ValueError("Indiquez un nombre entier, par exemple 25.")
    if len(bare) > 15 or int(bare) > MAX_COUNT:
        raise ValueError("Ce nombre est trop grand.")
    return int(bare)


def plain_number(text: str | None) -> int | None:
    """The number of an address, of a hidden field or of a field's name; None for anything else.

    Nine ASCII digits at most: what it finds is an id, a version or a rank that the database can hold.
    """
    bare = text or ""
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else None


def parse_decimal(text: str, places: int) -> int:
    """« 1,5 » as a whole number of 10^-places units: parse_decimal("1,5", 2) is 150.

    Raises ValueError (French message) for anything else, or with more decimals than `places`.
    """
    found = _DECIMAL.fullmatch(_SPACES.sub("", text.strip()))
    if found is None:
        raise ValueError("Indiquez un nombre, par exemple 1,5.")
    decimals = found["decimals"] or ""
    if len(decimals) > places:
        raise ValueError(f"Indiquez au plus {places} chiffres après la virgule.")
    if len(found["whole"]) > 12:
        raise ValueError("Ce nombre est trop grand.")
    return int(found["whole"]) * 10**places + int(decimals.ljust(places, "0") or 0)


def format_decimal(value: int, places: int) -> str:
    """« 1,5 » of a whole number of 10^-places units, with no needless zero."""
    whole, rest = divmod(value, 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0")
    return group_thousands(whole) + (f",{decimals}" if decimals else "")


def format_thousandths(value: int) -> str:
    return format_decimal(value, 3)

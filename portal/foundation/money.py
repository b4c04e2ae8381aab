"""Money as integer cents and shares as integer basis points: reading, writing, apportioning.

No float anywhere: a cent lost to rounding is a budget that no longer balances.
"""

import re
from collections.abc import Sequence

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"
MINUS = "\u2212"

MAX_CENTS = 10**11
WHOLE_IN_BASIS_POINTS = 10_000

_SPACES = " \u00a0\u2009\u202f"
_GROUPED = rf"(?P<whole>[0-9]+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+)"
_DECIMALS = r"(?:[.,](?P<decimals>[0-9]+))?"
_AMOUNT = re.compile(rf"{_GROUPED}{_DECIMALS}[{_SPACES}]*(?:€|euros?|eur)?", re.IGNORECASE)
_SHARE = re.compile(rf"(?P<whole>[0-9]+){_DECIMALS}[{_SPACES}]*%?")


def parse_euros(text: str) -> int:
    """The cents of an amount as people type it: « 1 234,56 », « 1234.56 », « 1 234 € ».

    Spaces may group thousands; the decimal sign is a comma or a dot; the euro sign is optional.
    Raises ValueError, with a message in French for the person typing, for anything else:
    negative amounts, more than two decimals, or more than a billion euros.
    """
    cents = _hundredths(text, _AMOUNT, "Indiquez un montant en euros, par exemple 1 234,56.")
    if cents > MAX_CENTS:
        raise ValueError("Ce montant est trop élevé : au plus un milliard d’euros.")
    return cents


def format_euros(cents: int) -> str:
    """« 1 234,56 € »: narrow no-break space between thousands, no-break space before the sign."""
    whole, rest = divmod(abs(cents), 100)
    return f"{MINUS if cents < 0 else ''}{group_thousands(whole)},{rest:02d}{NBSP}€"


def format_euros_round(cents: int) -> str:
    """The amount to the nearest euro, halves away from zero: « 1 235 € »."""
    euros = (abs(cents) + 50) // 100
    return f"{MINUS if cents < 0 and euros else ''}{group_thousands(euros)}{NBSP}€"


def parse_share(text: str) -> int:
    """The basis points of a percentage as people type it: « 12,5 », « 12.50 % ».

    Raises ValueError (French message) for anything else, or above 100 %.
    """
    share = _hundredths(text, _SHARE, "Indiquez un pourcentage, par exemple 12,5.")
    if share > WHOLE_IN_BASIS_POINTS:
        raise ValueError("Un pourcentage ne peut pas dépasser 100.")
    return share


def format_share(basis_points: int) -> str:
    """« 12,5 % »: as many decimals as needed, at most two."""
    whole, rest = divmod(abs(basis_points), 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{MINUS if basis_points < 0 else ''}{group_thousands(whole)}{decimals}{NBSP}%"


def group_thousands(number: int) -> str:
    """A whole number with narrow no-break spaces between thousands: « 12 345 »."""
    return f"{number:,}".replace(",", NARROW_NBSP).replace("-", MINUS)


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` (cents or basis points) in proportion to `weights`, losing nothing.

    Each part is its exact share rounded down, then the units left over go one by one to the
    largest remainders; equal remainders are served in the order of the weights. A negative total
    is split like its opposite. Raises ValueError on a negative weight, or when there is something
    to split and no weight to split it by.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("Weights cannot be negative.")
    if total < 0:
        return [-part for part in largest_remainder(-total, weights)]
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("Nothing to apportion by: every weight is zero.")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    left_over = total - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for index in by_remainder[:left_over]:
        parts[index] += 1
    return parts


def _hundredths(text: str, pattern: re.Pattern[str], expected: str) -> int:
    cleaned = text.strip()
    if cleaned[:1] in ("-", MINUS):
        raise ValueError("Indiquez un nombre positif.")
    found = pattern.fullmatch(cleaned)
    if found is None:
        raise ValueError(expected)
    decimals = found["decimals"] or ""
    if len(decimals) > 2:
        raise ValueError("Indiquez au plus deux chiffres après la virgule.")
    whole = re.sub(rf"[{_SPACES}]", "", found["whole"])
    if len(whole) > 15:
        # Far above every limit: spare the conversion of a kilometre of digits.
        whole = "9" * 15
    return int(whole) * 100 + int(decimals.ljust(2, "0"))

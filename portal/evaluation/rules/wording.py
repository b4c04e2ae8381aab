"""How a report's values and findings are written in French."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.foundation.money import NBSP, format_euros, format_share, group_thousands
from portal.foundation.quantities import format_thousandths

UNKNOWN = f"non{NBSP}communiqué"
UNATTACHED = "Sans rattachement"

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def value(number: int | float | None, unit: str = "") -> str:
    """« 30,7 % », « 4 642 habitants »; a figure of the JSON form."""
    if number is None:
        return UNKNOWN
    written = format_thousandths(round(number * 1000))
    return f"{written}{NBSP}{unit}" if unit else written


def euros(cents: int | None) -> str:
    return UNKNOWN if cents is None else format_euros(cents)


def share(basis_points: int | None) -> str:
    return UNKNOWN if basis_points is None else format_share(basis_points)


def change(basis_points: int | None) -> str:
    """« +12,5 % », « −3 % »; unknown when either year is."""
    if basis_points is None:
        return UNKNOWN
    return f"+{format_share(basis_points)}" if basis_points > 0 else format_share(basis_points)


def day(iso: str | None) -> str:
    """« 30 juin 2027 » of an ISO day."""
    if iso is None:
        return f"date {UNKNOWN}e"
    found = date.fromisoformat(iso)
    number = f"1er{NBSP}" if found.day == 1 else f"{found.day}{NBSP}"
    return f"{number}{_MONTHS[found.month - 1]} {found.year}"


def origin(year: int | None, source: str | None) -> str:
    """The year and the source of a figure, or that they are not printed."""
    told = ", ".join(part for part in (source, str(year) if year else None) if part)
    return told or "année et source non communiquées"


def plural(count: int, one: str, many: str) -> str:
    return f"{group_thousands(count)}{NBSP}{many if count >= 2 else one}"


def quoted(words: str) -> str:
    return f"«{NBSP}{words}{NBSP}»"


def leading_theme(counts: Sequence[tuple[str, int]], whole: int) -> str:
    """What a chart of actions by theme shows, said as a title. `counts` begins with the largest."""
    if not counts:
        return "Aucune action dans la programmation"
    top = counts[0][1]
    first = [theme for theme, count in counts if count == top]
    if len(first) == 1:
        of = plural(whole, "action", "actions")
        return f"{quoted(first[0])} est la première thématique{NBSP}: {group_thousands(top)} sur {of}"
    named = ", ".join(map(quoted, first[:-1])) + f" et {quoted(first[-1])}"
    return f"{named} viennent en tête{NBSP}: {plural(top, 'action', 'actions')} chacune"


def leading_funder(granted: Sequence[tuple[str, int]]) -> str:
    """What a chart of grants by funder shows. Amounts in cents, known ones only."""
    whole = sum(cents for _, cents in granted)
    if whole == 0:
        return "Aucun financement attribué à ce jour"
    funder, cents = max(granted, key=lambda each: each[1])
    part = format_share((cents * 20_000 + whole) // (2 * whole) // 100 * 100)
    return f"{funder} apporte la plus grande part{NBSP}: {part} des montants attribués"

"""What to tell whoever is about to file, without stopping them.

A higher room (the bilans of the years before) registers what it has to say; this one only shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.calls.models import Application


@dataclass(frozen=True)
class Told:
    """Words for whoever is about to file; `links` are (label, address); `blocks` when they stop the filing."""

    words: str
    links: tuple[tuple[str, str], ...] = ()
    blocks: bool = False


Notice = Callable[[Application], Told | None]
_notices: list[Notice] = []


def register_notice(notice: Notice) -> Notice:
    """Register what the draft shows from its first page on, or None when there is nothing to say."""
    if notice not in _notices:
        _notices.append(notice)
    return notice


def filing_notices(application: Application) -> list[Told]:
    """What is said of an application before it is filed."""
    return [told for notice in _notices if (told := notice(application)) is not None]

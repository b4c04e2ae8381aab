"""What to tell whoever is about to file, without stopping them.

A higher room (the bilans of the years before) registers what it has to say; this one only shows it.
"""

from __future__ import annotations

from collections.abc import Callable

from portal.calls.models import Application

Notice = Callable[[Application], str | None]
_notices: list[Notice] = []


def register_notice(notice: Notice) -> Notice:
    """Register a warning shown on the last section of the form: words, or None when there is nothing to say."""
    if notice not in _notices:
        _notices.append(notice)
    return notice


def filing_notices(application: Application) -> list[str]:
    """The warnings about an application before it is filed, in French words."""
    return [words for notice in _notices if (words := notice(application)) is not None]

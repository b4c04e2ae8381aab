"""The entries of the main navigation, offered by the rooms.

navigation.add_entry("Dossiers", "calls.my_applications", shown=access.is_signed_in, order=30)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_request_context, request, url_for


@dataclass(frozen=True)
class Entry:
    """A line of the navigation; `shown()` says whether the person of this request sees it."""

    label: str
    endpoint: str
    shown: Callable[[], bool]
    order: int


@dataclass(frozen=True)
class Item:
    """What a page shows of an entry. A `method` of "post" makes it a button."""

    label: str
    url: str
    current: bool = False
    method: str = "get"


_entries: dict[str, Entry] = {}


def add_entry(label: str, endpoint: str, shown: Callable[[], bool] = lambda: True, order: int = 50) -> None:
    """Offer a page in the main navigation; said twice, the last word holds."""
    _entries[endpoint] = Entry(label, endpoint, shown, order)


def item(label: str, endpoint: str, method: str = "get") -> Item:
    """A link to a route, current on its own page and on those below it."""
    url = url_for(endpoint)
    below = url != "/" and request.path.startswith(f"{url}/")
    return Item(label, url, request.path == url or below, method)


def bare_page() -> bool:
    """Whether the page must do without the database: outside a request, or telling of a crash."""
    return not has_request_context() or bool(g.get("bare_page"))


def register(app: Flask) -> None:
    @app.context_processor
    def _frame() -> dict[str, Any]:
        city = {"city_name": app.config["PORTAL"].city_name}
        if bare_page():
            return city
        entries = sorted(_entries.values(), key=lambda entry: (entry.order, entry.label))
        return city | {"navigation": [item(entry.label, entry.endpoint) for entry in entries if entry.shown()]}

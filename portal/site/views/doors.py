"""Links to the pages of other rooms, where these exist."""

from __future__ import annotations

from flask import current_app, url_for


def door(endpoint: str, **values: object) -> str | None:
    """The address of a route, or None when no room offers it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None  # type: ignore[arg-type]

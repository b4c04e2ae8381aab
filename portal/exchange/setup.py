"""Put this room into the app."""

from __future__ import annotations

from flask import Flask

from portal.accounts import access
from portal.exchange import jobs, models, views  # noqa: F401 - its tables and jobs must be known
from portal.foundation.web import navigation


def register(app: Flask) -> None:
    app.register_blueprint(views.blueprint)
    navigation.add_entry(
        "Exports",
        "exchange.exports",
        shown=lambda: bool(access.all_roles() & set(views.delegate.EXPORTERS)),
        order=80,
    )

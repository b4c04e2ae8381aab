"""Put this room into the app."""

from __future__ import annotations

from typing import Any

from flask import Flask

from portal.accounts import access
from portal.accounts.models import Person
from portal.calls.models import Application
from portal.calls.queries import visibility
from portal.calls.views import blueprint


def register(app: Flask) -> None:
    access.veto(_recused)
    app.register_blueprint(blueprint)


def _recused(person: Person, thing: Any) -> bool:
    """A recused person's staff roles do not count on an application, nor on what hangs on it."""
    application = thing if isinstance(thing, Application) else getattr(thing, "application", None)
    return isinstance(application, Application) and visibility.is_recused(person.id, application)

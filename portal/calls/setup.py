"""Put this room into the app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Flask

from portal.accounts import access, scopes
from portal.accounts.models import Person
from portal.accounts.queries import personal_data
from portal.accounts.rules import ScopeKind
from portal.calls import jobs, operations, views  # noqa: F401 - jobs register themselves
from portal.calls.models import Application
from portal.calls.queries import visibility
from portal.calls.queries.personal import recusals_of_person
from portal.calls.queries.scopes import call_scopes
from portal.calls.rules.cycle import DIRECTION
from portal.foundation.web import navigation


def register(app: Flask) -> None:
    # Operations register their guards and jobs when imported; views their routes.
    for package in (operations, views):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    access.veto(_recused)
    scopes.offer(ScopeKind.CALL, call_scopes)
    personal_data.offer("deports", recusals_of_person)
    app.register_blueprint(views.blueprint)
    navigation.add_entry("Suivi des appels", "calls.call_list", lambda: bool(access.all_roles() & DIRECTION), 20)


def _recused(person: Person, thing: Any) -> bool:
    """A recused person's staff roles do not count on an application, nor on what hangs on it."""
    application = thing if isinstance(thing, Application) else getattr(thing, "application", None)
    return isinstance(application, Application) and visibility.is_recused(person.id, application)

"""Put this room into the app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask

from portal.accounts import scopes
from portal.accounts.queries import personal_data
from portal.accounts.rules import ScopeKind
from portal.committee import models, operations, views  # noqa: F401 - the tables must be known
from portal.committee.queries import personal
from portal.committee.queries.scopes import sitting_scopes


def register(app: Flask) -> None:
    # Operations register their guards, jobs and periodic acts when imported; views their routes.
    for package in (operations, views):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    scopes.offer(ScopeKind.SITTING, sitting_scopes)
    personal_data.offer("analyses", personal.assessments_of_person)
    personal_data.offer("avis", personal.opinions_of_person)
    personal_data.offer("seances", personal.sittings_of_person)
    app.register_blueprint(views.blueprint)

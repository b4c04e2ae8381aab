"""Put this room into the app."""

from __future__ import annotations

from flask import Flask

from portal.accounts import scopes
from portal.accounts.rules import ScopeKind
from portal.contracts.operations.loading import when_contract_loaded
from portal.quartiers import models, queries, views  # noqa: F401 - its tables must be known
from portal.quartiers.operations.loading import load_quartiers


def register(app: Flask) -> None:
    when_contract_loaded(load_quartiers)
    app.register_blueprint(views.blueprint)
    scopes.offer(ScopeKind.QUARTIER, queries.quartier_scopes)

"""Put this room into the app."""

from __future__ import annotations

from flask import Flask

from portal.accounts import access, scopes
from portal.accounts.queries import personal_data
from portal.accounts.rules import ScopeKind
from portal.contracts import models, queries, views  # noqa: F401 - its tables must be known
from portal.contracts.rules.glossary import term
from portal.contracts.views.blueprint import READERS
from portal.foundation.web import navigation


def register(app: Flask) -> None:
    app.register_blueprint(views.blueprint)
    app.add_template_global(term, "glossary_term")
    navigation.add_entry("Contrats", "contracts.index", shown=lambda: bool(access.all_roles() & set(READERS)), order=70)
    personal_data.offer("carnet_des_partenaires", queries.contacts_of_person)
    scopes.offer(ScopeKind.CONTRACT, queries.contract_scopes)
    scopes.offer(ScopeKind.FUNDER, queries.funder_scopes)

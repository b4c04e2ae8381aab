"""Put this room into the app."""

from __future__ import annotations

from flask import Flask

from portal.accounts import scopes
from portal.accounts.rules import ScopeKind
from portal.contracts import models, queries  # noqa: F401 - its tables must be known


def register(app: Flask) -> None:
    scopes.offer(ScopeKind.CONTRACT, queries.contract_scopes)
    scopes.offer(ScopeKind.FUNDER, queries.funder_scopes)

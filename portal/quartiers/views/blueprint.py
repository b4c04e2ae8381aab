"""The blueprint the views of this room are hung on, and what they share."""

from __future__ import annotations

from flask import Blueprint, abort

from portal.contracts.models import Contract
from portal.quartiers import queries

blueprint = Blueprint("quartiers", __name__)


def quartier_of(contract: Contract, quartier_id: int) -> queries.QuartierLine:
    """A quartier of this contract, or 404."""
    found = queries.quartier_in(contract.id, quartier_id)
    if found is None:
        abort(404)
    return found

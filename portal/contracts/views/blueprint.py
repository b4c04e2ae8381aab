"""The blueprint the views of this room are hung on, and who comes here."""

from __future__ import annotations

from flask import Blueprint

from portal.accounts.rules import Role

blueprint = Blueprint("contracts", __name__)

READERS = (Role.OFFICER, Role.MANAGER)
"""Those who read the settings of a contract; only the manager changes them."""

"""The routes of this room: one blueprint, to which each module of the package adds its own."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("calls", __name__)

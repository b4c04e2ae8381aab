"""The pages of this room. Each module puts its routes on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("evaluation", __name__)

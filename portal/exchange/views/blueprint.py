"""The blueprint the views of this room are hung on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("exchange", __name__)

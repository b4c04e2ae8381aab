"""Put this room into the app."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Public pages and homes come here."""

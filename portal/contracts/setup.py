"""Put this room into the app."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    from portal.contracts import models  # noqa: F401 - its tables must be known

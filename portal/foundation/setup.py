"""Put the foundation into the app."""

from __future__ import annotations

from flask import Flask

from portal.foundation import (  # noqa: F401 - their tables must be known
    delivery,
    events,
    files,
    logs,
    marker,
    outbox,
    scanning,
)
from portal.foundation.web import addresses, errors, formats, navigation, requests, security, views


def register(app: Flask) -> None:
    logs.register(app)
    requests.register(app)
    security.register(app)
    errors.register(app)
    formats.register(app)
    navigation.register(app)
    addresses.register(app)
    app.register_blueprint(views.blueprint)
    outbox.on_wake(delivery.wake)
    outbox.periodic(files.sweep_stray)
    outbox.periodic(scanning.ask_again)

"""Put this room into the app."""

from __future__ import annotations

from flask import Flask

from portal.accounts import access, models
from portal.extensions import db, login_manager


def register(app: Flask) -> None:
    login_manager.user_loader(_load)
    access.register(app)


def _load(session_id: str) -> models.Person | None:
    """The person of a session, unless the session was ended everywhere or the account closed."""
    person_id, _, epoch = session_id.partition(":")
    person = db.session.get(models.Person, int(person_id)) if person_id.isdigit() else None
    if person is None or not person.is_active or str(person.session_epoch) != epoch:
        return None
    return person

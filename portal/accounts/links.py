"""Signed links sent by mail: each serves once, for a while, and only as long as the account is unchanged.

A link is bound to the password and to the session epoch it was made with: choosing a password, or
signing out everywhere, ends the links made before. It is made when the mail leaves and never stored.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.accounts.models import Person
from portal.extensions import db
from portal.foundation import clock


class LinkKind(StrEnum):
    SIGN_UP = "sign_up"
    INVITATION = "invitation"
    RESET = "reset"
    EMAIL = "email"


LIFETIMES = {
    LinkKind.SIGN_UP: timedelta(days=3),
    LinkKind.INVITATION: timedelta(days=30),
    LinkKind.RESET: timedelta(hours=2),
    LinkKind.EMAIL: timedelta(days=1),
}
PASSWORD_KINDS = (LinkKind.SIGN_UP, LinkKind.INVITATION, LinkKind.RESET)


@dataclass(frozen=True)
class Link:
    """A link that holds: whose, what for, and the new address when it changes one."""

    person: Person
    kind: LinkKind
    fingerprint: str
    email: str | None = None

    def holds(self) -> bool:
        """Whether the account is still as when the link was made; to be asked where it is used."""
        return self.fingerprint == _fingerprint(self.person)


def make(kind: LinkKind, person: Person, *, email: str | None = None) -> str:
    """The token of a link."""
    return _serializer().dumps({"p": person.id, "k": kind.value, "f": _fingerprint(person), "e": email})


def read(token: str, *kinds: LinkKind) -> Link | None:
    """The link, or None when it is forged, too old, used already, or of another kind."""
    try:
        values, made_at = _serializer().loads(token, return_timestamp=True)
    except BadData:
        return None
    kind = LinkKind(values["k"])
    person = db.session.get(Person, values["p"])
    if kind not in kinds or person is None or person.disabled_at is not None:
        return None
    if clock.now() - _aware(made_at) > LIFETIMES[kind] or values["f"] != _fingerprint(person):
        return None
    return Link(person, kind, values["f"], values["e"])


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="portal.accounts.links")


def _fingerprint(person: Person) -> str:
    state = f"{person.password_hash}:{person.session_epoch}:{person.email_fold}"
    return hashlib.sha256(state.encode()).hexdigest()[:24]


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)

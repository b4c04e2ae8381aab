"""The link with which an organisation without account answers: for one demand, until it is answered.

It is made when the mail leaves and never stored; any answer, or a new demand, ends it.
"""

from __future__ import annotations

from datetime import UTC

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.calls.models import Reception
from portal.calls.rules.reception import ANSWERABLE, LINK_LIFETIME
from portal.calls.states import Confirmation
from portal.extensions import db
from portal.foundation import clock


def make_link(reception: Reception) -> str:
    """The token of the demand as it stands."""
    return _serializer().dumps({"r": reception.id, "v": reception.version})


def read_link(token: str) -> Reception | None:
    """The reception that a token opens, None when it is forged, too old, answered, or of no use any more."""
    try:
        values, made_at = _serializer().loads(token, return_timestamp=True)
    except BadData:
        return None
    made_at = made_at if made_at.tzinfo else made_at.replace(tzinfo=UTC)
    reception = db.session.get(Reception, values["r"])
    if reception is None or clock.now() - made_at > LINK_LIFETIME:
        return None
    asked = reception.confirmation is Confirmation.AWAITED and reception.version == values["v"]
    return reception if asked and reception.application.status in ANSWERABLE else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="portal.calls.reception")

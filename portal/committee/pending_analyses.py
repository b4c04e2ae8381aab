"""A workbook sent back and not yet confirmed, named by a signed address that only its reviewer can use."""

from __future__ import annotations

from pathlib import Path

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.foundation import files

LIFETIME_SECONDS = 12 * 60 * 60


def signed(person_id: int, call_id: int, held: str) -> str:
    """`held` names the bytes put aside."""
    return str(_serializer().dumps([person_id, call_id, held]))


def path_of(token: str, *, person_id: int, call_id: int) -> Path | None:
    """Where the bytes are, for their sender and their call; None when forged, too old or swept."""
    try:
        sender, call, held = _serializer().loads(token, max_age=LIFETIME_SECONDS)
    except BadData:
        return None
    return files.held_path(held) if (sender, call) == (person_id, call_id) else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="portal.committee.analyses")

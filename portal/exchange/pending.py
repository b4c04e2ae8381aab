"""A file sent and not yet confirmed, named by a signed address that only its sender can use."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.foundation import files

LIFETIME_SECONDS = 12 * 60 * 60


@dataclass(frozen=True)
class PendingFile:
    """Who sent what, for which contract and year; `held` names the bytes, `about` what else decides of it."""

    person_id: int
    contract_id: int
    year: int
    held: str
    name: str
    about: dict[str, str] = field(default_factory=dict)

    def path(self) -> Path | None:
        """Where the bytes are, None once they are swept."""
        return files.held_path(self.held)


def signed(pending: PendingFile) -> str:
    return str(_serializer().dumps(asdict(pending)))


def read(token: str, *, person_id: int, contract_id: int) -> PendingFile | None:
    """The file of an address, for its sender and its contract; None when forged, too old or swept."""
    try:
        pending = PendingFile(**_serializer().loads(token, max_age=LIFETIME_SECONDS))
    except BadData:
        return None
    own = (pending.person_id, pending.contract_id) == (person_id, contract_id)
    return pending if own and pending.path() is not None else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="pending-import")

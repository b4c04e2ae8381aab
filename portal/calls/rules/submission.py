"""What is frozen when an application is filed: canonical text, its digest, the receipt, the delays."""

from __future__ import annotations

import enum
import hashlib
import json
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any, Union, get_args, get_origin, get_type_hints

from portal.calls.rules.filing import Dossier
from portal.foundation.periods import months_after, to_paris
from portal.foundation.refusals import Refusal, Refusals

SCHEMA = 1
NOT_FROZEN = frozenset({"carried", "offered_indicators", "requirements", "questions", "scan", "has_preview"})
"""What of a dossier belongs to the call, or still changes of a file, and is read there."""

IMPLICIT_REFUSAL_MONTHS = 2


def receipt_number(year: int, call_id: int, number: int, submission: int = 1) -> str:
    """« 2026-3-0012 »: unique in the portal; a later submission of the same application adds its rank."""
    return f"{year}-{call_id}-{number:04d}" + (f"-{submission}" if submission > 1 else "")


def implicit_refusal_on(received_at: datetime) -> date:
    """The day from which a funder's silence means refusal, absent any answer or missing piece."""
    return months_after(to_paris(received_at).date(), IMPLICIT_REFUSAL_MONTHS)


@dataclass(frozen=True)
class Pause:
    """A time during which the delay did not run: from the day something was asked of the organisation to
    the day it came, or the last day given for it (CRPA L114-5). `until` None: it has not come yet."""

    since: date
    due_on: date
    until: date | None

    def days(self, today: date) -> int:
        last = min(self.until or today, self.due_on)
        return max(0, (last - self.since).days)

    def is_running(self, today: date) -> bool:
        return self.until is None and today <= self.due_on


@dataclass(frozen=True)
class RefusalDelay:
    """The day from which silence means refusal, as far as is known; `is_suspended`: it does not run today."""

    on: date
    is_suspended: bool
    is_past: bool


def refusal_delay(received_at: datetime, pauses: Iterable[Pause], today: date) -> RefusalDelay:
    """Two months from the receipt, and the days during which the service waited for the organisation."""
    kept = list(pauses)
    days = sum(pause.days(today) for pause in kept)
    on = implicit_refusal_on(received_at) + timedelta(days=days)
    return RefusalDelay(on, any(pause.is_running(today) for pause in kept), on <= today)


def check_signature(name: str, role: str) -> None:
    """Raises Refusals on `signatory_name` and `signatory_role` when one is empty."""
    told = []
    if not name.strip():
        told.append(Refusal("Indiquez le nom de la personne qui signe.", "signatory_name"))
    if not role.strip():
        told.append(Refusal("Indiquez la fonction de la personne qui signe.", "signatory_role"))
    if told:
        raise Refusals(told)


def frozen(dossier: Dossier, *, receipt: str, received_at: datetime, signatory_name: str, signatory_role: str) -> str:
    """The canonical JSON of an application: keys in order, no space, texts as typed; the same bytes each time."""
    content = {
        "schema": SCHEMA,
        "receipt": receipt,
        "received_at": received_at.isoformat(),
        "signature": {"name": signatory_name, "role": signatory_role},
        "dossier": _plain(dossier),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(snapshot: str) -> str:
    """The SHA-256 of a snapshot, in hexadecimal."""
    return hashlib.sha256(snapshot.encode()).hexdigest()


def thawed(snapshot: str) -> Dossier:
    """The application as it was frozen."""
    dossier: Dossier = _built(Dossier, json.loads(snapshot)["dossier"])
    return dossier


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name not in NOT_FROZEN}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _built(kind: Any, value: Any) -> Any:
    """`value` (plain JSON) as the type `kind`."""
    if value is None:
        return None
    if get_origin(kind) in (Union, types.UnionType):
        return _built(next(each for each in get_args(kind) if each is not types.NoneType), value)
    if get_origin(kind) is tuple:
        return tuple(_built(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, enum.Enum) else value


def _dataclass(kind: Any, value: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    # A snapshot made before a field existed leaves it at its default.
    return kind(**{f.name: _built(hints[f.name], value[f.name]) for f in fields(kind) if f.name in value})

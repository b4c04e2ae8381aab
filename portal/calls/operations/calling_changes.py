"""Changing a call that several people prepare: whoever saves second sees both values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult

from portal.calls.models import Call
from portal.calls.rules import calling
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.money import format_share
from portal.foundation.refusals import Conflict
from portal.foundation.web.formats import date_fr, datetime_fr

STALE = "Cet appel a été modifié entre-temps. Comparez les deux saisies, puis enregistrez celle à garder."

Shown = dict[str, str]

LABELS = {
    "opens_at": "Ouverture",
    "closes_at": "Clôture",
    "actions_start_on": "Début des actions",
    "actions_end_on": "Fin des actions",
    "bilan_due_on": "Remise du bilan",
    "title": "Titre",
    "presentation": "Présentation",
    "who_may_apply": "Qui peut répondre",
    "previous_bilans_rule": "Bilans des années passées",
    "residents_rule": "Habitants des QPV",
    "public_share_warn_bp": "Part de financements publics",
    "reversement_allowed": "Reversement",
    "dauphin_rule": "DAUPHIN",
    "scoring_enabled": "Notation",
    "blind_scoring": "Notation à l’aveugle",
    "label": "Intitulé",
    "help": "Aide",
    "case": "Cas",
    "is_compulsory": "Obligatoire",
    "is_reusable": "Réutilisable",
    "weight": "Poids",
    "extension_reason": "Motif",
    "pre_projects_enabled": "Notes d’opportunité",
    "pre_projects_until": "Dernier jour des notes",
    "scenarios_enabled": "Scénarios",
    "kind": "Nature",
    "concerns": "Qui est concerné",
    "starts_on": "Premier jour",
    "ends_on": "Dernier jour",
    "is_public": "Visible des associations",
}


def words_of(name: str, value: object) -> str:
    """A stored value as its page shows it."""
    if value is None or value == "":
        return "non renseigné"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return datetime_fr(value)
    if isinstance(value, date):
        return date_fr(value)
    if isinstance(value, Enum):
        return str(getattr(value, "label", value))
    return format_share(cast(int, value)) if name.endswith("_bp") else str(value)


def shown(values: Mapping[str, object]) -> Shown:
    """Attributes and their values in French, for the page that shows both."""
    return {LABELS.get(name, name): words_of(name, value) for name, value in values.items()}


def listed(labels: Sequence[str]) -> str:
    return ", ".join(labels) or "aucun"


def claim(call: Call, version: int) -> bool:
    """Take the next version of a call for oneself; False when somebody wrote since `version`.

    The row stays locked until the unit of work ends.
    """
    statement = sa.update(Call).where(Call.id == call.id, Call.version == version).values(version=Call.version + 1)
    taken = db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.refresh(call)
    return bool(cast(CursorResult[Any], taken).rowcount)


def claim_part(call: Call, version: int, *, theirs: Callable[[], Shown], mine: Shown) -> None:
    """Claim a call to change a part of it. Raises Conflict with both values (`theirs` reads those stored now)."""
    if not claim(call, version):
        db.session.expire_all()
        raise Conflict(STALE, theirs=theirs(), mine=mine)


def claim_rules(call: Call, version: int, *, theirs: Callable[[], Shown], mine: Shown) -> None:
    """Claim a call to change what its public relies on: possible only before it is published.

    Raises Conflict with both values (`theirs` reads those stored now), or Refusal once published.
    """
    claim_part(call, version, theirs=theirs, mine=mine)
    calling.check_editable(call.status)


def change(call: Call, event: str, values: Mapping[str, Any], *, version: int, actor: Actor) -> None:
    """Give attributes of a call new values and record each change with what it was.

    Raises Conflict with both values when somebody wrote since `version`.
    """
    if not claim(call, version):
        raise Conflict(STALE, theirs=shown({name: getattr(call, name) for name in values}), mine=shown(values))
    assign(call, event, call, values, actor=actor)


def assign(call: Call, event: str, thing: Any, values: Mapping[str, Any], *, actor: Actor) -> None:
    """Set the attributes of a part of a call (or of itself); the event tells before and after."""
    changes: dict[str, Any] = {
        name: [getattr(thing, name), value] for name, value in values.items() if getattr(thing, name) != value
    }
    for name, value in values.items():
        setattr(thing, name, value)
    record(actor, event, call, **changes)

"""Everything the portal holds of one person, for that person.

Higher rooms add what they hold: `personal_data.offer("analyses", queries.assessments_of_person)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person, ReadAudit
from portal.accounts.queries.grants import grants_of
from portal.accounts.queries.mandates import mandates_of
from portal.accounts.queries.membership import requests_of
from portal.extensions import db
from portal.foundation.events import Event
from portal.foundation.outbox import Mail

Section = Callable[[int], list[dict[str, Any]]]
_sections: dict[str, Section] = {}


def offer(name: str, section: Section) -> None:
    """Add what a room holds of a person: `section(person_id)` answers plain rows."""
    _sections[name] = section


def export_of(person: Person) -> dict[str, Any]:
    """The whole as plain JSON values; secrets (password, second factor) are no data to read."""
    return {
        "compte": {
            "prenom": person.given_name,
            "nom": person.family_name,
            "adresse_electronique": person.email,
            "telephone": person.phone,
            "cree_le": _plain(person.created_at),
            "confirme_le": _plain(person.confirmed_at),
            "double_authentification_depuis": _plain(person.totp_confirmed_at),
        },
        "roles": _rows(asdict(grant) for grant in grants_of(person.id)),
        "demandes_en_attente": _rows(asdict(request) for request in requests_of(person.id)),
        "mandats": _rows(asdict(mandate) for mandate in mandates_of(person.id)),
        "messages_recus": _select(
            sa.select(Mail.template, Mail.recipient, Mail.created_at, Mail.sent_at)
            .where(Mail.person_id == person.id)
            .order_by(Mail.id)
        ),
        "actes": _select(
            sa.select(Event.at, Event.action, Event.subject_type, Event.subject_id)
            .where(Event.actor_person_id == person.id)
            .order_by(Event.id)
        ),
        "consultations_tracees": _select(
            sa.select(ReadAudit.at, ReadAudit.what, ReadAudit.subject_type, ReadAudit.subject_id)
            .where(ReadAudit.person_id == person.id)
            .order_by(ReadAudit.id)
        ),
        **{name: _rows(section(person.id)) for name, section in sorted(_sections.items())},
    }


def _select(statement: sa.Select[Any]) -> list[dict[str, Any]]:
    return _rows(dict(row) for row in db.session.execute(statement).mappings())


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime | date) else value

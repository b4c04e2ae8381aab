"""The documents an organisation keeps, by whom, and which applications use them.

A higher room tells the uses and the names of its own lists' documents:

    vault.offer_uses(queries.vault_uses)       # {vault document id: [Use]}
    vault.offer_labels(queries.labels_of)      # {code: label}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.accounts.models import Grant, Organisation, Person, VaultDocument
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.accounts.rules.vault import KINDS, Expiry, expiry
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.scan_states import ScanState


@dataclass(frozen=True)
class Use:
    """A thing that joins a document of the vault, and its page."""

    label: str
    path: str


Uses = Callable[[Sequence[int]], Mapping[int, list[Use]]]
Labels = Callable[[Iterable[str]], Mapping[str, str]]
_uses: list[Uses] = []
_labels: list[Labels] = []


def offer_uses(source: Uses) -> None:
    if source not in _uses:
        _uses.append(source)


def offer_labels(source: Labels) -> None:
    if source not in _labels:
        _labels.append(source)


@dataclass(frozen=True)
class KeptDocument:
    """A document of the vault as its page shows it."""

    id: int
    kind: str
    label: str
    file_name: str
    size_bytes: int
    scan: ScanState
    dated_on: date | None
    expires_on: date | None
    expiry: Expiry
    added_at: datetime
    added_by: str | None
    replaced_at: datetime | None
    uses: tuple[Use, ...]


def documents_of(organisation_id: int, today: date) -> list[KeptDocument]:
    """Every document, those in force first and by name, then those replaced, the last first."""
    rows = db.session.execute(
        sa.select(VaultDocument, StoredFile, Person)
        .join(StoredFile, StoredFile.id == VaultDocument.file_id)
        .outerjoin(Person, Person.id == VaultDocument.created_by_id)
        .where(VaultDocument.organisation_id == organisation_id)
        .order_by(VaultDocument.id.desc())
    ).all()
    labels = labels_of({row[0].kind for row in rows})
    uses: dict[int, list[Use]] = {}
    for source in _uses:
        for document_id, found in source([row[0].id for row in rows]).items():
            uses.setdefault(document_id, []).extend(found)
    kept = [
        KeptDocument(
            document.id,
            document.kind,
            labels[document.kind],
            file.original_name,
            file.size_bytes,
            file.scan,
            document.dated_on,
            document.expires_on,
            expiry(document.expires_on, today),
            document.created_at,
            person.display_name if person else None,
            document.replaced_at,
            tuple(uses.get(document.id, ())),
        )
        for document, file, person in rows
    ]
    running = sorted((each for each in kept if each.replaced_at is None), key=lambda each: each.label)
    return running + [each for each in kept if each.replaced_at is not None]


def labels_of(kinds: Iterable[str]) -> dict[str, str]:
    """The name of each kind: the portal's own, else that of the list that asked for it."""
    wanted = set(kinds)
    found = {kind: KINDS[kind] for kind in wanted if kind in KINDS}
    for source in _labels:
        for kind, label in source(wanted - set(found)).items():
            found.setdefault(kind, label)
    return {kind: found.get(kind, "Autre document") for kind in wanted}


def expiring(today: date, within: timedelta) -> list[tuple[VaultDocument, str, Person]]:
    """(document, organisation's name, whom to tell) of what expires soon and is still in force."""
    rows = db.session.execute(
        sa.select(VaultDocument, Organisation.name, Person)
        .join(Organisation, Organisation.id == VaultDocument.organisation_id)
        .join(Grant, sa.and_(Grant.scope_kind == ScopeKind.ORGANISATION, Grant.scope_id == Organisation.id))
        .join(Person, Person.id == Grant.person_id)
        .where(
            VaultDocument.replaced_at.is_(None),
            VaultDocument.expires_on.between(today, today + within),
            Organisation.dissolved_on.is_(None),
            Grant.role == Role.APPLICANT,
            Grant.level.in_([MemberLevel.OWNER, MemberLevel.EDITOR]),
            Grant.ended_at.is_(None),
            Person.confirmed_at.is_not(None),
            Person.disabled_at.is_(None),
        )
        .order_by(VaultDocument.id, Person.id)
    )
    return [(document, name, person) for document, name, person in rows]

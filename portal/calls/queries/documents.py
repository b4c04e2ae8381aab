"""Reading the documents of an application."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from portal.accounts.queries.vault import Use
from portal.calls.models import Application, ApplicationDocument, Call, DocumentRequirement
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.scan_states import ScanState


def count_joined(application_id: int, requirement_id: int | None) -> int:
    """How many files stand at a document of the list (None: beside it), those with a virus and the answers to
    questions left out."""
    return db.session.execute(
        sa.select(sa.func.count())
        .select_from(ApplicationDocument)
        .join(StoredFile, StoredFile.id == ApplicationDocument.file_id)
        .where(
            ApplicationDocument.application_id == application_id,
            ApplicationDocument.requirement_id == requirement_id,
            ApplicationDocument.question_id.is_(None),
            ApplicationDocument.removed_at.is_(None),
            StoredFile.scan != ScanState.INFECTED,
        )
    ).scalar_one()


def joined_from_vault(application_id: int) -> set[int]:
    """The documents of the vault (ids) that the application already has."""
    found = db.session.execute(
        sa.select(ApplicationDocument.vault_document_id).where(
            ApplicationDocument.application_id == application_id,
            ApplicationDocument.removed_at.is_(None),
            ApplicationDocument.vault_document_id.is_not(None),
        )
    ).scalars()
    return {vault_id for vault_id in found if vault_id is not None}


def vault_uses(vault_ids: Sequence[int]) -> dict[int, list[Use]]:
    """The applications that join each document of a vault, the last first."""
    rows = db.session.execute(
        sa.select(
            ApplicationDocument.vault_document_id, Application.id, Call.year, Application.number, Application.title
        )
        .join(Application, Application.id == ApplicationDocument.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(ApplicationDocument.vault_document_id.in_(vault_ids), ApplicationDocument.removed_at.is_(None))
        .distinct()
        .order_by(Call.year.desc(), Application.number.desc())
    )
    uses: dict[int, list[Use]] = {}
    for vault_id, application_id, year, number, title in rows:
        label = f"{year}-{number:03d} {title}".strip()
        uses.setdefault(vault_id or 0, []).append(Use(label, f"/dossiers/{application_id}"))
    return uses


def requirement_labels(codes: Iterable[str]) -> dict[str, str]:
    """The name under which calls ask for documents, the latest call's first to speak."""
    rows = db.session.execute(
        sa.select(DocumentRequirement.code, DocumentRequirement.label)
        .where(DocumentRequirement.code.in_(list(codes)))
        .order_by(DocumentRequirement.id)
    )
    return {row.code: row.label for row in rows}

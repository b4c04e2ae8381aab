"""The documents of an application: joining, taking away, taking from the organisation's vault."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.models import VaultDocument
from portal.accounts.operations.organisation import keep_in_vault
from portal.calls.models import Application, ApplicationDocument, DocumentRequirement
from portal.calls.operations.sections import check_editable
from portal.calls.states import Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal

OTHER = "Autre document"


def add_document(
    application: Application,
    requirement: DocumentRequirement | None,
    stored: StoredFile,
    *,
    actor: Actor,
    label: str | None = None,
) -> ApplicationDocument:
    """Join an upload (`stored`, not saved yet). One of the list replaces the one joined before it.

    A document that serves again next year also goes to the organisation's vault.
    """
    check_editable(application, Section.DOCUMENTS)
    stored.created_by_id = actor.person_id
    db.session.add(stored)
    db.session.flush()
    vault_id = None
    if requirement is not None and requirement.is_reusable:
        vault = keep_in_vault(application.organisation, requirement.code, stored.id, actor=actor)
        db.session.flush()
        vault_id = vault.id
    return _join(application, requirement, stored.id, vault_id, label, actor)


def reuse_document(
    application: Application, requirement: DocumentRequirement, vault: VaultDocument, *, actor: Actor
) -> ApplicationDocument:
    """Join a document that the organisation keeps."""
    check_editable(application, Section.DOCUMENTS)
    if vault.organisation_id != application.organisation_id or vault.replaced_at is not None:
        raise Refusal("Ce document n’est plus conservé pour votre structure.")
    return _join(application, requirement, vault.file_id, vault.id, None, actor)


def remove_document(application: Application, document: ApplicationDocument, *, actor: Actor) -> None:
    """Take a document away; its row stays for the trace."""
    check_editable(application, Section.DOCUMENTS)
    if document.removed_at is None:
        document.removed_at = clock.now()
        record(actor, "application.document_removed", document, label=document.label)


def _join(
    application: Application,
    requirement: DocumentRequirement | None,
    file_id: int,
    vault_id: int | None,
    label: str | None,
    actor: Actor,
) -> ApplicationDocument:
    if requirement is not None and requirement.call_id != application.call_id:
        raise Refusal("Ce document n’est pas demandé dans cet appel.")
    if requirement is not None:
        db.session.execute(
            sa.update(ApplicationDocument)
            .where(
                ApplicationDocument.application_id == application.id,
                ApplicationDocument.requirement_id == requirement.id,
                ApplicationDocument.removed_at.is_(None),
            )
            .values(removed_at=clock.now())
        )
    joined = ApplicationDocument(
        application_id=application.id,
        requirement_id=requirement.id if requirement else None,
        label=requirement.label if requirement else (label or OTHER),
        file_id=file_id,
        vault_document_id=vault_id,
        added_at=clock.now(),
        added_by_id=actor.person_id,
    )
    db.session.add(joined)
    record(actor, "application.document_added", joined, label=joined.label)
    return joined

"""The documents of an application: joining, taking away, taking from the organisation's vault."""

from __future__ import annotations

from datetime import date

from portal.accounts.models import VaultDocument
from portal.accounts.operations.organisation import keep_in_vault
from portal.calls.models import Application, ApplicationDocument, DocumentRequirement
from portal.calls.operations.sections import check_editable
from portal.calls.queries.documents import count_joined
from portal.calls.rules.documents import MOST_FILES, check_date, expiry_of
from portal.calls.states import Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal

OTHER = "Autre document"


def add_document(
    application: Application,
    requirement: DocumentRequirement | None,
    stored: StoredFile,
    *,
    actor: Actor,
    label: str | None = None,
    dated_on: date | None = None,
) -> ApplicationDocument:
    """Join an upload (`stored`, not saved yet) beside what is joined already for the same document.

    A document that serves again next year also goes to the organisation's vault, where the first file
    takes the place of last year's. `dated_on` is the date written on it. Raises Refusal on `dated_on`
    or `file`.
    """
    check_editable(application, Section.DOCUMENTS)
    today = to_paris(clock.now()).date()
    months = requirement.valid_months if requirement is not None else None
    check_date(dated_on, months, today)
    joined_before = _check_room(application, requirement)
    stored.created_by_id = actor.person_id
    db.session.add(stored)
    db.session.flush()
    vault_id = None
    if requirement is not None and requirement.is_reusable:
        vault = keep_in_vault(
            application.organisation,
            requirement.code,
            stored.id,
            actor=actor,
            dated_on=dated_on,
            expires_on=expiry_of(today, dated_on, months),
            beside=joined_before > 0,
        )
        db.session.flush()
        vault_id = vault.id
    return _join(application, requirement, stored.id, vault_id, label, actor)


def reuse_document(
    application: Application, requirement: DocumentRequirement, vault: VaultDocument, *, actor: Actor
) -> ApplicationDocument:
    """Join a document that the organisation keeps. Raises Refusal when it has expired or is gone."""
    check_editable(application, Section.DOCUMENTS)
    if vault.organisation_id != application.organisation_id or vault.replaced_at is not None:
        raise Refusal("Ce document n’est plus conservé pour votre structure.")
    if vault.kind != requirement.code:
        raise Refusal("Ce n’est pas le document demandé ici.")
    if vault.expires_on is not None and vault.expires_on < to_paris(clock.now()).date():
        raise Refusal(
            f"Ce document n’est plus valable depuis le {vault.expires_on:%d/%m/%Y} : joignez-en un plus récent."
        )
    _check_room(application, requirement)
    return _join(application, requirement, vault.file_id, vault.id, None, actor)


def remove_document(application: Application, document: ApplicationDocument, *, actor: Actor) -> None:
    """Take a document away; its row stays for the trace."""
    check_editable(application, Section.QUESTIONS if document.question_id else Section.DOCUMENTS)
    if document.removed_at is None:
        document.removed_at = clock.now()
        record(actor, "application.document_removed", document, label=document.label)


def _check_room(application: Application, requirement: DocumentRequirement | None) -> int:
    """How many files stand there already; there is a limit to them."""
    if requirement is not None and requirement.call_id != application.call_id:
        raise Refusal("Ce document n’est pas demandé dans cet appel.")
    joined = count_joined(application.id, requirement.id if requirement else None)
    if joined >= MOST_FILES:
        raise Refusal(
            f"Il y a déjà {MOST_FILES} fichiers ici : retirez-en un, ou réunissez les pages dans un seul PDF.", "file"
        )
    return joined


def _join(
    application: Application,
    requirement: DocumentRequirement | None,
    file_id: int,
    vault_id: int | None,
    label: str | None,
    actor: Actor,
) -> ApplicationDocument:
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

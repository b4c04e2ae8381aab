"""The documents an organisation keeps: added, dated, replaced, taken away, and the reminder before they expire."""

from __future__ import annotations

from datetime import date

from portal.accounts.models import Organisation, VaultDocument
from portal.accounts.operations.organisation import keep_in_vault
from portal.accounts.queries.vault import expiring, labels_of
from portal.accounts.rules.vault import WARNED, check_dates
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import date_fr


def add_to_vault(
    organisation: Organisation,
    kind: str,
    stored: StoredFile,
    dated_on: date | None,
    expires_on: date | None,
    *,
    actor: Actor,
) -> VaultDocument:
    """Keep an upload (`stored`, not saved yet); it takes the place of the one of the same kind."""
    check_dates(dated_on, expires_on, _today())
    stored.created_by_id = actor.person_id
    db.session.add(stored)
    db.session.flush()
    return keep_in_vault(organisation, kind, stored.id, actor=actor, dated_on=dated_on, expires_on=expires_on)


def date_document(document: VaultDocument, dated_on: date | None, expires_on: date | None, *, actor: Actor) -> None:
    """Correct the dates of a document in force."""
    _check_in_force(document)
    check_dates(dated_on, expires_on, _today())
    before = [document.dated_on, document.expires_on]
    document.dated_on, document.expires_on = dated_on, expires_on
    record(actor, "organisation.document_dated", _organisation(document), kind=document.kind, dates=before)


def remove_from_vault(document: VaultDocument, *, actor: Actor) -> None:
    """Take a document out of the vault; the applications that joined it keep it."""
    _check_in_force(document)
    document.replaced_at = clock.now()
    record(actor, "organisation.document_removed", _organisation(document), kind=document.kind)


def remind_expiring() -> None:
    """Tell those who write for the organisation, once, a month before a document serves no more."""
    found = expiring(_today(), WARNED)
    labels = labels_of({document.kind for document, _, _ in found})
    for document, name, person in found:
        outbox.mail(
            "document_expires",
            to=person.email,
            key=f"document_expires:{document.id}:{document.expires_on}:{person.id}",
            person_id=person.id,
            organisation=name,
            document=labels[document.kind],
            expires_on=date_fr(document.expires_on) if document.expires_on else "",
            page=f"/structures/{document.organisation_id}/documents",
        )


outbox.periodic(remind_expiring)


def _check_in_force(document: VaultDocument) -> None:
    if document.replaced_at is not None:
        raise Refusal("Ce document a déjà été remplacé ou retiré.")


def _organisation(document: VaultDocument) -> Organisation:
    return db.session.get_one(Organisation, document.organisation_id)


def _today() -> date:
    return to_paris(clock.now()).date()

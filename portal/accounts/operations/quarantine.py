"""What the organisation's vault does with a file that the antivirus keeps closed, and who is told."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.models import BankAccount, Person, VaultDocument
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.files import StoredFile
from portal.foundation.scan_states import ScanState
from portal.foundation.scanning import Place, on_virus, tell_with
from portal.foundation.web.formats import datetime_fr


@on_virus
def _forget_in_vault(stored: StoredFile) -> Place | None:
    """The vault offers it no more; a bank account stays, without its document."""
    db.session.execute(
        sa.update(VaultDocument)
        .where(VaultDocument.file_id == stored.id, VaultDocument.replaced_at.is_(None))
        .values(replaced_at=clock.now())
    )
    account = db.session.execute(
        sa.select(BankAccount).where(BankAccount.file_id == stored.id, BankAccount.replaced_at.is_(None))
    ).scalar()
    if account is None:
        return None
    account.file_id = None
    return Place("le compte bancaire de votre structure", f"/structures/{account.organisation_id}/compte-bancaire")


@tell_with
def _tell_sender(stored: StoredFile, place: Place | None) -> None:
    """A mail to whoever sent it, once."""
    sender = db.session.get(Person, stored.created_by_id) if stored.created_by_id else None
    if sender is None or not sender.is_active:
        return
    outbox.mail(
        "file_infected" if stored.scan is ScanState.INFECTED else "file_not_scanned",
        to=sender.email,
        key=f"file-{stored.scan.value}:{stored.id}",
        person_id=sender.id,
        file_name=stored.original_name,
        sent_at=datetime_fr(stored.created_at),
        place=place.label if place else "",
        path=place.path if place else "",
    )

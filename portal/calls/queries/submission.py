"""What was received: the receipt and the frozen application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from portal.calls.models import Application, ApplicationDocument, Submission
from portal.calls.queries.reopening import is_correcting
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.filing import Dossier
from portal.calls.rules.submission import thawed
from portal.calls.states import NEVER_FILED
from portal.extensions import db

FILED = 1
"""The number of the version that was filed: the receipt and the acknowledgement are its own."""


def submission_of(application_id: int) -> Submission | None:
    """The latest submission of an application."""
    return db.session.execute(
        sa.select(Submission)
        .where(Submission.application_id == application_id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).scalar_one_or_none()


def submission_numbered(application_id: int, number: int) -> Submission | None:
    """One version of an application; the first is what was filed."""
    return db.session.execute(
        sa.select(Submission).where(Submission.application_id == application_id, Submission.number == number)
    ).scalar_one_or_none()


@dataclass(frozen=True)
class Version:
    """A version of an application as received, without its content."""

    number: int
    receipt_number: str
    received_at: datetime
    signatory_name: str
    signatory_role: str
    sha256: str
    pdf_file_id: int | None

    @property
    def label(self) -> str:
        return "Dossier déposé" if self.number == 1 else f"Version corrigée n° {self.number}"


def versions_of(application_id: int) -> list[Version]:
    """The versions received of an application, the last first."""
    rows = db.session.execute(
        sa.select(
            Submission.number, Submission.receipt_number, Submission.received_at, Submission.signatory_name,
            Submission.signatory_role, Submission.sha256, Submission.pdf_file_id,
        )
        .where(Submission.application_id == application_id)
        .order_by(Submission.number.desc())
    )  # fmt: skip
    return [Version(*row) for row in rows]


def as_received(application: Application) -> Dossier:
    """The application as those who study it read it: what its organisation is still correcting stays its own."""
    live = dossier_of(application)
    submission = submission_of(application.id) if is_correcting(application.id) else None
    if submission is None:
        return live
    # A file is scanned and previewed after it was received: what is known of it today goes with it.
    known = {document.id: document for document in live.documents}
    received = thawed(submission.snapshot)
    return replace(
        received,
        status=live.status,
        documents=tuple(known.get(document.id, document) for document in received.documents),
        offered_indicators=live.offered_indicators,
        requirements=live.requirements,
    )


def was_received(application: Application, document: ApplicationDocument) -> bool:
    """Whether those who study an application may open a document: neither one that its organisation joins
    while it corrects, nor one that it took away before sending anything."""
    if application.status in NEVER_FILED:
        return False
    if document.removed_at is None and not is_correcting(application.id):
        return True
    versions = db.session.scalars(
        sa.select(Submission.snapshot).where(Submission.application_id == application.id)
    ).all()
    if not versions:
        return document.removed_at is None
    return any(document.id == joined.id for snapshot in versions for joined in thawed(snapshot).documents)


@dataclass(frozen=True)
class Contact:
    """The service that received an application, as the acknowledgement must tell it."""

    service: str
    city: str
    address: str | None
    email: str | None
    phone: str | None
    appeals: str | None


def contact_of(application: Application) -> Contact:
    contract = application.call.contract
    return Contact(
        contract.contact_service, contract.commune_name, contract.contact_address, contract.contact_email,
        contract.contact_phone, contract.appeal_notice,
    )  # fmt: skip

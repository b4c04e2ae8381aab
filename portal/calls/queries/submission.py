"""What was received: the receipt and the frozen application."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import Application, Submission
from portal.extensions import db


def submission_of(application_id: int) -> Submission | None:
    """The latest submission of an application."""
    return db.session.execute(
        sa.select(Submission)
        .where(Submission.application_id == application_id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).scalar_one_or_none()


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

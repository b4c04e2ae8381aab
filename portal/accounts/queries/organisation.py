"""Reading an organisation's sheet, its bank account, its vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.accounts.models import BankAccount, Organisation, OrganisationYear, VaultDocument
from portal.accounts.rules.organisation import BankSheet, OrganisationSheet, YearSheet
from portal.extensions import db
from portal.foundation.files import StoredFile

IDENTITY = (
    "name", "acronym", "rna", "jo_published_on", "created_on", "address", "postcode", "town",
    "correspondence_address", "website", "email", "phone", "representative_name", "representative_role",
    "representative_email", "representative_phone", "signatory_name", "signatory_role", "has_auditor",
    "subject_to_commercial_taxes", "public_utility", "networks",
)  # fmt: skip
"""The columns of the sheet that are kept as they are typed."""

MEANS = (
    "volunteers", "civic_volunteers", "employees", "fte_hundredths", "aided_jobs", "members_women",
    "members_men", "budget_cents", "public_subsidies_cents", "reserves_cents",
)  # fmt: skip
"""The columns of one year."""


def sheet_of(organisation: Organisation, year: int) -> OrganisationSheet:
    """The organisation as its form shows it, with its means of `year`."""
    means = year_of(organisation.id, year)
    return OrganisationSheet(
        id=organisation.id,
        kind=organisation.kind.value,
        kind_label=organisation.kind.label,
        version=organisation.version,
        siret=organisation.siret,
        means=YearSheet(year, **{name: getattr(means, name) for name in MEANS}) if means else YearSheet(year),
        bank=_bank_sheet(bank_account_of(organisation.id)),
        **{name: getattr(organisation, name) for name in IDENTITY},
    )


def year_of(organisation_id: int, year: int) -> OrganisationYear | None:
    return db.session.execute(
        sa.select(OrganisationYear).where(
            OrganisationYear.organisation_id == organisation_id, OrganisationYear.year == year
        )
    ).scalar_one_or_none()


def bank_account_of(organisation_id: int) -> BankAccount | None:
    """The account in force, or None."""
    return db.session.execute(
        sa.select(BankAccount)
        .where(BankAccount.organisation_id == organisation_id, BankAccount.replaced_at.is_(None))
        .order_by(BankAccount.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def _bank_sheet(account: BankAccount | None) -> BankSheet | None:
    if account is None:
        return None
    return BankSheet(account.iban[-4:], account.bic, account.holder, account.checked_at is not None)


@dataclass(frozen=True)
class VaultRow:
    """A document kept for all the applications of an organisation."""

    id: int
    kind: str
    file_id: int
    file_name: str
    size_bytes: int
    dated_on: date | None
    expires_on: date | None
    created_at: datetime


def vault_of(organisation_id: int) -> list[VaultRow]:
    """The documents in force, the most recent first."""
    rows = db.session.execute(
        sa.select(
            VaultDocument.id, VaultDocument.kind, StoredFile.id, StoredFile.original_name, StoredFile.size_bytes,
            VaultDocument.dated_on, VaultDocument.expires_on, VaultDocument.created_at,
        )
        .join(StoredFile, StoredFile.id == VaultDocument.file_id)
        .where(VaultDocument.organisation_id == organisation_id, VaultDocument.replaced_at.is_(None))
        .order_by(VaultDocument.id.desc())
    )  # fmt: skip
    return [VaultRow(*row) for row in rows]


def siren_holder(siren: str) -> int | None:
    """The id of the organisation known under a SIREN."""
    return db.session.execute(sa.select(Organisation.id).where(Organisation.siren == siren)).scalar_one_or_none()


def rna_holder(rna: str) -> int | None:
    """The id of the organisation known under an RNA number."""
    return db.session.execute(sa.select(Organisation.id).where(Organisation.rna == rna)).scalar_one_or_none()

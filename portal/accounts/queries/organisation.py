"""Reading an organisation's sheet, its bank account, its vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.accounts.models import (
    Approval,
    BankAccount,
    Establishment,
    Organisation,
    OrganisationYear,
    Person,
    VaultDocument,
)
from portal.accounts.queries.banking import bank_account_of, state_of
from portal.accounts.rules.banking import BankState
from portal.accounts.rules.organisation import ApprovalLine, BankSheet, OrganisationSheet, YearSheet
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.scan_states import ScanState

IDENTITY = (
    "name", "acronym", "rna", "jo_published_on", "created_on", "address", "postcode", "town",
    "correspondence_address", "website", "email", "phone", "representative_name", "representative_role",
    "representative_email", "representative_phone", "signatory_name", "signatory_role", "has_auditor",
    "subject_to_commercial_taxes", "public_utility", "networks", "contact_name", "contact_email", "contact_phone",
)  # fmt: skip
"""The columns of the sheet that are kept as they are typed."""

MEANS = (
    "volunteers", "civic_volunteers", "employees", "fte_hundredths", "aided_jobs", "members_women",
    "members_men", "budget_cents", "public_subsidies_cents", "reserves_cents",
)  # fmt: skip
"""The columns of one year."""


PAST_YEARS = 4
"""How many years are shown beside the one asked."""


def sheet_of(organisation: Organisation, year: int) -> OrganisationSheet:
    """The organisation as its form shows it, with its means of `year` and those of the years before."""
    years = years_of(organisation.id, year - PAST_YEARS, year)
    return OrganisationSheet(
        id=organisation.id,
        kind=organisation.kind.value,
        kind_label=organisation.kind.label,
        version=organisation.version,
        siret=organisation.siret,
        means=years.pop(year, YearSheet(year)),
        past_years=tuple(years.values()),
        approvals=tuple(ApprovalLine(row.kind, row.given_by, row.given_on) for row in approvals_of(organisation.id)),
        bank=bank_sheet(bank_account_of(organisation.id)),
        **{name: getattr(organisation, name) for name in IDENTITY},
    )


def years_of(organisation_id: int, first: int, last: int) -> dict[int, YearSheet]:
    """The years of which something is known, the last first."""
    rows = db.session.execute(
        sa.select(OrganisationYear)
        .where(OrganisationYear.organisation_id == organisation_id, OrganisationYear.year.between(first, last))
        .order_by(OrganisationYear.year.desc())
    ).scalars()
    return {row.year: YearSheet(row.year, **{name: getattr(row, name) for name in MEANS}) for row in rows}


def approvals_of(organisation_id: int) -> list[Approval]:
    """The approvals, the oldest first."""
    return list(
        db.session.execute(
            sa.select(Approval).where(Approval.organisation_id == organisation_id).order_by(Approval.id)
        ).scalars()
    )


def establishments_of(organisation: Organisation) -> list[Establishment]:
    """Every SIRET, those in force first, then the last ended."""
    places = sorted(
        organisation.establishments, key=lambda place: (place.starts_on or date.min, place.id), reverse=True
    )
    return sorted(places, key=lambda place: place.ends_on is not None)


@dataclass(frozen=True)
class Reading:
    """Who last wrote the sheet, and who last said that it is right."""

    saved_at: datetime | None
    saved_by: str | None
    checked_at: datetime | None
    checked_by: str | None


def reading_of(organisation: Organisation) -> Reading:
    def name(person_id: int | None) -> str | None:
        person = db.session.get(Person, person_id) if person_id else None
        return person.display_name if person else None

    return Reading(
        organisation.saved_at, name(organisation.saved_by_id), organisation.checked_at, name(organisation.checked_by_id)
    )


def year_of(organisation_id: int, year: int) -> OrganisationYear | None:
    return db.session.execute(
        sa.select(OrganisationYear).where(
            OrganisationYear.organisation_id == organisation_id, OrganisationYear.year == year
        )
    ).scalar_one_or_none()


def bank_sheet(account: BankAccount | None) -> BankSheet | None:
    """What pages show of an account: never its whole number."""
    if account is None:
        return None
    return BankSheet(account.iban[-4:], account.bic, account.holder, state_of(account) is BankState.CHECKED)


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
    scan: ScanState

    def has_expired(self, today: date) -> bool:
        return self.expires_on is not None and self.expires_on < today


def vault_of(organisation_id: int) -> list[VaultRow]:
    """The documents in force, the most recent first."""
    rows = db.session.execute(
        sa.select(
            VaultDocument.id, VaultDocument.kind, StoredFile.id, StoredFile.original_name, StoredFile.size_bytes,
            VaultDocument.dated_on, VaultDocument.expires_on, VaultDocument.created_at, StoredFile.scan,
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

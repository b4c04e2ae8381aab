"""Organisations: who they are, year by year, their SIRETs, bank accounts, documents, officers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts import scopes
from portal.accounts.rules import ScopeKind
from portal.foundation.database import Base, Identified, enum_type, reference


class OrganisationKind(StrEnum):
    ASSOCIATION = "association"
    EPLE = "eple"
    COMMUNE = "commune"
    CCAS = "ccas"
    EPCI = "epci"
    GIP = "gip"
    FOUNDATION = "foundation"
    MUTUAL = "mutual"
    ESUS = "esus"
    LANDLORD = "landlord"
    OTHER_PUBLIC = "other_public"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return _ORGANISATION_LABELS[self.value]


_ORGANISATION_LABELS = {
    "association": "Association",
    "eple": "Établissement scolaire (EPLE)",
    "commune": "Commune",
    "ccas": "CCAS",
    "epci": "Intercommunalité (EPCI)",
    "gip": "Groupement d’intérêt public",
    "foundation": "Fondation",
    "mutual": "Mutuelle",
    "esus": "Entreprise solidaire (ESUS)",
    "landlord": "Bailleur social",
    "other_public": "Autre organisme public",
    "unknown": "Non communiqué",
}


class Organisation(Identified, Base):
    """A porteur de projet. An imported one may be known by its name alone (siren NULL)."""

    __tablename__ = "organisation"
    __table_args__ = (
        sa.CheckConstraint("siren IS NULL OR length(siren) = 9", name="siren_length"),
        sa.CheckConstraint("rna IS NULL OR length(rna) = 10", name="rna_length"),
        sa.Index("ix_organisation_name_fold", "name_fold"),  # search and French order
    )

    name: Mapped[str]
    name_fold: Mapped[str]
    # The comparison key of an imported name (accents kept): two imports meet on it.
    printed_key: Mapped[str | None] = mapped_column(unique=True)
    acronym: Mapped[str | None]
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind, "kind"))
    siren: Mapped[str | None] = mapped_column(unique=True)
    rna: Mapped[str | None] = mapped_column(unique=True)
    jo_published_on: Mapped[date | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    town: Mapped[str | None]
    correspondence_address: Mapped[str | None]
    website: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    representative_name: Mapped[str | None]
    representative_role: Mapped[str | None]
    representative_email: Mapped[str | None]
    representative_phone: Mapped[str | None]
    signatory_name: Mapped[str | None]
    signatory_role: Mapped[str | None]
    has_auditor: Mapped[bool | None]
    subject_to_commercial_taxes: Mapped[bool | None]
    public_utility: Mapped[bool | None]
    networks: Mapped[str | None]
    created_on: Mapped[date | None]
    # Whom to ask about the structure's applications, when it is not the representative.
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    # When somebody last said that the sheet is still right, and who.
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    merged_into_id: Mapped[int | None] = reference("organisation.id", nullable=True)
    dissolved_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    # The page whose save made this version: its own repeat is nobody's conflict.
    saved_from: Mapped[str | None]
    saved_at: Mapped[datetime | None]
    saved_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)

    establishments: Mapped[list[Establishment]] = relationship(
        back_populates="organisation", order_by="Establishment.starts_on"
    )

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Its members'; the contracts under which it files; every contract for one that never did.

        An absorbed structure is also its successor's, to whose page it leads.
        """
        own = {self.id} if self.merged_into_id is None else {self.id, self.merged_into_id}
        return scopes.following(self.merged_into_id or self.id) | {ScopeKind.ORGANISATION: own}

    @property
    def siret(self) -> str | None:
        """The SIRET in force: the last one opened and not ended."""
        running = [place for place in self.establishments if place.ends_on is None]
        # Unknown beginnings sort differently from one database to the other: the order is ours.
        last = max(running, key=lambda place: (place.starts_on or date.min, place.id or 0), default=None)
        return last.siret if last else None


class Establishment(Identified, Base):
    """A dated SIRET of an organisation: it changes when the seat moves."""

    __tablename__ = "establishment"
    __table_args__ = (
        sa.CheckConstraint("length(siret) = 14", name="siret_length"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
    )

    organisation_id: Mapped[int] = reference("organisation.id")
    siret: Mapped[str] = mapped_column(unique=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(back_populates="establishments")


class OrganisationYear(Identified, Base):
    """Human means and public subsidies of one year. Unknown stays NULL, never 0."""

    __tablename__ = "organisation_year"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "year"),)

    organisation_id: Mapped[int] = reference("organisation.id", index=False)
    year: Mapped[int]
    volunteers: Mapped[int | None]
    civic_volunteers: Mapped[int | None]
    employees: Mapped[int | None]
    # Hundredths of a full-time equivalent.
    fte_hundredths: Mapped[int | None]
    aided_jobs: Mapped[int | None]
    members_women: Mapped[int | None]
    members_men: Mapped[int | None]
    budget_cents: Mapped[int | None]
    public_subsidies_cents: Mapped[int | None]
    reserves_cents: Mapped[int | None]


class Approval(Identified, Base):
    """An approval (agrément) that an administration gave the organisation."""

    __tablename__ = "approval"

    organisation_id: Mapped[int] = reference("organisation.id")
    kind: Mapped[str]
    given_by: Mapped[str | None]
    given_on: Mapped[date | None]


class BankAccount(Identified, Base):
    """An IBAN of an organisation. A new one replaces the last; payments wait for the call-back."""

    __tablename__ = "bank_account"
    __table_args__ = (
        sa.CheckConstraint("checked_at IS NULL OR rejected_at IS NULL", name="one_answer"),
        sa.CheckConstraint("checked_at IS NULL OR called_name IS NOT NULL", name="called"),
        # One account in force: two changes at the same instant cannot both stand.
        sa.Index(
            "uq_bank_account_running",
            "organisation_id",
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        ),
    )

    organisation_id: Mapped[int] = reference("organisation.id")
    iban: Mapped[str]
    bic: Mapped[str | None]
    holder: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    replaced_at: Mapped[datetime | None]
    # The call-back: who was called, at which number, by whom; or that nobody there knows this account.
    checked_at: Mapped[datetime | None]
    rejected_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    called_name: Mapped[str | None]
    called_number: Mapped[str | None]
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)


class VaultDocument(Identified, Base):
    """A document of the organisation kept for all its applications (statutes, accounts, RIB…)."""

    __tablename__ = "vault_document"

    organisation_id: Mapped[int] = reference("organisation.id")
    kind: Mapped[str]
    file_id: Mapped[int] = reference("stored_file.id", index=False)
    dated_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    replaced_at: Mapped[datetime | None]


class Mandate(Identified, Base):
    """A person holds an office in a structure between two dates: it pre-fills recusals."""

    __tablename__ = "mandate"
    __table_args__ = (sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),)

    organisation_id: Mapped[int] = reference("organisation.id")
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    holder_name: Mapped[str]
    office: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()


class DirectoryAnswer(Identified, Base):
    """What the public directory of companies answered, kept for a while."""

    __tablename__ = "directory_answer"

    question: Mapped[str] = mapped_column(unique=True)
    companies: Mapped[list[Any]] = mapped_column(sa.JSON())
    expires_at: Mapped[datetime]

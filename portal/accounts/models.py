"""People, organisations, who may do what."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts import scopes
from portal.accounts.rules import INSTANCE_ID, MemberLevel, Role, ScopeKind
from portal.foundation.database import Base, BigId, Identified, enum_type, reference


class Person(UserMixin, Identified, Base):
    """Somebody with an account. `email_fold` is the address as compared, lower case."""

    __tablename__ = "person"

    email: Mapped[str]
    email_fold: Mapped[str] = mapped_column(unique=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    phone: Mapped[str | None]
    password_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # Moves at every "sign out everywhere", password or factor change: older sessions end.
    session_epoch: Mapped[int] = mapped_column(default=0)
    totp_secret: Mapped[str | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_counter: Mapped[int | None]

    grants: Mapped[list[Grant]] = relationship(back_populates="person", foreign_keys="Grant.person_id")

    @property
    def display_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.email

    def get_id(self) -> str:
        return f"{self.id}:{self.session_epoch}"

    @property
    def is_active(self) -> bool:
        return self.confirmed_at is not None and self.disabled_at is None

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """An account is looked after by the admins alone."""
        return {ScopeKind.INSTANCE: {INSTANCE_ID}}


class RecoveryCode(Identified, Base):
    """A one-time code (stored hashed) for whoever lost the second factor."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = reference("person.id", ondelete="CASCADE")
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class Grant(Identified, Base):
    """A person, a role, exactly one scope. Ended, never deleted."""

    __tablename__ = "grant"
    __table_args__ = (
        sa.CheckConstraint("(role = 'applicant') = (level IS NOT NULL)", name="level_of_applicants"),
        # The members of an organisation, the people of a call or contract.
        sa.Index("ix_grant_scope", "scope_kind", "scope_id"),
        sa.Index(
            "uq_grant_running",
            "person_id",
            "role",
            "scope_kind",
            "scope_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    person_id: Mapped[int] = reference("person.id")
    role: Mapped[Role] = mapped_column(enum_type(Role, "role"))
    scope_kind: Mapped[ScopeKind] = mapped_column(enum_type(ScopeKind, "scope_kind"))
    # Scopes live in higher rooms, and none is ever deleted: no foreign key here.
    scope_id: Mapped[int] = mapped_column(BigId)
    level: Mapped[MemberLevel | None] = mapped_column(enum_type(MemberLevel, "level"))
    created_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return scopes.containing(self.scope_kind, self.scope_id)


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
    merged_into_id: Mapped[int | None] = reference("organisation.id", nullable=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    establishments: Mapped[list[Establishment]] = relationship(
        back_populates="organisation", order_by="Establishment.starts_on"
    )

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return {ScopeKind.ORGANISATION: {self.id}}

    @property
    def siret(self) -> str | None:
        """The SIRET in force: the last one opened and not ended."""
        running = [place.siret for place in self.establishments if place.ends_on is None]
        return running[-1] if running else None


class Establishment(Identified, Base):
    """A dated SIRET of an organisation: it changes when the seat moves."""

    __tablename__ = "establishment"
    __table_args__ = (sa.CheckConstraint("length(siret) = 14", name="siret_length"),)

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


class BankAccount(Identified, Base):
    """An IBAN of an organisation. A new one replaces the last; payments wait for the call-back."""

    __tablename__ = "bank_account"

    organisation_id: Mapped[int] = reference("organisation.id")
    iban: Mapped[str]
    bic: Mapped[str | None]
    holder: Mapped[str]
    created_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
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


class JoinRequest(Identified, Base):
    """Somebody asks the owners of a known organisation to let them in.

    Without an owner to answer, the Direction does.
    """

    __tablename__ = "join_request"

    organisation_id: Mapped[int] = reference("organisation.id")
    person_id: Mapped[int] = reference("person.id")
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Its owners'; and any manager's, whom the operation lets answer only where there is no owner."""
        return scopes.everywhere() | {ScopeKind.ORGANISATION: {self.organisation_id}}


class ReadAudit(Identified, Base):
    """Who opened a bank document or took an export, written before the bytes leave."""

    __tablename__ = "read_audit"

    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(BigId, index=True)
    what: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BigId)
    details: Mapped[dict[str, Any]]

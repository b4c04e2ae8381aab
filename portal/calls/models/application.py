"""An application and what its sections hold, in typed rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.accounts.rules import ScopeKind
from portal.calls.models.call import Call
from portal.calls.models.money import FundingLine
from portal.calls.states import (
    NEVER_FILED,
    ApplicationStatus,
    Duration,
    Origin,
    Participation,
    Phase,
    RecusalSource,
    Section,
    Sex,
)
from portal.contracts.models import Theme
from portal.foundation.database import Base, Identified, enum_type, reference
from portal.foundation.files import StoredFile
from portal.quartiers.models import Quartier

if TYPE_CHECKING:
    from portal.calls.models.agreement import AgreementYear
    from portal.calls.models.reception import Reception


class Application(Identified, Base):
    """One project by one organisation under one call. Unknown stays NULL, never 0."""

    __tablename__ = "application"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "number"),
        # An import run twice meets its own rows on this key.
        sa.UniqueConstraint("call_id", "organisation_id", "printed_key"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
        sa.CheckConstraint(
            "(duration = 'multi_year' AND years BETWEEN 2 AND 4) OR (duration <> 'multi_year' AND years = 1)",
            name="years",
        ),
        sa.Index("ix_application_call_id_status", "call_id", "status"),  # the instruction queue
    )

    call_id: Mapped[int] = reference("call.id", index=False)
    organisation_id: Mapped[int] = reference("organisation.id")
    # Counts from 1 in its call, given when the draft is made: « 2026-012 ».
    number: Mapped[int]
    origin: Mapped[Origin] = mapped_column(enum_type(Origin, "origin"))
    status: Mapped[ApplicationStatus] = mapped_column(enum_type(ApplicationStatus, "status"))
    title: Mapped[str]
    title_fold: Mapped[str]
    printed_key: Mapped[str | None]
    renewal_of_id: Mapped[int | None] = reference("application.id", nullable=True)
    is_renewal: Mapped[bool | None]
    duration: Mapped[Duration] = mapped_column(enum_type(Duration, "duration"), default=Duration.ONE_YEAR)
    # How many years the forecast budget covers, the call's first.
    years: Mapped[int] = mapped_column(default=1)
    applicant_rank: Mapped[int | None]
    # project
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    need: Mapped[str | None]
    need_identified_by: Mapped[str | None]
    objectives: Mapped[str | None]
    # What a multi-year project aims at over its whole length.
    objectives_by_year: Mapped[str | None]
    description: Mapped[str | None]
    places: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    calendar: Mapped[str | None]
    staff_count: Mapped[int | None]
    staff_fte_hundredths: Mapped[int | None]
    volunteers_count: Mapped[int | None]
    equipment: Mapped[str | None]
    partners_text: Mapped[str | None]
    common_law_means: Mapped[str | None]
    # policy
    main_theme_id: Mapped[int | None] = reference("theme.id", nullable=True)
    # public
    people_expected: Mapped[int | None]
    public_characteristics: Mapped[str | None]
    outreach: Mapped[str | None]
    # budget
    indirect_costs_rule: Mapped[str | None]
    # evaluation
    evaluation_method: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    outcome_known_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    version: Mapped[int] = mapped_column(default=1)
    # The revision of the programming table at which what it shows of the whole application last changed.
    table_revision: Mapped[int] = mapped_column(default=0)

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    main_theme: Mapped[Theme | None] = relationship()
    placements: Mapped[list[Placement]] = relationship(back_populates="application", order_by="Placement.id")
    funding_lines: Mapped[list[FundingLine]] = relationship(back_populates="application", order_by="FundingLine.id")
    # Which later year of a multi-year agreement it carries.
    agreement: Mapped[AgreementYear | None] = relationship(
        back_populates="application", foreign_keys="AgreementYear.application_id"
    )
    # How it came, when the Direction typed it.
    reception: Mapped[Reception | None] = relationship(back_populates="application")

    @property
    def reference(self) -> str:
        """The number people quote: « 2026-012 »."""
        return f"{self.call.year}-{self.number:03d}"

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """A draft belongs to its organisation alone, save one typed by the Direction on its behalf."""
        scopes = {ScopeKind.ORGANISATION: {self.organisation_id}}
        if self.status in NEVER_FILED and self.origin is not Origin.ON_BEHALF:
            return scopes
        scopes |= {ScopeKind.CONTRACT: {self.call.contract_id}}
        if self.status in NEVER_FILED:
            return scopes
        return scopes | {
            ScopeKind.CALL: {self.call_id},
            ScopeKind.FUNDER: {line.funder_id for line in self.funding_lines},
        }


class Placement(Identified, Base):
    """An application in a quartier. Theme and description stand here when they differ there."""

    __tablename__ = "placement"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "quartier_id"),
        sa.CheckConstraint("share_bp IS NULL OR share_bp BETWEEN 0 AND 10000", name="share"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    quartier_id: Mapped[int] = reference("quartier.id")
    share_bp: Mapped[int | None]
    printed_order: Mapped[int | None]
    theme_id: Mapped[int | None] = reference("theme.id", nullable=True)
    description: Mapped[str | None]
    # Of the people expected in this quartier, those who live in it.
    residents_expected: Mapped[int | None]

    application: Mapped[Application] = relationship(back_populates="placements")
    quartier: Mapped[Quartier] = relationship()
    theme: Mapped[Theme | None] = relationship()


class ApplicationTheme(Base):
    """A secondary theme."""

    __tablename__ = "application_theme"

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), primary_key=True)


class ApplicationAxis(Base):
    __tablename__ = "application_axis"

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    axis_id: Mapped[int] = mapped_column(sa.ForeignKey("axis.id"), primary_key=True)


class ApplicationPriority(Base):
    __tablename__ = "application_priority"

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    priority_id: Mapped[int] = mapped_column(sa.ForeignKey("priority.id"), primary_key=True)


class PartnerOrganisation(Identified, Base):
    """Who else takes part, what they bring, and what of the grant is passed on to them."""

    __tablename__ = "partner_organisation"
    __table_args__ = (
        sa.CheckConstraint("reversement_cents >= 0", name="reversement"),
        sa.CheckConstraint("share_bp IS NULL OR share_bp BETWEEN 0 AND 10000", name="share"),
    )

    application_id: Mapped[int] = reference("application.id")
    name: Mapped[str]
    siret: Mapped[str | None]
    participation: Mapped[Participation | None] = mapped_column(enum_type(Participation, "participation"))
    # The part of the project that it carries out.
    share_bp: Mapped[int | None]
    brings: Mapped[str | None]
    reversement_cents: Mapped[int] = mapped_column(default=0)
    position: Mapped[int]


class PeopleByQuartier(Identified, Base):
    """People of a project by quartier and sex, expected, adjusted or reached."""

    __tablename__ = "people_by_quartier"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "phase", "quartier_id", "sex"),
        sa.CheckConstraint("people >= 0", name="people"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    phase: Mapped[Phase] = mapped_column(enum_type(Phase, "phase"))
    quartier_id: Mapped[int] = reference("quartier.id")
    sex: Mapped[Sex] = mapped_column(enum_type(Sex, "sex"))
    people: Mapped[int]


class PeopleByAge(Identified, Base):
    """People of the whole project by age band."""

    __tablename__ = "people_by_age"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "phase", "age_band_id"),
        sa.CheckConstraint("people >= 0", name="people"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    phase: Mapped[Phase] = mapped_column(enum_type(Phase, "phase"))
    age_band_id: Mapped[int] = reference("age_band.id")
    people: Mapped[int]


class SectionDraft(Identified, Base):
    """What was typed in one section, word for word, valid or not.

    `version` moves at each save; `typed_version` is the last one whose text became typed rows.
    """

    __tablename__ = "section_draft"
    __table_args__ = (sa.UniqueConstraint("application_id", "section"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    section: Mapped[Section] = mapped_column(enum_type(Section, "section"))
    raw: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    typed_version: Mapped[int | None]
    updated_at: Mapped[datetime]
    updated_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)


class ApplicationDocument(Identified, Base):
    """A file joined to an application; a removed one stays for the trace."""

    __tablename__ = "application_document"

    application_id: Mapped[int] = reference("application.id")
    requirement_id: Mapped[int | None] = reference("document_requirement.id", nullable=True)
    # The question of the call that this file answers.
    question_id: Mapped[int | None] = reference("call_question.id", nullable=True)
    label: Mapped[str]
    file_id: Mapped[int] = reference("stored_file.id", index=False)
    vault_document_id: Mapped[int | None] = reference("vault_document.id", index=False, nullable=True)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()


class Attestation(Identified, Base):
    """A statement the applicant made, with the version of its words."""

    __tablename__ = "attestation"
    __table_args__ = (sa.UniqueConstraint("application_id", "code"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    code: Mapped[str]
    words_version: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)


class Submission(Identified, Base):
    """The frozen application as it was received: canonical JSON text, its SHA-256, the receipt."""

    __tablename__ = "submission"
    __table_args__ = (
        # Two clicks, two members, a retry: one submission.
        sa.UniqueConstraint("application_id", "number"),
        sa.UniqueConstraint("receipt_number"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    number: Mapped[int] = mapped_column(default=1)
    receipt_number: Mapped[str]
    received_at: Mapped[datetime]
    late_seconds: Mapped[int] = mapped_column(default=0)
    submitted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    signatory_name: Mapped[str]
    signatory_role: Mapped[str]
    snapshot: Mapped[str]
    sha256: Mapped[str]
    pdf_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    acknowledgement_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)


class Recusal(Identified, Base):
    """A person steps out of an application or of all those of a structure."""

    __tablename__ = "recusal"
    __table_args__ = (sa.CheckConstraint("(application_id IS NULL) <> (organisation_id IS NULL)", name="one_subject"),)

    person_id: Mapped[int] = reference("person.id")
    application_id: Mapped[int | None] = reference("application.id", nullable=True)
    organisation_id: Mapped[int | None] = reference("organisation.id", nullable=True)
    source: Mapped[RecusalSource] = mapped_column(enum_type(RecusalSource, "source"))
    mandate_id: Mapped[int | None] = reference("mandate.id", index=False, nullable=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    ended_at: Mapped[datetime | None]

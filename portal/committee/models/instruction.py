"""What the Direction, the committee and the funders say of applications."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.accounts.rules import ScopeKind
from portal.calls.models import Application, Call, Criterion, DocumentRequirement, FundingLine, Submission
from portal.calls.states import Section
from portal.committee.models.sittings import Decision
from portal.committee.states import (
    ActKind,
    AssessmentStatus,
    ChangeRequestStatus,
    CheckResult,
    LetterKind,
    Outcome,
    Verdict,
)
from portal.contracts.models import Funder
from portal.foundation.database import Base, Identified, enum_type, reference


class CompletenessCheck(Identified, Base):
    """One line of an application's checklist: what the data tell, and what the officer says."""

    __tablename__ = "completeness_check"
    __table_args__ = (sa.UniqueConstraint("application_id", "code"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    code: Mapped[str]
    label: Mapped[str]
    automatic: Mapped[CheckResult] = mapped_column(enum_type(CheckResult, "automatic"))
    evidence: Mapped[str]
    officer_says: Mapped[CheckResult | None] = mapped_column(enum_type(CheckResult, "officer_says"))
    note: Mapped[str | None]
    checked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    checked_at: Mapped[datetime | None]
    position: Mapped[int]


class ChangeRequest(Identified, Base):
    """What the officer asks to correct before a date; only the named sections reopen."""

    __tablename__ = "change_request"

    application_id: Mapped[int] = reference("application.id")
    status: Mapped[ChangeRequestStatus] = mapped_column(enum_type(ChangeRequestStatus, "status"))
    message: Mapped[str]
    due_on: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    # What the applicant writes when sending the corrections back.
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    # The version of the application that the answer froze.
    submission_id: Mapped[int | None] = reference("submission.id", index=False, nullable=True)
    accepted_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
    submission: Mapped[Submission | None] = relationship()
    sections: Mapped[list[ChangeRequestSection]] = relationship(order_by="ChangeRequestSection.id")
    documents: Mapped[list[ChangeRequestDocument]] = relationship(order_by="ChangeRequestDocument.id")
    earlier: Mapped[list[ChangeRequestRound]] = relationship(order_by="ChangeRequestRound.id.desc()")


class ChangeRequestRound(Identified, Base):
    """What was asked and answered before it was asked again: neither side's words are lost."""

    __tablename__ = "change_request_round"

    change_request_id: Mapped[int] = reference("change_request.id")
    message: Mapped[str]
    due_on: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]
    submission_id: Mapped[int | None] = reference("submission.id", index=False, nullable=True)

    submission: Mapped[Submission | None] = relationship()


class ChangeRequestSection(Identified, Base):
    __tablename__ = "change_request_section"
    __table_args__ = (sa.UniqueConstraint("change_request_id", "section"),)

    change_request_id: Mapped[int] = reference("change_request.id", index=False)
    section: Mapped[Section] = mapped_column(enum_type(Section, "section"))


class ChangeRequestDocument(Identified, Base):
    """A document of the call's list that a change request asks for."""

    __tablename__ = "change_request_document"
    __table_args__ = (sa.UniqueConstraint("change_request_id", "requirement_id"),)

    change_request_id: Mapped[int] = reference("change_request.id", index=False)
    requirement_id: Mapped[int] = reference("document_requirement.id", index=False)

    requirement: Mapped[DocumentRequirement] = relationship()


class AdmissibilityProposal(Identified, Base):
    """What the officer proposes to whoever pronounces the admissibility; the last word replaces the former."""

    __tablename__ = "admissibility_proposal"
    __table_args__ = (sa.UniqueConstraint("application_id"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome, "outcome"))
    reason: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)

    application: Mapped[Application] = relationship()


class Assignment(Identified, Base):
    """A reviewer in charge of an application. Never a recused one."""

    __tablename__ = "assignment"
    __table_args__ = (sa.UniqueConstraint("application_id", "person_id"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    person_id: Mapped[int] = reference("person.id")
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    ended_at: Mapped[datetime | None]


class Assessment(Identified, Base):
    """One reviewer's fiche d'analyse on one application."""

    __tablename__ = "assessment"
    __table_args__ = (sa.UniqueConstraint("application_id", "person_id"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    person_id: Mapped[int] = reference("person.id")
    status: Mapped[AssessmentStatus] = mapped_column(
        enum_type(AssessmentStatus, "status"), default=AssessmentStatus.DRAFT
    )
    verdict: Mapped[Verdict | None] = mapped_column(enum_type(Verdict, "verdict"))
    strengths: Mapped[str] = mapped_column(default="")
    reserves: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]
    finalised_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    # Which page or workbook saved it last, and its how manieth save: none collides with its own repeat.
    saved_by: Mapped[str] = mapped_column(default="")
    saved_sequence: Mapped[int] = mapped_column(default=0)

    application: Mapped[Application] = relationship()
    person: Mapped[Person] = relationship()
    scores: Mapped[list[CriterionScore]] = relationship(back_populates="assessment")


class CriterionScore(Identified, Base):
    """A mark from 0 to 4 on one criterion."""

    __tablename__ = "criterion_score"
    __table_args__ = (
        sa.UniqueConstraint("assessment_id", "criterion_id"),
        sa.CheckConstraint("level IS NULL OR level BETWEEN 0 AND 4", name="level"),
    )

    assessment_id: Mapped[int] = reference("assessment.id", index=False)
    criterion_id: Mapped[int] = reference("criterion.id")
    level: Mapped[int | None]
    comment: Mapped[str] = mapped_column(default="")

    assessment: Mapped[Assessment] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()


class FundingAct(Identified, Base):
    """The acte attributif of a funder: what makes grants true in law."""

    __tablename__ = "funding_act"
    __table_args__ = (sa.UniqueConstraint("funder_id", "kind", "number", "decided_on"),)

    call_id: Mapped[int] = reference("call.id")
    funder_id: Mapped[int] = reference("funder.id", index=False)
    kind: Mapped[ActKind] = mapped_column(enum_type(ActKind, "kind"))
    number: Mapped[str]
    decided_on: Mapped[date]
    # Why it gives less than asked, where the committee gave no reason.
    cut_reason: Mapped[str | None]
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)

    call: Mapped[Call] = relationship()
    funder: Mapped[Funder] = relationship()
    lines: Mapped[list[FundingActLine]] = relationship(back_populates="act", order_by="FundingActLine.id")

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return {
            ScopeKind.FUNDER: {self.funder_id},
            ScopeKind.CONTRACT: {self.call.contract_id},
            ScopeKind.CALL: {self.call_id},
        }


class FundingActLine(Identified, Base):
    """The amount an act gives to one funding line. A line is granted by one act."""

    __tablename__ = "funding_act_line"
    __table_args__ = (
        sa.UniqueConstraint("funding_line_id"),
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
    )

    act_id: Mapped[int] = reference("funding_act.id")
    funding_line_id: Mapped[int] = reference("funding_line.id", index=False)
    amount_cents: Mapped[int]

    act: Mapped[FundingAct] = relationship(back_populates="lines")
    funding_line: Mapped[FundingLine] = relationship()


class Letter(Identified, Base):
    """A letter to an applicant: its words are fixed when it is made, its documents come by job."""

    __tablename__ = "letter"
    __table_args__ = (sa.UniqueConstraint("key"),)

    key: Mapped[str]
    application_id: Mapped[int] = reference("application.id")
    kind: Mapped[LetterKind] = mapped_column(enum_type(LetterKind, "kind"))
    funder_id: Mapped[int | None] = reference("funder.id", index=False, nullable=True)
    act_id: Mapped[int | None] = reference("funding_act.id", nullable=True)
    decision_id: Mapped[int | None] = reference("decision.id", nullable=True)
    # {"blocks": [...]}: the whole document as it is printed.
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    word_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
    funder: Mapped[Funder | None] = relationship()
    act: Mapped[FundingAct | None] = relationship()
    decision: Mapped[Decision | None] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """The applicant's too: views show it to them once sent."""
        return {
            ScopeKind.ORGANISATION: {self.application.organisation_id},
            ScopeKind.CONTRACT: {self.application.call.contract_id},
            ScopeKind.FUNDER: {self.funder_id} if self.funder_id else set(),
        }

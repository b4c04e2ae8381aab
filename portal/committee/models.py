"""What the Direction, the committee and the funders say of applications."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.accounts.rules import ScopeKind
from portal.calls.models import Application, Call, Criterion, DocumentRequirement, FundingLine
from portal.calls.states import Section
from portal.committee.states import (
    ActKind,
    AssessmentStatus,
    ChangeRequestStatus,
    CheckResult,
    DecisionKind,
    LetterKind,
    Outcome,
    SittingStatus,
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
    accepted_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
    sections: Mapped[list[ChangeRequestSection]] = relationship(order_by="ChangeRequestSection.id")
    documents: Mapped[list[ChangeRequestDocument]] = relationship(order_by="ChangeRequestDocument.id")


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


class Opinion(Identified, Base):
    """An avis by a funder, or by a partner named in words (city service, conseil citoyen…)."""

    __tablename__ = "opinion"
    __table_args__ = (
        sa.CheckConstraint("(funder_id IS NULL) <> (partner_name IS NULL)", name="one_author"),
        sa.CheckConstraint("verdict <> 'reserved' OR length(reserve) > 0", name="reserve_written"),
        sa.UniqueConstraint("application_id", "funder_id"),
        sa.UniqueConstraint("application_id", "partner_name"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    funder_id: Mapped[int | None] = reference("funder.id", nullable=True)
    partner_name: Mapped[str | None]
    person_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict, "verdict"))
    reserve: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    funder: Mapped[Funder | None] = relationship()


class SittingKind(Identified, Base):
    """A kind of sitting of a contract, and what it may pronounce."""

    __tablename__ = "sitting_kind"
    __table_args__ = (sa.UniqueConstraint("contract_id", "code"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    code: Mapped[str]
    label: Mapped[str]
    pronounces_admissibility: Mapped[bool] = mapped_column(default=False)
    arbitrates: Mapped[bool] = mapped_column(default=False)
    # Present voting members needed, counted without the recused; NULL = no quorum.
    quorum: Mapped[int | None]
    position: Mapped[int]


class Sitting(Identified, Base):
    __tablename__ = "sitting"

    kind_id: Mapped[int] = reference("sitting_kind.id", index=False)
    contract_id: Mapped[int] = reference("contract.id")
    call_id: Mapped[int | None] = reference("call.id", nullable=True)
    status: Mapped[SittingStatus] = mapped_column(enum_type(SittingStatus, "status"), default=SittingStatus.PLANNED)
    title: Mapped[str]
    held_on: Mapped[date]
    place: Mapped[str | None]
    minutes_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    kind: Mapped[SittingKind] = relationship()
    call: Mapped[Call | None] = relationship()
    members: Mapped[list[SittingMember]] = relationship(order_by="SittingMember.id")
    agenda: Mapped[list[AgendaItem]] = relationship(back_populates="sitting", order_by="AgendaItem.position")

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        scopes = {ScopeKind.CONTRACT: {self.contract_id}, ScopeKind.SITTING: {self.id}}
        return scopes | ({ScopeKind.CALL: {self.call_id}} if self.call_id else {})


class SittingMember(Identified, Base):
    """Somebody convened, with an account or not."""

    __tablename__ = "sitting_member"

    sitting_id: Mapped[int] = reference("sitting.id")
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    name: Mapped[str]
    capacity: Mapped[str]
    is_voting: Mapped[bool] = mapped_column(default=True)
    is_present: Mapped[bool | None]


class AgendaItem(Identified, Base):
    __tablename__ = "agenda_item"
    __table_args__ = (sa.UniqueConstraint("sitting_id", "application_id"),)

    sitting_id: Mapped[int] = reference("sitting.id", index=False)
    application_id: Mapped[int] = reference("application.id")
    position: Mapped[int]

    sitting: Mapped[Sitting] = relationship(back_populates="agenda")
    application: Mapped[Application] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Those of its sitting; somebody recused from the application is kept out of the item."""
        return self.sitting.access_scopes()


class Decision(Identified, Base):
    """What a sitting said of an application, with its reason. Superseded, never edited."""

    __tablename__ = "decision"
    __table_args__ = (
        # One decision in force per application and kind.
        sa.Index(
            "uq_decision_in_force",
            "application_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        ),
    )

    application_id: Mapped[int] = reference("application.id")
    sitting_id: Mapped[int | None] = reference("sitting.id", nullable=True)
    kind: Mapped[DecisionKind] = mapped_column(enum_type(DecisionKind, "kind"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome, "outcome"))
    reason: Mapped[str]
    # The order on the complementary list.
    waiting_rank: Mapped[int | None]
    # Set when pronounced by a recorded delegation rather than in a sitting.
    delegation_note: Mapped[str | None]
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    superseded_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
    sitting: Mapped[Sitting | None] = relationship()
    amounts: Mapped[list[DecisionAmount]] = relationship(order_by="DecisionAmount.id")


class DecisionAmount(Identified, Base):
    """What an arbitration says for one funding line."""

    __tablename__ = "decision_amount"
    __table_args__ = (
        sa.UniqueConstraint("decision_id", "funding_line_id"),
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
    )

    decision_id: Mapped[int] = reference("decision.id", index=False)
    funding_line_id: Mapped[int] = reference("funding_line.id")
    amount_cents: Mapped[int]

    funding_line: Mapped[FundingLine] = relationship()


class FundingAct(Identified, Base):
    """The acte attributif of a funder: what makes grants true in law."""

    __tablename__ = "funding_act"
    __table_args__ = (sa.UniqueConstraint("funder_id", "kind", "number", "decided_on"),)

    call_id: Mapped[int] = reference("call.id")
    funder_id: Mapped[int] = reference("funder.id", index=False)
    kind: Mapped[ActKind] = mapped_column(enum_type(ActKind, "kind"))
    number: Mapped[str]
    decided_on: Mapped[date]
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
    """A letter to an applicant: its words are fixed when it is made, its PDF comes by job."""

    __tablename__ = "letter"
    __table_args__ = (sa.UniqueConstraint("key"),)

    key: Mapped[str]
    application_id: Mapped[int] = reference("application.id")
    kind: Mapped[LetterKind] = mapped_column(enum_type(LetterKind, "kind"))
    funder_id: Mapped[int | None] = reference("funder.id", index=False, nullable=True)
    act_id: Mapped[int | None] = reference("funding_act.id", nullable=True)
    decision_id: Mapped[int | None] = reference("decision.id", nullable=True)
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
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

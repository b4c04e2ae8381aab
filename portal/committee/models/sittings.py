"""Sittings: their kinds, who is convened, what they discuss, what they decide, what is written of them."""

from __future__ import annotations

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.calls.models import Application, Call, FundingLine
from portal.committee.states import Attendance, DecisionKind, Outcome, SittingDocumentKind, SittingStatus
from portal.foundation.database import Base, Identified, enum_type, reference


class SittingKind(Identified, Base):
    """A kind of sitting of a contract: what it may pronounce, and how."""

    __tablename__ = "sitting_kind"
    __table_args__ = (sa.UniqueConstraint("contract_id", "code"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    code: Mapped[str]
    label: Mapped[str]
    pronounces_admissibility: Mapped[bool] = mapped_column(default=False)
    arbitrates: Mapped[bool] = mapped_column(default=False)
    # Present voting members needed, counted without the recused; NULL = no quorum.
    quorum: Mapped[int | None]
    # Voices are counted on each decision (pour, contre, abstention).
    votes: Mapped[bool] = mapped_column(default=False)
    # What the minutes call the decision: « vote » in one city, « validation de la programmation » elsewhere.
    decision_word: Mapped[str] = mapped_column(default="Validation de la programmation")
    # Whether a member may give their voice to another in writing.
    proxies: Mapped[bool] = mapped_column(default=False)
    # Whether the cahier de séance shows the scores to its members.
    shows_scores: Mapped[bool] = mapped_column(default=False)
    # The words of its convocation; empty = the usual ones.
    convocation: Mapped[str] = mapped_column(default="")
    position: Mapped[int]

    seats: Mapped[list[SittingSeat]] = relationship(order_by="SittingSeat.position")


class SittingSeat(Identified, Base):
    """Somebody convened to every sitting of a kind, by account or by name, and in what capacity."""

    __tablename__ = "sitting_seat"
    __table_args__ = (sa.UniqueConstraint("kind_id", "person_id"),)

    kind_id: Mapped[int] = reference("sitting_kind.id", index=False)
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    name: Mapped[str]
    email: Mapped[str | None]
    capacity: Mapped[str]
    is_voting: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]


class Sitting(Identified, Base):
    __tablename__ = "sitting"

    kind_id: Mapped[int] = reference("sitting_kind.id", index=False)
    contract_id: Mapped[int] = reference("contract.id")
    call_id: Mapped[int | None] = reference("call.id", nullable=True)
    status: Mapped[SittingStatus] = mapped_column(enum_type(SittingStatus, "status"), default=SittingStatus.PLANNED)
    title: Mapped[str]
    held_on: Mapped[date]
    # Of Paris; NULL = not known yet.
    starts_at: Mapped[time | None]
    place: Mapped[str | None]
    # Grows when what a convocation told has changed since it left: the iCalendar sequence.
    summons_number: Mapped[int] = mapped_column(default=1)
    cancelled_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    kind: Mapped[SittingKind] = relationship()
    call: Mapped[Call | None] = relationship()
    members: Mapped[list[SittingMember]] = relationship(order_by="SittingMember.id")
    agenda: Mapped[list[AgendaItem]] = relationship(back_populates="sitting", order_by="AgendaItem.position")
    topics: Mapped[list[AgendaTopic]] = relationship(order_by="AgendaTopic.position, AgendaTopic.id")
    documents: Mapped[list[SittingDocument]] = relationship(order_by="SittingDocument.id.desc()")

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        scopes = {ScopeKind.CONTRACT: {self.contract_id}, ScopeKind.SITTING: {self.id}}
        return scopes | ({ScopeKind.CALL: {self.call_id}} if self.call_id else {})


class SittingMember(Identified, Base):
    """Somebody convened, with an account or not."""

    __tablename__ = "sitting_member"
    __table_args__ = (
        sa.CheckConstraint(
            "(attendance = 'represented') = (represented_by_id IS NOT NULL) OR attendance IS NULL", name="represented"
        ),
    )

    sitting_id: Mapped[int] = reference("sitting.id")
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    name: Mapped[str]
    email: Mapped[str | None]
    capacity: Mapped[str]
    is_voting: Mapped[bool] = mapped_column(default=True)
    attendance: Mapped[Attendance | None] = mapped_column(enum_type(Attendance, "attendance"))
    represented_by_id: Mapped[int | None] = reference("sitting_member.id", index=False, nullable=True)
    # Set for whoever came after the opening; of Paris.
    arrived_at: Mapped[time | None]

    @property
    def is_present(self) -> bool | None:
        return None if self.attendance is None else self.attendance is Attendance.PRESENT


class Convocation(Identified, Base):
    """What one member was told, and when: date, time and place as they were then.

    It outlives a member taken off the list: the name stays.
    """

    __tablename__ = "convocation"
    __table_args__ = (sa.UniqueConstraint("member_id", "number", "cancels"),)

    sitting_id: Mapped[int] = reference("sitting.id")
    member_id: Mapped[int | None] = reference("sitting_member.id", index=False, nullable=True)
    number: Mapped[int]
    # Tells that the sitting is not held.
    cancels: Mapped[bool] = mapped_column(default=False)
    # False for somebody without an address, whom the Direction tells by its own means.
    by_mail: Mapped[bool]
    name: Mapped[str]
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    held_on: Mapped[date]
    starts_at: Mapped[time | None]
    place: Mapped[str | None]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)


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


class AgendaTopic(Identified, Base):
    """A point of the agenda that is not an application, before or after them, and what was said of it."""

    __tablename__ = "agenda_topic"

    sitting_id: Mapped[int] = reference("sitting.id")
    words: Mapped[str]
    comes_first: Mapped[bool] = mapped_column(default=False)
    conclusion: Mapped[str] = mapped_column(default="")
    position: Mapped[int]


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
        sa.CheckConstraint(
            "(votes_for IS NULL) = (votes_against IS NULL) AND (votes_for IS NULL) = (votes_abstained IS NULL)",
            name="votes_together",
        ),
        sa.CheckConstraint(
            "votes_for IS NULL OR (votes_for >= 0 AND votes_against >= 0 AND votes_abstained >= 0)", name="votes"
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
    # Voting members who took part, the recused out, when it was recorded.
    voters_present: Mapped[int | None]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstained: Mapped[int | None]
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


class SittingDocument(Identified, Base):
    """A PDF of a sitting: one made again takes the next number, those before stay.

    A cahier with `reader_id` is that person's own copy, without what they stepped out of.
    """

    __tablename__ = "sitting_document"
    __table_args__ = (sa.UniqueConstraint("sitting_id", "kind", "number"),)

    sitting_id: Mapped[int] = reference("sitting.id", index=False)
    kind: Mapped[SittingDocumentKind] = mapped_column(enum_type(SittingDocumentKind, "kind"))
    number: Mapped[int]
    reader_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    task_id: Mapped[int | None] = reference("task.id", index=False, nullable=True)
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)

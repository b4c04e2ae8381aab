"""What follows a grant: the adjusted project, the convention, the payments, what is left."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.accounts.rules import ScopeKind
from portal.calls.models import Application, Call, FundingLine
from portal.committee.states import (
    AdjustmentChoice,
    AdjustmentStatus,
    ConventionStatus,
    LeftoverFate,
    TrancheCondition,
)
from portal.contracts.models import Funder
from portal.foundation.database import Base, Identified, enum_type, reference


class Adjustment(Identified, Base):
    """« Ajuster mon projet »: what becomes of a project whose grant is lower than asked.

    `raw` keeps what was typed, word for word; the typed rows are those of `Phase.ADJUSTED`, written
    when it is sent.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        sa.UniqueConstraint("application_id"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    status: Mapped[AdjustmentStatus] = mapped_column(
        enum_type(AdjustmentStatus, "status"), default=AdjustmentStatus.ASKED
    )
    choice: Mapped[AdjustmentChoice | None] = mapped_column(enum_type(AdjustmentChoice, "choice"))
    due_on: Mapped[date]
    asked_at: Mapped[datetime]
    raw: Mapped[dict[str, Any]]
    # What changes in the project, or with which means it is kept as filed.
    explanation: Mapped[str] = mapped_column(default="")
    calendar: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    people_expected: Mapped[int | None]
    # What the Direction asks again.
    correction_message: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.application.access_scopes()


class Convention(Identified, Base):
    """What an organisation and a funder sign about the actions of a call, for one year or several.

    Its words are fixed when it is drafted (`body`), its documents (PDF and Word) come by job.
    """

    __tablename__ = "convention"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "number"),
        sa.UniqueConstraint("call_id", "funder_id", "organisation_id", "revision"),
        sa.CheckConstraint("last_year >= first_year", name="years"),
        sa.CheckConstraint("first_payment_bp BETWEEN 0 AND 10000", name="first_payment"),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    call_id: Mapped[int] = reference("call.id", index=False)
    funder_id: Mapped[int] = reference("funder.id")
    organisation_id: Mapped[int] = reference("organisation.id")
    # A second convention of the same year has revision 2.
    revision: Mapped[int] = mapped_column(default=1)
    number: Mapped[str]
    status: Mapped[ConventionStatus] = mapped_column(
        enum_type(ConventionStatus, "status"), default=ConventionStatus.DRAFTED
    )
    first_year: Mapped[int]
    last_year: Mapped[int]
    first_payment_bp: Mapped[int]
    payment_days: Mapped[int]
    body: Mapped[str]
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    word_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    signed_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    # Why a signed copy could not be taken.
    correction_message: Mapped[str | None]
    drafted_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    returned_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    signed_on: Mapped[date | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship()
    funder: Mapped[Funder] = relationship()
    organisation: Mapped[Organisation] = relationship()
    actions: Mapped[list[ConventionAction]] = relationship(
        back_populates="convention", order_by="ConventionAction.position"
    )

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """The organisation's too: views show it to them once sent."""
        return {
            ScopeKind.ORGANISATION: {self.organisation_id},
            ScopeKind.CONTRACT: {self.contract_id},
            ScopeKind.FUNDER: {self.funder_id},
        }


class ConventionAction(Identified, Base):
    """A line of the annex: an action and what the funder gives it. A line is in one convention."""

    __tablename__ = "convention_action"
    __table_args__ = (sa.UniqueConstraint("funding_line_id"),)

    convention_id: Mapped[int] = reference("convention.id")
    funding_line_id: Mapped[int] = reference("funding_line.id", index=False)
    amount_cents: Mapped[int]
    position: Mapped[int]

    convention: Mapped[Convention] = relationship(back_populates="actions")
    funding_line: Mapped[FundingLine] = relationship()
    tranches: Mapped[list[Tranche]] = relationship(order_by="Tranche.position", cascade="all, delete-orphan")


class Tranche(Identified, Base):
    """A part of what a convention gives to an action, and what it waits for."""

    __tablename__ = "tranche"
    __table_args__ = (
        sa.UniqueConstraint("action_id", "position"),
        sa.CheckConstraint("amount_cents > 0", name="amount"),
    )

    action_id: Mapped[int] = reference("convention_action.id", index=False, ondelete="CASCADE")
    year: Mapped[int]
    condition: Mapped[TrancheCondition] = mapped_column(enum_type(TrancheCondition, "condition"))
    amount_cents: Mapped[int]
    position: Mapped[int]


class Payment(Identified, Base):
    """Money paid on a funding line. A mistake is cancelled with its reason, never edited.

    The line's `paid_cents` is moved in the same transaction; its CHECK keeps it within the grant.
    """

    __tablename__ = "payment"
    __table_args__ = (sa.CheckConstraint("amount_cents > 0", name="amount"),)

    funding_line_id: Mapped[int] = reference("funding_line.id")
    amount_cents: Mapped[int]
    paid_on: Mapped[date]
    # The number of the order or of the transfer.
    transfer_ref: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]

    funding_line: Mapped[FundingLine] = relationship()

    @property
    def application(self) -> Application:
        """What it is about: a recused person is kept out of it."""
        return self.funding_line.application

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.funding_line.access_scopes()


class Leftover(Identified, Base):
    """Reliquat: what was paid and not used, and what its funder decides of it."""

    __tablename__ = "leftover"
    __table_args__ = (
        sa.UniqueConstraint("funding_line_id"),
        sa.CheckConstraint("amount_cents > 0", name="amount"),
    )

    funding_line_id: Mapped[int] = reference("funding_line.id", index=False)
    amount_cents: Mapped[int]
    fate: Mapped[LeftoverFate] = mapped_column(enum_type(LeftoverFate, "fate"))
    reason: Mapped[str]
    due_on: Mapped[date | None]
    # The title of receipt, or the letter that says it.
    file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    repaid_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    funding_line: Mapped[FundingLine] = relationship()

    @property
    def application(self) -> Application:
        return self.funding_line.application

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """The organisation's too: it is told what becomes of the money."""
        line = self.funding_line
        return line.access_scopes() | {ScopeKind.ORGANISATION: {line.application.organisation_id}}

"""What associations answer of their actions, and the reports drawn from it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.calls.models import Application
from portal.calls.states import Side
from portal.evaluation.states import BilanKind, BilanStatus
from portal.foundation.database import Base, BigId, Identified, enum_type, reference
from portal.foundation.files import StoredFile


class Bilan(Identified, Base):
    """The return of an application: words, realised budget and measures (in their own rows)."""

    __tablename__ = "bilan"
    __table_args__ = (sa.UniqueConstraint("application_id", "kind"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    kind: Mapped[BilanKind] = mapped_column(enum_type(BilanKind, "kind"))
    status: Mapped[BilanStatus] = mapped_column(enum_type(BilanStatus, "status"), default=BilanStatus.DUE)
    due_on: Mapped[date | None]
    done: Mapped[str] = mapped_column(default="")
    difficulties: Mapped[str] = mapped_column(default="")
    residents_part: Mapped[str] = mapped_column(default="")
    next_steps: Mapped[str] = mapped_column(default="")
    allocation_rule: Mapped[str] = mapped_column(default="")
    people_reached: Mapped[int | None]
    people_not_measured_reason: Mapped[str | None]
    postponed_until: Mapped[date | None]
    postponement_reason: Mapped[str | None]
    postponement_answer: Mapped[str | None]
    not_carried_out_reason: Mapped[str | None]
    signatory_name: Mapped[str | None]
    signatory_role: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    correction_message: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    gaps: Mapped[list[BilanGap]] = relationship()
    documents: Mapped[list[BilanDocument]] = relationship(order_by="BilanDocument.id")

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.application.access_scopes()


class BilanGap(Identified, Base):
    """The word asked when an account differs from its forecast by more than 10 %."""

    __tablename__ = "bilan_gap"
    __table_args__ = (sa.UniqueConstraint("bilan_id", "side", "account_code"),)

    bilan_id: Mapped[int] = reference("bilan.id", index=False)
    side: Mapped[Side] = mapped_column(enum_type(Side, "side"))
    account_code: Mapped[str]
    explanation: Mapped[str]


class BilanDocument(Identified, Base):
    __tablename__ = "bilan_document"

    bilan_id: Mapped[int] = reference("bilan.id")
    label: Mapped[str]
    file_id: Mapped[int] = reference("stored_file.id", index=False)
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()


class Observation(Identified, Base):
    """A printed activity figure without application (appels à la MJD, jeunes suivis…)."""

    __tablename__ = "observation"

    contract_id: Mapped[int] = reference("contract.id")
    quartier_id: Mapped[int | None] = reference("quartier.id", nullable=True)
    category: Mapped[str]
    label: Mapped[str]
    # « plus de », « jusqu’à »: printed before the value.
    qualifier: Mapped[str | None]
    value_thousandths: Mapped[int]
    unit: Mapped[str]
    period: Mapped[str | None]
    source: Mapped[str]


class TerritorialReport(Identified, Base):
    """One version of a quartier's report for a year: its data frozen as canonical JSON, and its PDF."""

    __tablename__ = "territorial_report"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "quartier_id", "year", "number"),
        # NULL is the whole city, and two NULLs are not equal to the constraint above.
        sa.Index(
            "uq_territorial_report_city",
            "contract_id",
            "year",
            "number",
            unique=True,
            sqlite_where=sa.text("quartier_id IS NULL"),
            postgresql_where=sa.text("quartier_id IS NULL"),
        ),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    quartier_id: Mapped[int | None] = reference("quartier.id", nullable=True)
    year: Mapped[int]
    number: Mapped[int]
    payload: Mapped[str]
    sha256: Mapped[str]
    pdf_file_id: Mapped[int | None] = reference("stored_file.id", index=False, nullable=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(BigId)
    published_at: Mapped[datetime | None]

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        scopes = {ScopeKind.CONTRACT: {self.contract_id}}
        return scopes | ({ScopeKind.QUARTIER: {self.quartier_id}} if self.quartier_id else {})

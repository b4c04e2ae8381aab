"""A call for projects: dates, rules, quartiers, documents, grid, indicators, envelopes."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.calls.models.question import CallQuestion
from portal.calls.states import (
    CallKind,
    CallStatus,
    DauphinRule,
    DocumentCase,
    EnvelopeStatus,
    PreviousBilansRule,
    ResidentsRule,
    Side,
)
from portal.contracts.models import Contract, Funder, Indicator, Nature
from portal.foundation.database import Base, Identified, enum_type, reference
from portal.quartiers.models import Quartier


class Call(Identified, Base):
    """An appel à projets. `closes_at` only moves later, by an extension with its reason."""

    __tablename__ = "call"
    __table_args__ = (sa.CheckConstraint("closes_at > opens_at", name="dates"),)

    contract_id: Mapped[int] = reference("contract.id")
    parent_call_id: Mapped[int | None] = reference("call.id", index=False, nullable=True)
    kind: Mapped[CallKind] = mapped_column(enum_type(CallKind, "kind"))
    status: Mapped[CallStatus] = mapped_column(enum_type(CallStatus, "status"), default=CallStatus.DRAFT)
    year: Mapped[int] = mapped_column(index=True)
    title: Mapped[str]
    presentation: Mapped[str] = mapped_column(default="")
    who_may_apply: Mapped[str] = mapped_column(default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    extension_reason: Mapped[str | None]
    grace_seconds: Mapped[int] = mapped_column(default=120)
    actions_start_on: Mapped[date]
    actions_end_on: Mapped[date]
    bilan_due_on: Mapped[date | None]
    chart_version: Mapped[str] = mapped_column(default="2018-06")
    previous_bilans_rule: Mapped[PreviousBilansRule] = mapped_column(
        enum_type(PreviousBilansRule, "previous_bilans_rule"), default=PreviousBilansRule.WARN
    )
    # Warn when public funding exceeds this share of the budget; NULL switches the warning off.
    public_share_warn_bp: Mapped[int | None] = mapped_column(default=8000)
    residents_rule: Mapped[ResidentsRule] = mapped_column(
        enum_type(ResidentsRule, "residents_rule"), default=ResidentsRule.NONE
    )
    reversement_allowed: Mapped[bool] = mapped_column(default=False)
    # « DAUPHIN d’abord »: whether what is asked of the State needs its number there to be filed here.
    dauphin_rule: Mapped[DauphinRule] = mapped_column(enum_type(DauphinRule, "dauphin_rule"), default=DauphinRule.OFF)
    scoring_enabled: Mapped[bool] = mapped_column(default=True)
    blind_scoring: Mapped[bool] = mapped_column(default=True)
    # Notes d’opportunité: one page answered before filing, until the evening of a day when there is one.
    pre_projects_enabled: Mapped[bool] = mapped_column(default=False)
    pre_projects_until: Mapped[date | None]
    # Hidden aids of the programming: nobody meets them unless the Direction opens them for the call.
    scenarios_enabled: Mapped[bool] = mapped_column(default=False)
    # Moves with any change of the programming table: pages ask what changed since theirs.
    table_revision: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    contract: Mapped[Contract] = relationship()
    quartiers: Mapped[list[Quartier]] = relationship(secondary="call_quartier", order_by="Quartier.position")
    requirements: Mapped[list[DocumentRequirement]] = relationship(order_by="DocumentRequirement.position")
    criteria: Mapped[list[Criterion]] = relationship(order_by="Criterion.position")
    envelopes: Mapped[list[Envelope]] = relationship(back_populates="call", order_by="Envelope.position")
    indicators: Mapped[list[CallIndicator]] = relationship(order_by="CallIndicator.position")
    questions: Mapped[list[CallQuestion]] = relationship(order_by="(CallQuestion.position, CallQuestion.id)")

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Its funders' too: those who have an envelope in it."""
        return {
            ScopeKind.CONTRACT: {self.contract_id},
            ScopeKind.CALL: {self.id},
            ScopeKind.FUNDER: {envelope.funder_id for envelope in self.envelopes},
        }


class CallQuartier(Base):
    """A quartier in which the call's actions may take place."""

    __tablename__ = "call_quartier"

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    quartier_id: Mapped[int] = mapped_column(sa.ForeignKey("quartier.id"), primary_key=True)


class DocumentRequirement(Identified, Base):
    """A document of the call's list and the case in which it is asked."""

    __tablename__ = "document_requirement"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "code"),
        sa.CheckConstraint("valid_months IS NULL OR valid_months BETWEEN 1 AND 120", name="valid_months"),
    )

    call_id: Mapped[int] = reference("call.id", index=False)
    code: Mapped[str]
    label: Mapped[str]
    help: Mapped[str | None]
    case: Mapped[DocumentCase] = mapped_column(enum_type(DocumentCase, "case"))
    is_compulsory: Mapped[bool] = mapped_column(default=True)
    # A document of the organisation: kept in its vault and offered again next year.
    is_reusable: Mapped[bool] = mapped_column(default=False)
    # How long it serves after its date; NULL: as long as nothing changes.
    valid_months: Mapped[int | None]
    position: Mapped[int]


class Criterion(Identified, Base):
    """One line of the scoring grid; the weights of a call add to 100."""

    __tablename__ = "criterion"
    __table_args__ = (sa.CheckConstraint("weight > 0 AND weight <= 100", name="weight"),)

    call_id: Mapped[int] = reference("call.id")
    label: Mapped[str]
    help: Mapped[str | None]
    weight: Mapped[int]
    position: Mapped[int]

    levels: Mapped[list[CriterionLevel]] = relationship(order_by="CriterionLevel.level")


class CriterionLevel(Identified, Base):
    """What a mark from 0 to 4 means for one criterion."""

    __tablename__ = "criterion_level"
    __table_args__ = (
        sa.UniqueConstraint("criterion_id", "level"),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name="level"),
    )

    criterion_id: Mapped[int] = reference("criterion.id", index=False)
    level: Mapped[int]
    descriptor: Mapped[str]


class CallIndicator(Identified, Base):
    """An indicator of the catalogue offered by the call, compulsory or to choose."""

    __tablename__ = "call_indicator"
    __table_args__ = (sa.UniqueConstraint("call_id", "indicator_id"),)

    call_id: Mapped[int] = reference("call.id", index=False)
    indicator_id: Mapped[int] = reference("indicator.id")
    is_compulsory: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]

    indicator: Mapped[Indicator] = relationship()


class Envelope(Identified, Base):
    """What a funder puts in a call, by nature and scheme.

    `granted_cents` moves by one UPDATE in the funding line's transaction; the CHECK makes
    overdrawing a notified envelope impossible whoever writes.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "funder_id", "nature", "scheme"),
        sa.CheckConstraint("amount_cents >= 0 AND granted_cents >= 0", name="not_negative"),
        sa.CheckConstraint("status <> 'notified' OR granted_cents <= amount_cents", name="not_overdrawn"),
    )

    call_id: Mapped[int] = reference("call.id", index=False)
    funder_id: Mapped[int] = reference("funder.id")
    nature: Mapped[Nature] = mapped_column(enum_type(Nature, "nature"))
    # The dispositif (P147, FIPD, CLAS…); empty when there is only one.
    scheme: Mapped[str] = mapped_column(default="")
    status: Mapped[EnvelopeStatus] = mapped_column(enum_type(EnvelopeStatus, "status"), default=EnvelopeStatus.FORECAST)
    amount_cents: Mapped[int]
    granted_cents: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship(back_populates="envelopes")
    funder: Mapped[Funder] = relationship()


class EnvelopeRevision(Identified, Base):
    """A dated amount or status of an envelope, with who entered it and why."""

    __tablename__ = "envelope_revision"

    envelope_id: Mapped[int] = reference("envelope.id")
    at: Mapped[datetime]
    status: Mapped[EnvelopeStatus] = mapped_column(enum_type(EnvelopeStatus, "status"))
    amount_cents: Mapped[int]
    reason: Mapped[str | None]
    person_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)


class ChartAccount(Identified, Base):
    """An account of a version of the chart of accounts of project budgets."""

    __tablename__ = "chart_account"
    __table_args__ = (sa.UniqueConstraint("chart_version", "side", "code"),)

    chart_version: Mapped[str]
    side: Mapped[Side] = mapped_column(enum_type(Side, "side"))
    code: Mapped[str]
    # The class or group under which it is printed ("60", "74", "indirect").
    group_code: Mapped[str]
    group_label: Mapped[str]
    label: Mapped[str]
    help: Mapped[str | None]
    # How an amount is worked out under this account: « 12 séances × 150 € ».
    unit_help: Mapped[str | None]
    is_in_kind: Mapped[bool] = mapped_column(default=False)
    is_public_funding: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]

"""Budget lines, funding lines and forecasts, shares by quartier, and measures: all exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.calls.models.call import Envelope
from portal.calls.states import FundingStatus, Phase, Side
from portal.contracts.models import Funder, Indicator, Nature
from portal.foundation.database import Base, Identified, enum_type, reference

if TYPE_CHECKING:
    from portal.calls.models.application import Application


class BudgetLine(Identified, Base):
    """An expense or income of the project. A class 74 income names its funder and nature.

    `year_index` counts from 1, the year of the call; only the forecast of a multi-year project goes beyond.
    """

    __tablename__ = "budget_line"
    __table_args__ = (
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
        sa.CheckConstraint("year_index = 1 OR (phase = 'expected' AND year_index BETWEEN 2 AND 4)", name="year_index"),
        sa.Index("ix_budget_line_application_id_phase", "application_id", "phase"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    phase: Mapped[Phase] = mapped_column(enum_type(Phase, "phase"))
    year_index: Mapped[int] = mapped_column(default=1)
    side: Mapped[Side] = mapped_column(enum_type(Side, "side"))
    account_code: Mapped[str]
    label: Mapped[str]
    amount_cents: Mapped[int]
    funder_id: Mapped[int | None] = reference("funder.id", index=False, nullable=True)
    nature: Mapped[Nature | None] = mapped_column(enum_type(Nature, "nature"))
    position: Mapped[int]


class FundingLine(Identified, Base):
    """What an application asks of a funder in one nature, and what becomes of it. NULL = not said yet."""

    __tablename__ = "funding_line"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "funder_id", "nature"),
        sa.CheckConstraint("requested_cents >= 0", name="requested"),
        sa.CheckConstraint("proposed_cents >= 0", name="proposed"),
        sa.CheckConstraint("arbitrated_cents >= 0", name="arbitrated"),
        sa.CheckConstraint("granted_cents >= 0", name="granted"),
        sa.CheckConstraint("paid_cents >= 0 AND paid_cents <= granted_cents", name="paid"),
        sa.CheckConstraint(
            "status NOT IN ('granted', 'notified', 'paid_in_part', 'paid') OR granted_cents IS NOT NULL",
            name="granted_amount_known",
        ),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    funder_id: Mapped[int] = reference("funder.id")
    nature: Mapped[Nature] = mapped_column(enum_type(Nature, "nature"))
    envelope_id: Mapped[int | None] = reference("envelope.id", nullable=True)
    status: Mapped[FundingStatus] = mapped_column(enum_type(FundingStatus, "status"), default=FundingStatus.REQUESTED)
    requested_cents: Mapped[int | None]
    proposed_cents: Mapped[int | None]
    arbitrated_cents: Mapped[int | None]
    granted_cents: Mapped[int | None]
    paid_cents: Mapped[int | None]
    # Its number in its funder's own tool (DAUPHIN for the State), and where it stands there, in that tool's words.
    external_ref: Mapped[str | None]
    external_status: Mapped[str | None]
    # Why its funder refused, as the applicant will read it.
    refusal_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    # The revision of the programming table at which it last changed, and by whom.
    table_revision: Mapped[int] = mapped_column(default=0)
    table_author_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)

    # An UPDATE over a version other than the one read fails: no writer undoes another's step unseen.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    application: Mapped[Application] = relationship(back_populates="funding_lines")
    funder: Mapped[Funder] = relationship()
    envelope: Mapped[Envelope | None] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Its funder and the Direction; somebody recused from the application is kept out."""
        return {ScopeKind.CONTRACT: {self.application.call.contract_id}, ScopeKind.FUNDER: {self.funder_id}}


class FundingForecast(Identified, Base):
    """What a multi-year project expects to ask of a funder in a later year (2 to 4).

    It binds nobody: the call of that year is where it is asked, examined and decided.
    """

    __tablename__ = "funding_forecast"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "funder_id", "nature", "year_index"),
        sa.CheckConstraint("year_index BETWEEN 2 AND 4", name="year_index"),
        sa.CheckConstraint("requested_cents > 0", name="requested"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    funder_id: Mapped[int] = reference("funder.id")
    nature: Mapped[Nature] = mapped_column(enum_type(Nature, "nature"))
    year_index: Mapped[int]
    requested_cents: Mapped[int]


class Apportionment(Identified, Base):
    """The part of a funding line that falls to a quartier; parts add up to the line to the cent."""

    __tablename__ = "apportionment"
    __table_args__ = (sa.UniqueConstraint("funding_line_id", "placement_id"),)

    funding_line_id: Mapped[int] = reference("funding_line.id", index=False, ondelete="CASCADE")
    placement_id: Mapped[int] = reference("placement.id", ondelete="CASCADE")
    requested_cents: Mapped[int | None]
    proposed_cents: Mapped[int | None]
    arbitrated_cents: Mapped[int | None]
    granted_cents: Mapped[int | None]


class Measure(Identified, Base):
    """A target or an actual value of an indicator for an application.

    Exact thousandths; a ratio keeps its two parts and is recomputed from them. "Non mesuré" is an
    answer, with why. `own_label` names an indicator the applicant chose outside the catalogue.
    """

    __tablename__ = "measure"
    __table_args__ = (
        sa.CheckConstraint("(indicator_id IS NULL) <> (own_label IS NULL)", name="one_indicator"),
        sa.UniqueConstraint("application_id", "phase", "indicator_id"),
        sa.UniqueConstraint("application_id", "phase", "own_label"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    indicator_id: Mapped[int | None] = reference("indicator.id", nullable=True)
    own_label: Mapped[str | None]
    phase: Mapped[Phase] = mapped_column(enum_type(Phase, "phase"))
    value_thousandths: Mapped[int | None]
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    not_measured_reason: Mapped[str | None]
    source: Mapped[str | None]

    indicator: Mapped[Indicator | None] = relationship()

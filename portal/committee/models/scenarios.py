"""Scenarios: the rules chosen, what was read, and what was computed. Nothing here decides anything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.accounts.rules import ScopeKind
from portal.calls.models import Application, Call, FundingLine
from portal.committee.rules.scenarios.reading import Why
from portal.committee.states import ScenarioStatus
from portal.foundation.database import Base, Identified, enum_type, reference


class Scenario(Identified, Base):
    """One sharing-out of a call's money. Its rules never change: other rules make another scenario.

    `parameters` are those of `rules/scenarios/parameters.py`; `result` tells what the computing says
    besides the amounts (envelopes, what held back, contradictions, precision).
    """

    __tablename__ = "scenario"

    call_id: Mapped[int] = reference("call.id")
    title: Mapped[str]
    status: Mapped[ScenarioStatus] = mapped_column(enum_type(ScenarioStatus, "status"), default=ScenarioStatus.RUNNING)
    parameters: Mapped[dict[str, Any]]
    seed: Mapped[int]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Applications from which its author stepped out: read neither then nor since.
    left_out: Mapped[int] = mapped_column(default=0)
    task_id: Mapped[int | None] = reference("task.id", index=False, nullable=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = reference("person.id", index=False)
    finished_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship()
    created_by: Mapped[Person] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """The Direction's; views close it to whoever stepped out of an application in it."""
        return {ScopeKind.CONTRACT: {self.call.contract_id}}


class ScenarioApplication(Identified, Base):
    """An application that a scenario read, with its score then (hundredths)."""

    __tablename__ = "scenario_application"
    __table_args__ = (sa.UniqueConstraint("scenario_id", "application_id"),)

    scenario_id: Mapped[int] = reference("scenario.id", index=False, ondelete="CASCADE")
    application_id: Mapped[int] = reference("application.id")
    score: Mapped[int | None]

    application: Mapped[Application] = relationship()


class ScenarioAmount(Identified, Base):
    """What a scenario computed for a funding line, read at `line_version`."""

    __tablename__ = "scenario_amount"
    __table_args__ = (
        sa.UniqueConstraint("scenario_id", "funding_line_id"),
        sa.CheckConstraint("amount_cents >= 0", name="amount"),
    )

    scenario_id: Mapped[int] = reference("scenario.id", index=False, ondelete="CASCADE")
    funding_line_id: Mapped[int] = reference("funding_line.id")
    requested_cents: Mapped[int]
    amount_cents: Mapped[int]
    why: Mapped[Why] = mapped_column(enum_type(Why, "why"))
    line_version: Mapped[int]
    # Set once somebody made it a proposal.
    applied_at: Mapped[datetime | None]

    funding_line: Mapped[FundingLine] = relationship()

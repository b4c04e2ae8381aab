"""A note d'opportunité: one page written before an application, answered by the Direction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.accounts.rules import ScopeKind
from portal.calls.models.call import Call
from portal.calls.states import PreProjectStatus
from portal.foundation.database import Base, Identified, enum_type, reference
from portal.quartiers.models import Quartier


class PreProjectQuartier(Base):
    """A quartier where the idea would take place."""

    __tablename__ = "pre_project_quartier"

    pre_project_id: Mapped[int] = mapped_column(sa.ForeignKey("pre_project.id"), primary_key=True)
    quartier_id: Mapped[int] = mapped_column(sa.ForeignKey("quartier.id"), primary_key=True)


class PreProject(Identified, Base):
    """An idea under one call, by one organisation. The answer is an advice: it neither opens nor closes the filing."""

    __tablename__ = "pre_project"
    __table_args__ = (
        sa.CheckConstraint("budget_cents >= 0", name="budget"),
        sa.Index("ix_pre_project_call_id_status", "call_id", "status"),  # the queue of those to answer
    )

    call_id: Mapped[int] = reference("call.id", index=False)
    organisation_id: Mapped[int] = reference("organisation.id")
    status: Mapped[PreProjectStatus] = mapped_column(enum_type(PreProjectStatus, "status"))
    title: Mapped[str] = mapped_column(default="")
    idea: Mapped[str | None]
    need: Mapped[str | None]
    # Roughly; NULL is not said yet.
    budget_cents: Mapped[int | None]
    funders_text: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    sent_at: Mapped[datetime | None]
    # What the Direction goes on reading while the organisation rewrites it (`NoteWords`, names of quartiers).
    as_sent: Mapped[dict[str, Any] | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    # The draft begun from it.
    application_id: Mapped[int | None] = reference("application.id", nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    quartiers: Mapped[list[Quartier]] = relationship(secondary="pre_project_quartier", order_by="Quartier.position")

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Its organisation's alone until it is sent."""
        scopes = {ScopeKind.ORGANISATION: {self.organisation_id}}
        if self.sent_at is None:
            return scopes
        return scopes | {ScopeKind.CONTRACT: {self.call.contract_id}}

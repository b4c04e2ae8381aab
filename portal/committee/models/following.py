"""What the Direction keeps of a file beside its instruction: internal notes, visits on the spot."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Person
from portal.accounts.rules import ScopeKind
from portal.calls.models import Application
from portal.committee.states import VisitStatus
from portal.foundation.database import Base, Identified, enum_type, reference


class FileNote(Identified, Base):
    """A note between those who instruct. Never edited; its author may take it back, and its words go."""

    __tablename__ = "file_note"

    application_id: Mapped[int] = reference("application.id")
    author_id: Mapped[int] = reference("person.id", index=False)
    body: Mapped[str]
    written_at: Mapped[datetime]

    application: Mapped[Application] = relationship()


class Visit(Identified, Base):
    """A visit of an action, planned then reported."""

    __tablename__ = "visit"
    __table_args__ = (sa.CheckConstraint("status <> 'held' OR length(report) > 0", name="report_written"),)

    application_id: Mapped[int] = reference("application.id")
    status: Mapped[VisitStatus] = mapped_column(enum_type(VisitStatus, "status"), default=VisitStatus.PLANNED)
    day: Mapped[date]
    # « 14 h 30 », « toute la matinée »: words, for nothing computes with them.
    hour: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    # Who goes, who receives.
    people: Mapped[str] = mapped_column(default="")
    report: Mapped[str] = mapped_column(default="")
    # Why it did not take place.
    cancel_reason: Mapped[str] = mapped_column(default="")
    planned_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    planned_by: Mapped[Person | None] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.application.access_scopes()

"""The rétroplanning of a call: what happens when, and who is concerned."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.calls.states import MilestoneKind
from portal.foundation.database import Base, Identified, enum_type, reference


class CallMilestone(Identified, Base):
    """A step of a call on a day, or from a day to another. The call's own dates are not repeated here."""

    __tablename__ = "call_milestone"
    __table_args__ = (sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),)

    call_id: Mapped[int] = reference("call.id")
    kind: Mapped[MilestoneKind] = mapped_column(enum_type(MilestoneKind, "kind"))
    label: Mapped[str]
    # Who takes part, in words: « Services instructeurs ».
    concerns: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    # Shown on the public page of the call and in its calendar.
    is_public: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    changed_at: Mapped[datetime]
    # Moves with each change: two writers, and the SEQUENCE of the calendar's event.
    version: Mapped[int] = mapped_column(default=1)

"""What a draft took from an earlier application, section by section, until it is read again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.calls.states import Section
from portal.foundation.database import Base, Identified, enum_type, reference


class CarriedSection(Identified, Base):
    """A section filled from another application. It is to be read again as long as nobody has saved it."""

    __tablename__ = "carried_section"
    __table_args__ = (sa.UniqueConstraint("application_id", "section"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    section: Mapped[Section] = mapped_column(enum_type(Section, "section"))
    source_id: Mapped[int] = reference("application.id", index=False)
    at: Mapped[datetime]

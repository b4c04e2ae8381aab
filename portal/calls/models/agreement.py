"""The years of a multi-year agreement (CPO) after its first: each is a light application of its own."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, relationship

from portal.calls.models.application import Application
from portal.foundation.database import Base, Identified, reference


class AgreementYear(Identified, Base):
    """A later year of an agreement: the application that carries it, and what changes that year.

    `first_id` is the application by which the agreement was asked and scored.
    """

    __tablename__ = "agreement_year"
    __table_args__ = (
        sa.UniqueConstraint("application_id"),
        # Two clicks, two members: one application per year.
        sa.UniqueConstraint("first_id", "year_index"),
        sa.CheckConstraint("year_index BETWEEN 2 AND 4", name="year_index"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    first_id: Mapped[int] = reference("application.id", index=False)
    year_index: Mapped[int]
    changes: Mapped[str | None]

    application: Mapped[Application] = relationship(back_populates="agreement", foreign_keys=[application_id])
    first: Mapped[Application] = relationship(foreign_keys=[first_id])

"""How somebody likes the programming table shown."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId


class ProgrammeColumns(Base):
    """The columns a person keeps in the programming tables; none kept shows them all."""

    __tablename__ = "programme_columns"

    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("person.id"), primary_key=True)
    columns: Mapped[Any] = mapped_column(sa.JSON)

"""Facts about the database itself, written when it is made: above all, that it is a demo."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base


class Marker(Base):
    """A named fact. The demo's is set when the database is created and never added later."""

    __tablename__ = "marker"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def marker(name: str) -> str | None:
    from portal.extensions import db

    return db.session.execute(sa.select(Marker.value).where(Marker.name == name)).scalar_one_or_none()

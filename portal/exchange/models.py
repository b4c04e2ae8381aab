"""The trace of what came in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId, Identified, reference


class ColumnMemory(Identified, Base):
    """Which headings of a kind of file mean what, as somebody last said it in a contract.

    `headings` is {compared heading: what it means}.
    """

    __tablename__ = "column_memory"
    __table_args__ = (sa.UniqueConstraint("contract_id", "kind"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    kind: Mapped[str]
    headings: Mapped[dict[str, Any]]


class ImportRun(Identified, Base):
    """One import carried out: what file (by its SHA-256), by whom, and what it counted."""

    __tablename__ = "import_run"
    __table_args__ = (sa.Index("ix_import_run_contract_id_kind", "contract_id", "kind"),)

    contract_id: Mapped[int] = reference("contract.id", index=False)
    kind: Mapped[str]
    year: Mapped[int | None]
    file_name: Mapped[str]
    sha256: Mapped[str]
    counts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(BigId)

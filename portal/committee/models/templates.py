"""The words that letters and conventions are made from."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.committee.states import TemplateKind
from portal.contracts.models import Contract, Funder
from portal.foundation.database import Base, Identified, enum_type, reference


class DocumentTemplate(Identified, Base):
    """The words of a kind of document, with their placeholders; without funder, the contract's own.

    Without `body` the usual words are in force again: the row stays, so that whoever writes from an
    older version is told.
    """

    __tablename__ = "document_template"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "kind", "funder_id"),
        # NULLs are all different to the constraint above: one common text of a kind, not two.
        sa.Index(
            "uq_document_template_common",
            "contract_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("funder_id IS NULL"),
            postgresql_where=sa.text("funder_id IS NULL"),
        ),
    )

    contract_id: Mapped[int] = reference("contract.id", index=False)
    kind: Mapped[TemplateKind] = mapped_column(enum_type(TemplateKind, "kind"))
    funder_id: Mapped[int | None] = reference("funder.id", nullable=True)
    body: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    contract: Mapped[Contract] = relationship()
    funder: Mapped[Funder | None] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return {ScopeKind.CONTRACT: {self.contract_id}}

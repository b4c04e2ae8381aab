"""How people come to an organisation: by asking, or given back to them by the Direction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, relationship

from portal.accounts import scopes
from portal.accounts.models.organisation import Organisation
from portal.accounts.models.people import Person
from portal.accounts.rules import ScopeKind
from portal.foundation.database import Base, Identified, reference
from portal.foundation.files import StoredFile


class JoinRequest(Identified, Base):
    """Somebody asks the owners of a known organisation to let them in.

    Without an owner to answer, the Direction does.
    """

    __tablename__ = "join_request"

    organisation_id: Mapped[int] = reference("organisation.id")
    person_id: Mapped[int] = reference("person.id")
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        """Its owners'; and any manager's, whom the operation lets answer only where there is no owner."""
        return scopes.everywhere() | {ScopeKind.ORGANISATION: {self.organisation_id}}


class OwnershipRestoration(Identified, Base):
    """The Direction makes somebody responsible for an organisation, on a document that proves it."""

    __tablename__ = "ownership_restoration"

    organisation_id: Mapped[int] = reference("organisation.id")
    person_id: Mapped[int] = reference("person.id", index=False)
    given_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    at: Mapped[datetime]
    reason: Mapped[str]
    file_id: Mapped[int] = reference("stored_file.id", index=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    file: Mapped[StoredFile] = relationship()

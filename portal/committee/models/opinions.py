"""The opinions of funders and partners: asked of whom, for when, by which link; given."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import ScopeKind
from portal.calls.models import Application, Call
from portal.committee.states import OpinionRequestStatus, Verdict
from portal.contracts.models import Funder, Nature, PartnerContact
from portal.foundation.database import Base, Identified, enum_type, reference


class Opinion(Identified, Base):
    """An avis by a funder, or by a partner named in words (city service, conseil citoyen…)."""

    __tablename__ = "opinion"
    __table_args__ = (
        sa.CheckConstraint("(funder_id IS NULL) <> (partner_name IS NULL)", name="one_author"),
        sa.CheckConstraint("verdict <> 'reserved' OR length(reserve) > 0", name="reserve_written"),
        sa.CheckConstraint("(envisaged_cents IS NULL) = (envisaged_nature IS NULL)", name="amount_of_a_nature"),
        sa.CheckConstraint(
            "envisaged_cents IS NULL OR (funder_id IS NOT NULL AND envisaged_cents >= 0)", name="amount_of_a_funder"
        ),
        sa.UniqueConstraint("application_id", "funder_id"),
        sa.UniqueConstraint("application_id", "partner_name"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    funder_id: Mapped[int | None] = reference("funder.id", nullable=True)
    partner_name: Mapped[str | None]
    person_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict, "verdict"))
    reserve: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    # What a funder envisages: an indication, which proposes nothing by itself.
    envisaged_cents: Mapped[int | None]
    envisaged_nature: Mapped[Nature | None] = mapped_column(enum_type(Nature, "envisaged_nature"))
    # Who answered by the link, as they wrote it.
    signed_by: Mapped[str | None]
    given_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    funder: Mapped[Funder | None] = relationship()


class OpinionRequest(Identified, Base):
    """An opinion asked of a funder or of a partner on one application.

    `funder_id` alone: the funder's people answer with their accounts. With `contact_id`: whoever the
    address book names answers by a link, for that funder when there is one, for the partner otherwise.
    """

    __tablename__ = "opinion_request"
    __table_args__ = (
        sa.CheckConstraint("funder_id IS NOT NULL OR contact_id IS NOT NULL", name="somebody_asked"),
        sa.UniqueConstraint("application_id", "funder_id"),
        sa.UniqueConstraint("application_id", "contact_id"),
        # What time brings: reminders, then the end of the wait.
        sa.Index("ix_opinion_request_status_due_on", "status", "due_on"),
    )

    application_id: Mapped[int] = reference("application.id", index=False)
    funder_id: Mapped[int | None] = reference("funder.id", nullable=True)
    contact_id: Mapped[int | None] = reference("partner_contact.id", nullable=True)
    status: Mapped[OpinionRequestStatus] = mapped_column(
        enum_type(OpinionRequestStatus, "status"), default=OpinionRequestStatus.ASKED
    )
    due_on: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)
    answered_at: Mapped[datetime | None]
    opinion_id: Mapped[int | None] = reference("opinion.id", nullable=True)
    # Why no opinion will be given.
    declined_reason: Mapped[str] = mapped_column(default="")
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_on: Mapped[date | None]

    application: Mapped[Application] = relationship()
    funder: Mapped[Funder | None] = relationship()
    contact: Mapped[PartnerContact | None] = relationship()
    opinion: Mapped[Opinion | None] = relationship()

    @property
    def addressee(self) -> str:
        """The name under which it was asked."""
        named = self.funder or self.contact
        return named.name if named else ""

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.application.access_scopes()


class OpinionLink(Identified, Base):
    """The link of one contact for one call: all it was asked about, until the last date is past.

    `handle` finds the row and opens nothing by itself: see `committee/opinion_links.py`.
    """

    __tablename__ = "opinion_link"
    __table_args__ = (sa.UniqueConstraint("contact_id", "call_id"), sa.UniqueConstraint("handle"))

    contact_id: Mapped[int] = reference("partner_contact.id", index=False)
    call_id: Mapped[int] = reference("call.id")
    handle: Mapped[str]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    contact: Mapped[PartnerContact] = relationship()
    call: Mapped[Call] = relationship()

    def access_scopes(self) -> dict[ScopeKind, set[int]]:
        return self.call.access_scopes()

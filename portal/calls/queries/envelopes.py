"""What each envelope of a call is asked, proposed, promised and has granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.calls.models import Application, Envelope, EnvelopeRevision, FundingLine
from portal.calls.queries.visibility import recused_applications
from portal.calls.rules import envelopes
from portal.calls.states import ApplicationStatus, EnvelopeStatus
from portal.contracts.models import Funder, Nature
from portal.extensions import db

NOT_COUNTED = (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN, ApplicationStatus.ABANDONED)
"""A draft asks nothing yet; what was withdrawn asks nothing any more."""


@dataclass(frozen=True)
class Consumption:
    """An envelope and the sums of its funding lines, in cents."""

    id: int
    funder_id: int
    funder_name: str
    nature: Nature
    scheme: str
    status: EnvelopeStatus
    amount_cents: int
    requested_cents: int
    proposed_cents: int
    arbitrated_cents: int
    granted_cents: int

    @property
    def left_cents(self) -> int:
        """What is left to grant; negative when a forecast envelope is exceeded."""
        return envelopes.room_left(self.amount_cents, self.granted_cents)

    @property
    def to_propose_cents(self) -> int:
        """What is left once everything proposed is; negative when the proposals go beyond."""
        return envelopes.room_left(self.amount_cents, self.proposed_cents)

    @property
    def warnings(self) -> list[str]:
        """The sums that go beyond the envelope, in words: shown, never refused."""
        sums = {
            "proposé": self.proposed_cents,
            "arbitré": self.arbitrated_cents,
            "attribué": self.granted_cents,
        }
        return [f"{word} au-delà de l’enveloppe" for word, cents in sums.items() if cents > self.amount_cents]


@dataclass(frozen=True)
class Revision:
    """A dated amount and status of an envelope, cents."""

    at: datetime
    status: EnvelopeStatus
    amount_cents: int
    reason: str | None
    by: str | None


def consumption(call_id: int, applications: sa.Select[tuple[int]] | None = None) -> list[Consumption]:
    """Every envelope of a call with its sums, in order; one query.

    `applications` (ids, from `visibility.visible_applications`) leaves out those a recused person
    stepped out of: then the granted sum is that of the others. A line not yet tied to an envelope
    counts in the call's only envelope of its funder and nature, if there is only one.
    """
    lines = _lines(call_id, applications)
    known = envelopes_known(call_id)
    tied = sa.func.coalesce(lines.c.envelope_id, sa.case((known.c.number == 1, known.c.envelope_id)))
    sums = (
        sa.select(tied.label("envelope_id"), *(sa.func.sum(lines.c[name]).label(name) for name in _SUMS))
        .select_from(
            lines.outerjoin(known, sa.and_(known.c.funder_id == lines.c.funder_id, known.c.nature == lines.c.nature))
        )
        .group_by(tied)
        .subquery()
    )
    statement = (
        sa.select(
            Envelope.id,
            Envelope.funder_id,
            Funder.name,
            Envelope.nature,
            Envelope.scheme,
            Envelope.status,
            Envelope.amount_cents,
            *(sa.func.coalesce(sums.c[name], 0) for name in _SUMS),
        )
        .join(Funder, Funder.id == Envelope.funder_id)
        .outerjoin(sums, sums.c.envelope_id == Envelope.id)
        .where(Envelope.call_id == call_id)
        .order_by(Envelope.position, Envelope.id)
    )
    # PostgreSQL sums BIGINT as NUMERIC.
    return [Consumption(*row[:7], *(int(cents) for cents in row[7:])) for row in db.session.execute(statement)]


_SUMS = ("requested_cents", "proposed_cents", "arbitrated_cents", "granted_cents")


def _lines(call_id: int, applications: sa.Select[tuple[int]] | None) -> sa.Subquery:
    """The call's funding lines, summed by envelope, funder and nature."""
    keys = (FundingLine.envelope_id, FundingLine.funder_id, FundingLine.nature)
    sums = (sa.func.sum(getattr(FundingLine, name)).label(name) for name in _SUMS)
    statement = (
        sa.select(*keys, *sums)
        .join(Application, Application.id == FundingLine.application_id)
        .where(Application.call_id == call_id, Application.status.not_in(NOT_COUNTED))
        .group_by(*keys)
    )
    if applications is not None:
        statement = statement.where(Application.id.in_(applications))
    return statement.subquery()


def envelopes_known(call_id: int) -> sa.Subquery:
    """How many envelopes each funder has in each nature in the call, and the first of them."""
    return (
        sa.select(
            sa.func.min(Envelope.id).label("envelope_id"),
            sa.func.count().label("number"),
            Envelope.funder_id,
            Envelope.nature,
        )
        .where(Envelope.call_id == call_id)
        .group_by(Envelope.funder_id, Envelope.nature)
        .subquery()
    )


def revisions(envelope_id: int) -> list[Revision]:
    """The history of an envelope, latest first."""
    rows = db.session.execute(
        sa.select(
            EnvelopeRevision.at,
            EnvelopeRevision.status,
            EnvelopeRevision.amount_cents,
            EnvelopeRevision.reason,
            Person.given_name,
            Person.family_name,
        )
        .outerjoin(Person, Person.id == EnvelopeRevision.person_id)
        .where(EnvelopeRevision.envelope_id == envelope_id)
        .order_by(EnvelopeRevision.at.desc(), EnvelopeRevision.id.desc())
    )
    return [Revision(row.at, row.status, row.amount_cents, row.reason, _name(row)) for row in rows]


def _name(row: sa.Row[Any]) -> str | None:
    return f"{row.given_name} {row.family_name}" if row.family_name is not None else None


def steps_out_of_funder(person_id: int | None, call_id: int, funder_id: int) -> bool:
    """Whether a person stepped out of something that asks this funder: what is left would tell its amount."""
    return person_id is not None and funder_id in funders_stepped_out_of(person_id, call_id)


def funders_stepped_out_of(person_id: int, call_id: int) -> set[int]:
    """The funders that the applications of a call from which a person stepped out ask."""
    asked = (
        sa.select(FundingLine.funder_id)
        .join(Application, Application.id == FundingLine.application_id)
        .where(Application.call_id == call_id, Application.id.in_(recused_applications(person_id)))
    )
    return set(db.session.scalars(asked))

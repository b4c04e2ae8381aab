"""The file of one application: its organisation's past, its people, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.rules import HeldGrant
from portal.calls.models import Application, Call, FundingLine
from portal.calls.queries.visibility import visible_applications
from portal.calls.states import ApplicationStatus, FundingStatus, Origin
from portal.committee.queries.words import whole_sum
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db
from portal.foundation.events import Event


@dataclass(frozen=True)
class PastApplication:
    """An application of the same organisation in another year; unknown amounts stay None."""

    id: int
    year: int
    number: int
    title: str
    status: ApplicationStatus
    origin: Origin
    requested_cents: int | None
    granted_cents: int | None

    @property
    def reference(self) -> str:
        return f"{self.year}-{self.number:03d}"


def past_applications(
    application: Application, person_id: int, grants: Sequence[HeldGrant], at_most: int = 30
) -> list[PastApplication]:
    """The other applications of the same organisation that the reader may see, the last first."""
    requested, granted = whole_sum(FundingLine.requested_cents), whole_sum(given())
    rows = db.session.execute(
        sa.select(
            Application.id,
            Call.year,
            Application.number,
            Application.title,
            Application.status,
            Application.origin,
            requested,
            granted,
        )
        .join(Call, Call.id == Application.call_id)
        .outerjoin(FundingLine, FundingLine.application_id == Application.id)
        .where(
            Application.organisation_id == application.organisation_id,
            Application.id != application.id,
            Application.id.in_(visible_applications(person_id, grants)),
        )
        .group_by(Application.id, Call.year)
        .order_by(Call.year.desc(), Application.number)
        .limit(at_most)
    )
    return [PastApplication(*row) for row in rows]


@dataclass(frozen=True)
class FunderHistory:
    """What a funder gave an organisation over two years: cents, None when not communicated.

    A year without any line has `asked` False: nothing was asked, which is not an unknown amount.
    """

    funder_id: int
    funder: str
    last_year: int | None
    last_year_asked: bool
    year_before: int | None
    year_before_asked: bool


def funder_history(
    application: Application, person_id: int, grants: Sequence[HeldGrant], funder_ids: frozenset[int] | None = None
) -> list[FunderHistory]:
    """Totals granted by funder in the two years before the application's."""
    return organisation_history(application.organisation_id, application.call.year, person_id, grants, funder_ids)


def organisation_history(
    organisation_id: int,
    year: int,
    person_id: int,
    grants: Sequence[HeldGrant],
    funder_ids: frozenset[int] | None = None,
) -> list[FunderHistory]:
    """Totals granted to an organisation by funder in the two years before `year`."""
    rows = db.session.execute(
        sa.select(Funder.id, Funder.name, Call.year, whole_sum(given()))
        .select_from(FundingLine)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(
            Application.organisation_id == organisation_id,
            Call.year.in_([year - 1, year - 2]),
            Application.id.in_(visible_applications(person_id, grants)),
            Funder.id.in_(funder_ids) if funder_ids is not None else sa.true(),
        )
        .group_by(Funder.id, Funder.name, Funder.position, Call.year)
        .order_by(Funder.position, Funder.name)
    ).all()
    found: dict[tuple[int, str], dict[int, int | None]] = {}
    for funder_id, name, of_year, granted in rows:
        found.setdefault((funder_id, name), {})[of_year] = granted
    return [
        FunderHistory(*funder, years.get(year - 1), year - 1 in years, years.get(year - 2), year - 2 in years)
        for funder, years in found.items()
    ]


def given() -> sa.ColumnElement[int | None]:
    """What a line was granted: nothing when refused or not asked, NULL while nobody has said."""
    nothing = FundingLine.status.in_([FundingStatus.REFUSED, FundingStatus.NOT_ASKED])
    return sa.case((nothing, 0), else_=FundingLine.granted_cents)


@dataclass(frozen=True)
class FundingRow:
    """A funding line as the file shows it."""

    id: int
    funder_id: int
    funder: str
    nature: Nature
    status: FundingStatus
    requested_cents: int | None
    proposed_cents: int | None
    arbitrated_cents: int | None
    granted_cents: int | None
    external_ref: str | None
    funder_kind: FunderKind
    external_status: str | None

    @property
    def is_of_the_state(self) -> bool:
        """Whether DAUPHIN takes it."""
        return self.funder_kind is FunderKind.STATE and self.nature is Nature.SPECIFIC


def funding_rows(application_id: int) -> list[FundingRow]:
    rows = db.session.execute(
        sa.select(
            FundingLine.id,
            Funder.id,
            Funder.name,
            FundingLine.nature,
            FundingLine.status,
            FundingLine.requested_cents,
            FundingLine.proposed_cents,
            FundingLine.arbitrated_cents,
            FundingLine.granted_cents,
            FundingLine.external_ref,
            Funder.kind,
            FundingLine.external_status,
        )
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id == application_id)
        .order_by(Funder.position, Funder.name_fold, FundingLine.id)
    )
    return [FundingRow(*row) for row in rows]


@dataclass(frozen=True)
class EventRow:
    """One line of the file's history."""

    at: datetime
    action: str
    by: str
    reason: str


def history(application_id: int, at_most: int = 200) -> list[EventRow]:
    """What happened to an application, the last first, with who and why."""
    rows = db.session.execute(
        sa.select(Event.at, Event.action, Event.actor_kind, Event.details, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .where(Event.application_id == application_id)
        .order_by(Event.id.desc())
        .limit(at_most)
    )
    return [EventRow(row[0], row[1], _author(row[2], row[4], row[5]), str(row[3].get("reason") or "")) for row in rows]


def _author(kind: str, given: str | None, family: str | None) -> str:
    if kind == "system":
        return "Portail"
    name = f"{given or ''} {family or ''}".strip()
    return name or ("Invité·e" if kind == "guest" else "Compte supprimé")

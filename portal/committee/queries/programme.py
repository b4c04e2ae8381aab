"""The programming table of a call: a page of applications with their funding lines, and its envelopes.

The same number of queries whatever the applications. Everything is read through the select of what
its reader may see: a recused person's table, totals and balances leave the application out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, Envelope, FundingLine, Placement
from portal.calls.queries.envelopes import Consumption, consumption
from portal.calls.queries.visibility import CONTRACT_WIDE, recused_applications, visible_applications
from portal.calls.states import PROGRAMMED, ApplicationStatus, CallStatus, FundingStatus
from portal.committee.models import Decision
from portal.committee.queries.programme_order import grouped, ordered
from portal.committee.queries.programme_rows import Rows, TableRow, read_rows, warned
from portal.committee.rules.programme_layout import BARE, Group, Layout
from portal.committee.states import DecisionKind, Outcome
from portal.contracts.models import Contract, Theme
from portal.extensions import db
from portal.foundation.folding import fold
from portal.foundation.pagination import Page, paged
from portal.foundation.quantities import plain_number

LISTED = PROGRAMMED - {ApplicationStatus.CLOSED}
FUNDER_SIDE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER})


# -- which calls, which applications ----------------------------------------------------------------


@dataclass(frozen=True)
class CallChoice:
    """A call whose table somebody may open."""

    id: int
    title: str
    year: int
    contract: str


def calls_seen(grants: Sequence[HeldGrant]) -> list[CallChoice]:
    """The published calls whose table these roles open, the latest first."""
    contracts = [g.scope_id for g in grants if g.scope_kind is ScopeKind.CONTRACT and g.role in CONTRACT_WIDE]
    calls = [g.scope_id for g in grants if g.scope_kind is ScopeKind.CALL and g.role is Role.REVIEWER]
    funders = [g.scope_id for g in grants if g.scope_kind is ScopeKind.FUNDER and g.role in FUNDER_SIDE]
    funded = sa.select(Envelope.call_id).where(Envelope.funder_id.in_(funders))
    rows = db.session.execute(
        sa.select(Call.id, Call.title, Call.year, Contract.name)
        .join(Contract, Contract.id == Call.contract_id)
        .where(
            Call.status != CallStatus.DRAFT,
            sa.or_(Call.contract_id.in_(contracts), Call.id.in_(calls), Call.id.in_(funded)),
        )
        .order_by(Call.year.desc(), Call.id.desc())
    )
    return [CallChoice(*row) for row in rows]


@dataclass(frozen=True)
class Reader:
    """Who reads the table: `funder_ids` narrows the lines to some funders, None shows all."""

    person_id: int
    grants: Sequence[HeldGrant]
    funder_ids: frozenset[int] | None
    reads_scores: bool
    oversees: bool

    def applications(self, call_id: int) -> sa.Select[tuple[int]]:
        """The ids of the applications in the table for this reader."""
        arbitrated = sa.select(Decision.application_id).where(Decision.kind == DecisionKind.ARBITRATION)
        closed = sa.and_(Application.status == ApplicationStatus.CLOSED, Application.id.in_(arbitrated))
        seen = visible_applications(self.person_id, self.grants)
        statement = sa.select(Application.id).where(
            Application.call_id == call_id,
            sa.or_(Application.status.in_(LISTED), closed),
            Application.id.in_(seen),
        )
        if self.funder_ids is not None:
            asked = sa.select(FundingLine.application_id).where(FundingLine.funder_id.in_(self.funder_ids))
            statement = statement.where(Application.id.in_(asked))
        return statement


@dataclass(frozen=True)
class Filters:
    """What the address asks for; None and empty leave everything."""

    funder_id: int | None = None
    quartier_id: int | None = None
    pillar_id: int | None = None
    words: str = ""
    status: FundingStatus | None = None
    outcome: Outcome | None = None
    warned: bool = False


def hidden_from(call_id: int, person_id: int) -> bool:
    """Whether a person stepped out of something in the table's call."""
    found = sa.select(Application.id).where(
        Application.call_id == call_id, Application.id.in_(recused_applications(person_id))
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


# -- the page -----------------------------------------------------------------------------------


def table(
    call: Call, reader: Reader, filters: Filters, number: int, layout: Layout = BARE
) -> tuple[Page, list[TableRow]]:
    """A page of the table: applications in their order, each with its lines; by funder, each under each of its
    funders."""
    page = paged(ordered(listed(call, reader, filters, layout), layout, shown_funders(reader, filters)), number)
    return page, _read(call, reader, filters, layout, page.rows)


def rows_among(
    call: Call, reader: Reader, filters: Filters, layout: Layout, ids: Collection[int]
) -> dict[int, list[TableRow]]:
    """Some applications as the table shows them, whether the filters still keep them or not; those that the reader
    does not see are left out."""
    kept = Filters(funder_id=filters.funder_id)
    rows = db.session.execute(listed(call, reader, kept, layout).where(Application.id.in_(ids))).all()
    found: dict[int, list[TableRow]] = defaultdict(list)
    for row in _read(call, reader, kept, layout, rows):
        found[row.id].append(row)
    return found


def _read(call: Call, reader: Reader, filters: Filters, layout: Layout, rows: Sequence[Any]) -> list[TableRow]:
    return read_rows(
        Rows(
            call,
            rows,
            shown_funders(reader, filters),
            reader.person_id,
            reads_scores=reader.reads_scores,
            oversees=reader.oversees,
            by_funder=layout.group is Group.FUNDER,
        )
    )


def shown_funders(reader: Reader, filters: Filters) -> frozenset[int] | None:
    """The funders whose lines are shown; None for all."""
    if filters.funder_id is None:
        return reader.funder_ids
    return frozenset({filters.funder_id}) & (
        reader.funder_ids if reader.funder_ids is not None else {filters.funder_id}
    )


def listed(call: Call, reader: Reader, filters: Filters, layout: Layout) -> sa.Select[Any]:
    """The applications kept by the filters, not yet in order, with the group of each."""
    statement = (
        sa.select(
            Application.id,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            Application.status,
            Theme.label.label("theme"),
            Theme.depth,
            Theme.parent_id,
        )
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .where(Application.id.in_(reader.applications(call.id)), *conditions(filters))
    )
    if filters.warned:
        seen = db.session.execute(reader.applications(call.id)).scalars().all()
        statement = statement.where(Application.id.in_(warned(call, seen, reader.funder_ids)))
    return grouped(statement, layout.group, shown_funders(reader, filters))


def conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What the filters, warnings aside, ask of an application joined to its theme."""
    found: list[sa.ColumnElement[bool]] = []
    lines = [FundingLine.funder_id == filters.funder_id] if filters.funder_id is not None else []
    if filters.status is not None:
        lines.append(FundingLine.status == filters.status)
    if lines:
        found.append(Application.id.in_(sa.select(FundingLine.application_id).where(*lines)))
    if filters.quartier_id is not None:
        placed = sa.select(Placement.application_id).where(Placement.quartier_id == filters.quartier_id)
        found.append(Application.id.in_(placed))
    if filters.pillar_id is not None:
        found.append(sa.or_(Theme.parent_id == filters.pillar_id, Theme.id == filters.pillar_id))
    if filters.outcome is not None:
        said = sa.select(Decision.application_id).where(
            Decision.kind == DecisionKind.ARBITRATION,
            Decision.superseded_at.is_(None),
            Decision.outcome == filters.outcome,
        )
        found.append(Application.id.in_(said))
    return [*found, *(_named(word) for word in filters.words.split())]


def _named(word: str) -> sa.ColumnElement[bool]:
    """A word of the title or of the structure's name, or the application's number."""
    folded = fold(word)
    of_name = sa.select(Organisation.id).where(Organisation.name_fold.contains(folded, autoescape=True))
    found = [
        Application.title_fold.contains(folded, autoescape=True),
        Application.organisation_id.in_(of_name),
    ]
    number = plain_number(word.rpartition("-")[2])
    return sa.or_(*found, *([Application.number == number] if number is not None else []))


def envelopes(call: Call, reader: Reader) -> list[Consumption]:
    """The envelopes of the call with their sums, without what the reader stepped out of."""
    lines = consumption(call.id, visible_applications(reader.person_id, reader.grants))
    return [line for line in lines if reader.funder_ids is None or line.funder_id in reader.funder_ids]

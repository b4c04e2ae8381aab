"""The programming table of a call: a page of applications with their funding lines, and the totals.

The same number of queries whatever the applications. Everything is read through the select of what
its reader may see: a recused person's table, totals and balances leave the application out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Organisation
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, Envelope, FundingLine, Placement
from portal.calls.queries.envelopes import Consumption, consumption
from portal.calls.queries.visibility import CONTRACT_WIDE, recused_applications, visible_applications
from portal.calls.states import ApplicationStatus, CallStatus
from portal.committee.models import Decision
from portal.committee.queries.programme_rows import Rows, TableRow, read_rows
from portal.committee.rules.programme import Amounts, Sums, by_group, by_quartier, whole
from portal.committee.states import DecisionKind
from portal.contracts.models import Contract, Theme
from portal.extensions import db
from portal.foundation.pagination import Page, paged
from portal.quartiers.models import Quartier

LISTED = (ApplicationStatus.ADMISSIBLE, ApplicationStatus.DECIDED, ApplicationStatus.NOT_CARRIED_OUT)
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
    """What the address asks for; None leaves everything."""

    funder_id: int | None = None
    quartier_id: int | None = None
    pillar_id: int | None = None


def hidden_from(call_id: int, person_id: int) -> bool:
    """Whether a person stepped out of something in the table's call."""
    found = sa.select(Application.id).where(
        Application.call_id == call_id, Application.id.in_(recused_applications(person_id))
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


# -- the page -----------------------------------------------------------------------------------


def table(call: Call, reader: Reader, filters: Filters, number: int) -> tuple[Page, list[TableRow]]:
    """A page of the table: applications by number, each with its lines."""
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
        .where(Application.id.in_(reader.applications(call.id)), *_conditions(filters))
        .order_by(Application.number)
    )
    page = paged(statement, number)
    funders = reader.funder_ids
    if filters.funder_id is not None:
        funders = frozenset({filters.funder_id}) & (funders if funders is not None else {filters.funder_id})
    asked = Rows(call, page.rows, funders, reader.person_id, reads_scores=reader.reads_scores, oversees=reader.oversees)
    return page, read_rows(asked)


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if filters.funder_id is not None:
        asked = sa.select(FundingLine.application_id).where(FundingLine.funder_id == filters.funder_id)
        conditions.append(Application.id.in_(asked))
    if filters.quartier_id is not None:
        placed = sa.select(Placement.application_id).where(Placement.quartier_id == filters.quartier_id)
        conditions.append(Application.id.in_(placed))
    if filters.pillar_id is not None:
        conditions.append(sa.or_(Theme.parent_id == filters.pillar_id, Theme.id == filters.pillar_id))
    return conditions


# -- totals -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """The sums of the whole table, as its reader sees it; groups are (label, sums) in order."""

    applications: int
    whole: Sums
    quartiers: tuple[tuple[str, Sums], ...]
    pillars: tuple[tuple[str, Sums], ...]


def totals(call: Call, reader: Reader) -> Totals:
    """By quartier and by pillar; parts add up to the whole, to the cent."""
    seen = reader.applications(call.id)
    lines = _amounts(seen, reader.funder_ids)
    pillars = _pillars(seen)
    quartiers, placements = _placements(seen)
    shared = by_quartier(lines, placements)
    grouped = by_group(lines, {application: pillar for application, (pillar, _label) in pillars.items()})
    labels = {pillar: label for pillar, label in pillars.values() if pillar is not None}
    count = db.session.execute(sa.select(sa.func.count()).select_from(seen.subquery())).scalar_one()
    return Totals(
        count,
        whole(lines),
        _labelled(shared, quartiers, "Non réparti"),
        _labelled(grouped, labels, "Sans pilier"),
    )


def _labelled(sums: dict[int | None, Sums], labels: dict[int, str], rest: str) -> tuple[tuple[str, Sums], ...]:
    """The groups in the order of their labels, what has none at the end."""
    known = tuple((label, sums[key]) for key, label in labels.items() if key in sums)
    return (*known, (rest, sums[None])) if None in sums else known


def _amounts(seen: sa.Select[tuple[int]], funder_ids: Collection[int] | None) -> list[Amounts]:
    statement = sa.select(
        FundingLine.application_id,
        FundingLine.requested_cents,
        FundingLine.proposed_cents,
        FundingLine.arbitrated_cents,
        FundingLine.granted_cents,
    ).where(FundingLine.application_id.in_(seen))
    if funder_ids is not None:
        statement = statement.where(FundingLine.funder_id.in_(funder_ids))
    return [Amounts(*row) for row in db.session.execute(statement)]


def _pillars(seen: sa.Select[tuple[int]]) -> dict[int, tuple[int | None, str]]:
    """The pillar of each application: the parent of its theme, or the theme when it is one."""
    parent = aliased(Theme)
    rows = db.session.execute(
        sa.select(
            Application.id,
            sa.case((Theme.depth == 0, Theme.id), else_=parent.id),
            sa.case((Theme.depth == 0, Theme.label), else_=parent.label),
        )
        .outerjoin(Theme, Theme.id == Application.main_theme_id)
        .outerjoin(parent, parent.id == Theme.parent_id)
        .where(Application.id.in_(seen))
        .order_by(sa.func.coalesce(parent.position, Theme.position), Application.id)
    )
    return {row[0]: (row[1], row[2] or "") for row in rows}


def _placements(
    seen: sa.Select[tuple[int]],
) -> tuple[dict[int, str], dict[int, list[tuple[int, int | None]]]]:
    """The names of the quartiers in order, and the shares of each application in the order stored."""
    rows = db.session.execute(
        sa.select(Placement.application_id, Placement.quartier_id, Placement.share_bp, Quartier.name)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(Placement.application_id.in_(seen))
        .order_by(Quartier.position, Quartier.name_fold, Placement.id)
    ).all()
    names = {row.quartier_id: row.name for row in rows}
    found: dict[int, list[tuple[int, int | None]]] = {}
    for row in sorted(rows, key=lambda row: row.application_id):
        found.setdefault(row.application_id, []).append((row.quartier_id, row.share_bp))
    return names, found


def envelopes(call: Call, reader: Reader) -> list[Consumption]:
    """The envelopes of the call with their sums, without what the reader stepped out of."""
    lines = consumption(call.id, visible_applications(reader.person_id, reader.grants))
    return [line for line in lines if reader.funder_ids is None or line.funder_id in reader.funder_ids]

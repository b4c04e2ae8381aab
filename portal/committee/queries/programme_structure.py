"""All the projects of one structure in a call, with what each funder is asked, gave before, proposes and grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine
from portal.calls.queries.organisation_year import GONE, PRIVATE_FUNDERS
from portal.calls.queries.visibility import visible_applications
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.queries.convention_need import PRIVATE_LAW
from portal.committee.queries.desk_file import FunderHistory, organisation_history
from portal.committee.queries.programme import Reader
from portal.committee.queries.programme_past import PastYear, past_years
from portal.committee.rules.programme import Amounts, Sums
from portal.committee.rules.programme_structure import Thresholds, YearLine, auditor_needed, conventions_needed
from portal.contracts.models import Funder, Nature
from portal.extensions import db
from portal.foundation.pagination import Page, paged


@dataclass(frozen=True)
class Past:
    """What was granted to the same action one year before; None with `is_unknown` when nobody knows how much."""

    cents: int | None
    is_unknown: bool


@dataclass(frozen=True)
class StructureLine:
    """A funding line of a project. Cents; None = not said yet."""

    id: int
    funder_id: int
    funder: str
    nature: Nature
    status: FundingStatus
    amounts: Amounts
    previous: Past
    earlier: Past
    position: tuple[int, str]
    """Where its funder comes among the others."""


@dataclass(frozen=True)
class StructureProject:
    """A project of the structure in the call."""

    id: int
    reference: str
    title: str
    status: ApplicationStatus
    lines: tuple[StructureLine, ...]

    @property
    def sums(self) -> Sums:
        return _whole(self.lines)


@dataclass(frozen=True)
class FunderTotal:
    """A funder's part in the structure's year. `history` is None when it gave and was asked nothing before."""

    funder: str
    sums: Sums
    history: FunderHistory | None
    convention: str | None


@dataclass(frozen=True)
class StructureView:
    """Projects in the order of their filing: the form asks no ranking of its own."""

    projects: tuple[StructureProject, ...]
    funders: tuple[FunderTotal, ...]
    whole: Sums
    auditor: str | None


@dataclass(frozen=True)
class StructureRow:
    """A structure of the table, with the sums of its lines."""

    id: int
    name: str
    projects: int
    sums: Sums


def _whole(lines: Sequence[StructureLine]) -> Sums:
    return sum((line.amounts.sums() for line in lines), Sums())


def structures(call: Call, reader: Reader, number: int) -> tuple[Page, list[StructureRow]]:
    """A page of the structures of the table, by name."""
    lines = sa.and_(
        FundingLine.application_id == Application.id,
        sa.true() if reader.funder_ids is None else FundingLine.funder_id.in_(reader.funder_ids),
    )
    amounts = ("requested_cents", "proposed_cents", "arbitrated_cents", "granted_cents")
    sums = [sa.func.coalesce(sa.func.sum(getattr(FundingLine, name)), 0) for name in amounts]
    statement = (
        sa.select(Organisation.id, Organisation.name, sa.func.count(Application.id.distinct()), *sums)
        .join(Application, Application.organisation_id == Organisation.id)
        .outerjoin(FundingLine, lines)
        .where(Application.id.in_(reader.applications(call.id)))
        .group_by(Organisation.id, Organisation.name, Organisation.name_fold)
        .order_by(Organisation.name_fold, Organisation.id)
    )
    page = paged(statement, number)
    return page, [StructureRow(row[0], row[1], row[2], Sums(*map(int, row[3:]))) for row in page.rows]


def structure_view(call: Call, organisation: Organisation, reader: Reader) -> StructureView | None:
    """What a reader of the table sees of one structure; None when it has nothing there for them."""
    projects = _projects(call, organisation, reader)
    if not projects:
        return None
    year = _year_lines(call, organisation, reader)
    contract = call.contract
    thresholds = Thresholds(
        contract.convention_threshold_cents, contract.auditor_threshold_cents, contract.convention_counts_in_kind
    )
    private = organisation.kind in PRIVATE_LAW
    # Somebody who reads one funder's lines cannot tell the sum of all.
    auditor = auditor_needed(year, thresholds, private=private) if reader.funder_ids is None else None
    history = organisation_history(organisation.id, call.year, reader.person_id, reader.grants, reader.funder_ids)
    return StructureView(
        tuple(projects),
        tuple(_by_funder(projects, history, conventions_needed(year, thresholds, private=private))),
        _whole([line for project in projects for line in project.lines]),
        auditor,
    )


def _projects(call: Call, organisation: Organisation, reader: Reader) -> list[StructureProject]:
    rows = db.session.execute(
        sa.select(Application.id, Application.number, Application.title, Application.status)
        .where(Application.organisation_id == organisation.id, Application.id.in_(reader.applications(call.id)))
        .order_by(Application.number)
    ).all()
    lines = _lines(call, [row.id for row in rows], reader)
    return [
        StructureProject(row.id, f"{call.year}-{row.number:03d}", row.title, row.status, tuple(lines[row.id]))
        for row in rows
    ]


def _lines(call: Call, ids: Sequence[int], reader: Reader) -> dict[int, list[StructureLine]]:
    statement = (
        sa.select(FundingLine, Funder.name, Funder.position)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id.in_(ids))
        .order_by(Funder.position, Funder.name, FundingLine.id)
    )
    if reader.funder_ids is not None:
        statement = statement.where(FundingLine.funder_id.in_(reader.funder_ids))
    previous, earlier = past_years(call, ids)
    found: dict[int, list[StructureLine]] = {each: [] for each in ids}
    for line, funder, position in db.session.execute(statement):
        found[line.application_id].append(
            StructureLine(
                line.id,
                line.funder_id,
                funder,
                line.nature,
                line.status,
                Amounts(
                    line.application_id,
                    line.requested_cents,
                    line.proposed_cents,
                    line.arbitrated_cents,
                    line.granted_cents,
                ),
                _past(line, previous),
                _past(line, earlier),
                (position, funder),
            )
        )
    return found


def _past(line: FundingLine, year: PastYear) -> Past:
    cents = year.cents.get((line.application_id, line.funder_id, line.nature))
    return Past(cents, cents is None and line.application_id in year.unknown)


def _by_funder(
    projects: Sequence[StructureProject], history: Sequence[FunderHistory], conventions: dict[int, str]
) -> list[FunderTotal]:
    """The funders asked this year in their order, then those of the years before alone."""
    before = {each.funder_id: each for each in history}
    lines = [line for project in projects for line in project.lines]
    names = {line.funder_id: line.funder for line in sorted(lines, key=lambda line: line.position)}
    asked = [
        FunderTotal(
            names[each],
            _whole([line for line in lines if line.funder_id == each]),
            before.get(each),
            conventions.get(each),
        )
        for each in names
    ]
    return asked + [FunderTotal(each.funder, Sums(), each, None) for each in history if each.funder_id not in names]


def _year_lines(call: Call, organisation: Organisation, reader: Reader) -> list[YearLine]:
    """All that the structure asks in the call's year, whatever the call, of what the reader sees."""
    statement = (
        sa.select(FundingLine, Funder.name, Funder.kind)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.organisation_id == organisation.id,
            Call.year == call.year,
            Application.status.not_in(GONE),
            Application.id.in_(visible_applications(reader.person_id, reader.grants)),
        )
    )
    if reader.funder_ids is not None:
        statement = statement.where(FundingLine.funder_id.in_(reader.funder_ids))
    return [
        YearLine(
            line.funder_id,
            funder,
            kind not in PRIVATE_FUNDERS,
            line.nature,
            line.status,
            line.requested_cents,
            line.proposed_cents,
            line.arbitrated_cents,
            line.granted_cents,
        )
        for line, funder, kind in db.session.execute(statement)
    ]

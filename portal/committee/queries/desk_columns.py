"""What the chosen columns of the queue show beside its rows: one select each, whatever the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.accounts.rules import HeldGrant
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.calls.queries.visibility import visible_applications
from portal.calls.states import FundingStatus
from portal.committee.models import Assessment, Assignment, Opinion
from portal.committee.queries.desk_file import given
from portal.committee.queries.words import whole_sum
from portal.committee.rules.desk_columns import DeskColumn
from portal.committee.states import AssessmentStatus
from portal.contracts.models import Theme
from portal.extensions import db
from portal.quartiers.models import Quartier


@dataclass(frozen=True)
class Part:
    """So many done out of so many asked."""

    done: int = 0
    asked: int = 0


@dataclass
class Columns:
    """By application id; `granted_before` in cents, None when a part of it is not communicated."""

    quartiers: dict[int, list[str]] = field(default_factory=dict)
    themes: dict[int, str] = field(default_factory=dict)
    people: dict[int, int | None] = field(default_factory=dict)
    assessments: dict[int, Part] = field(default_factory=dict)
    opinions: dict[int, Part] = field(default_factory=dict)
    granted_before: dict[int, int | None] = field(default_factory=dict)


def columns_of(
    call: Call,
    ids: Collection[int],
    shown: Collection[DeskColumn],
    person_id: int,
    grants: Sequence[HeldGrant],
) -> Columns:
    """What these columns say of these applications; only what is shown is read."""
    found = Columns()
    if DeskColumn.QUARTIERS in shown:
        found.quartiers = _quartiers(ids)
    if DeskColumn.THEME in shown:
        found.themes = _pairs(
            sa.select(Application.id, Theme.label)
            .join(Theme, Theme.id == Application.main_theme_id)
            .where(Application.id.in_(ids))
        )
    if DeskColumn.PEOPLE in shown:
        found.people = _pairs(sa.select(Application.id, Application.people_expected).where(Application.id.in_(ids)))
    if DeskColumn.ASSESSMENTS in shown:
        found.assessments = _assessments(ids)
    if DeskColumn.OPINIONS in shown:
        found.opinions = _opinions(ids)
    if DeskColumn.GRANTED_BEFORE in shown:
        found.granted_before = _granted_before(call, ids, visible_applications(person_id, grants))
    return found


def _pairs(statement: sa.Select[Any]) -> dict[int, Any]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _quartiers(ids: Collection[int]) -> dict[int, list[str]]:
    rows = db.session.execute(
        sa.select(Placement.application_id, Quartier.name)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .where(Placement.application_id.in_(ids))
        .order_by(Placement.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for application_id, name in rows:
        found[application_id].append(name)
    return found


def _assessments(ids: Collection[int]) -> dict[int, Part]:
    sheet = sa.and_(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    rows = db.session.execute(
        sa.select(Assignment.application_id, sa.func.count(Assessment.id), sa.func.count())
        .outerjoin(Assessment, sheet)
        .where(Assignment.application_id.in_(ids), Assignment.ended_at.is_(None))
        .group_by(Assignment.application_id)
    )
    return {row[0]: Part(row[1], row[2]) for row in rows}


def _opinions(ids: Collection[int]) -> dict[int, Part]:
    """Of the funders that the application asks."""
    asked = (
        sa.select(FundingLine.application_id, FundingLine.funder_id)
        .where(FundingLine.application_id.in_(ids), FundingLine.status != FundingStatus.NOT_ASKED)
        .distinct()
        .subquery()
    )
    answer = sa.and_(Opinion.application_id == asked.c.application_id, Opinion.funder_id == asked.c.funder_id)
    rows = db.session.execute(
        sa.select(asked.c.application_id, sa.func.count(Opinion.id), sa.func.count())
        .select_from(asked)
        .outerjoin(Opinion, answer)
        .group_by(asked.c.application_id)
    )
    return {row[0]: Part(row[1], row[2]) for row in rows}


def _granted_before(call: Call, ids: Collection[int], seen: sa.Select[tuple[int]]) -> dict[int, int | None]:
    """What all funders gave the organisation in the year before, as far as the reader sees."""
    asking = sa.select(Application.id, Application.organisation_id).where(Application.id.in_(ids)).subquery()
    rows = db.session.execute(
        sa.select(asking.c.id, whole_sum(given()))
        .select_from(asking)
        .join(Application, Application.organisation_id == asking.c.organisation_id)
        .join(Call, Call.id == Application.call_id)
        .join(FundingLine, FundingLine.application_id == Application.id)
        .where(Call.year == call.year - 1, Application.id.in_(seen))
        .group_by(asking.c.id)
    )
    return {row[0]: row[1] for row in rows}

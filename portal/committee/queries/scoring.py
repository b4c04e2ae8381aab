"""Analysis sheets and what they say together. Sheets of people recused since are left out everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.accounts.models import Person
from portal.calls.models import Application, Call, Criterion, Recusal
from portal.committee.models import Assessment, Assignment, CriterionScore
from portal.committee.rules.scoring import Mark, SheetText, Summary, score, summary
from portal.committee.states import AssessmentStatus, Verdict
from portal.extensions import db


def grid(call: Call) -> list[Criterion]:
    """The criteria of a call with the descriptor of each level; nothing when scoring is off."""
    if not call.scoring_enabled:
        return []
    return list(
        db.session.execute(
            sa.select(Criterion)
            .where(Criterion.call_id == call.id)
            .options(selectinload(Criterion.levels))
            .order_by(Criterion.position, Criterion.id)
        ).scalars()
    )


def assessment_of(application_id: int, person_id: int) -> Assessment | None:
    """One reviewer's sheet on one application."""
    return db.session.execute(
        sa.select(Assessment).where(Assessment.application_id == application_id, Assessment.person_id == person_id)
    ).scalar()


def marks_of(assessment: Assessment | None, criteria: Sequence[Criterion]) -> list[Mark]:
    """The marks of a sheet in the grid's order, empty where none is given yet."""
    given = {line.criterion_id: line for line in assessment.scores} if assessment else {}
    return [
        Mark(each.id, each.weight, given[each.id].level, given[each.id].comment)
        if each.id in given
        else Mark(each.id, each.weight)
        for each in criteria
    ]


def text_of(assessment: Assessment | None, criteria: Sequence[Criterion]) -> SheetText:
    """A sheet as it is saved; an empty one when nothing is."""
    if assessment is None:
        return SheetText(marks={each.id: (None, "") for each in criteria})
    marks = {mark.criterion_id: (mark.level, mark.comment) for mark in marks_of(assessment, criteria)}
    return SheetText(assessment.verdict, assessment.strengths, assessment.reserves, marks)


@dataclass(frozen=True)
class Sheet:
    """One analysis as the others read it. `marks` pairs each criterion's label with its mark."""

    person_id: int
    person: str
    status: AssessmentStatus
    verdict: Verdict | None
    strengths: str
    reserves: str
    finalised_at: datetime | None
    score: int | None
    marks: tuple[tuple[str, Mark], ...]


def sheets_of(application: Application) -> list[Sheet]:
    """The final sheets on an application, oldest first."""
    criteria = grid(application.call)
    rows = db.session.execute(
        sa.select(Assessment)
        .where(
            Assessment.application_id == application.id,
            Assessment.status == AssessmentStatus.FINAL,
            ~by_recused(),
        )
        .options(selectinload(Assessment.scores), selectinload(Assessment.person))
        .order_by(Assessment.finalised_at, Assessment.id)
    ).scalars()
    return [_sheet(row, criteria) for row in rows]


def _sheet(row: Assessment, criteria: Sequence[Criterion]) -> Sheet:
    marks = marks_of(row, criteria)
    return Sheet(
        row.person_id,
        row.person.display_name,
        row.status,
        row.verdict,
        row.strengths,
        row.reserves,
        row.finalised_at,
        score(marks),
        tuple((criterion.label, mark) for criterion, mark in zip(criteria, marks, strict=True)),
    )


def summaries(call: Call, application_ids: Collection[int]) -> dict[int, Summary]:
    """Mean, spread and missing reviewers of applications of one call, in three queries whatever their number."""
    weights = {each.id: each.weight for each in grid(call)}
    scores: dict[int, list[int]] = defaultdict(list)
    for (application_id, _), marks in _final_marks(application_ids).items():
        whole = [Mark(each, weight, marks.get(each)) for each, weight in weights.items()]
        total = score(whole)
        if total is not None:
            scores[application_id].append(total)
    missing = _missing(application_ids)
    return {each: summary(scores[each], missing.get(each, 0)) for each in application_ids}


def _final_marks(application_ids: Collection[int]) -> dict[tuple[int, int], dict[int, int | None]]:
    rows = db.session.execute(
        sa.select(Assessment.application_id, Assessment.id, CriterionScore.criterion_id, CriterionScore.level)
        .join(CriterionScore, CriterionScore.assessment_id == Assessment.id)
        .where(
            Assessment.application_id.in_(application_ids),
            Assessment.status == AssessmentStatus.FINAL,
            ~by_recused(),
        )
        .order_by(Assessment.id)
    )
    found: dict[tuple[int, int], dict[int, int | None]] = defaultdict(dict)
    for application_id, assessment_id, criterion_id, level in rows:
        found[application_id, assessment_id][criterion_id] = level
    return found


def _missing(application_ids: Collection[int]) -> dict[int, int]:
    """How many assigned reviewers have not given their analysis."""
    final = sa.and_(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    rows = db.session.execute(
        sa.select(Assignment.application_id, sa.func.count())
        .outerjoin(Assessment, final)
        .where(Assignment.application_id.in_(application_ids), Assignment.ended_at.is_(None), Assessment.id.is_(None))
        .group_by(Assignment.application_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class OwnState:
    """Where somebody stands on an application: their sheet given, or still owed."""

    is_final: bool
    is_pending: bool


def own_state(application_id: int, person_id: int) -> OwnState:
    row = db.session.execute(
        sa.select(Assignment.id, Assignment.ended_at, Assessment.status)
        .select_from(Person)
        .outerjoin(Assignment, sa.and_(Assignment.person_id == Person.id, Assignment.application_id == application_id))
        .outerjoin(Assessment, sa.and_(Assessment.person_id == Person.id, Assessment.application_id == application_id))
        .where(Person.id == person_id)
    ).one()
    is_final = row[2] is AssessmentStatus.FINAL
    return OwnState(is_final, row[0] is not None and row[1] is None and not is_final)


def by_recused() -> sa.ColumnElement[bool]:
    """Whether a sheet of the query around is by somebody who has stepped out since."""
    return (
        sa.select(Recusal.id)
        .join(
            Application,
            sa.or_(Recusal.application_id == Application.id, Recusal.organisation_id == Application.organisation_id),
        )
        .where(
            Application.id == Assessment.application_id,
            Recusal.person_id == Assessment.person_id,
            Recusal.ended_at.is_(None),
        )
        .correlate(Assessment)
        .exists()
    )

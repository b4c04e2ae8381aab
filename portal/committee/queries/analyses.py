"""The analyses of a call as those who oversee them read them: means, spreads, who is awaited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.accounts.rules import HeldGrant
from portal.calls.models import Application, Call, Criterion
from portal.calls.queries.agreement import is_later_year
from portal.calls.queries.visibility import visible_applications
from portal.committee.models import Assessment, Assignment, CriterionScore
from portal.committee.queries import scoring
from portal.committee.queries.reviewing import REVIEWED
from portal.committee.queries.words import full_name
from portal.committee.rules.scoring import FULL_SCORE, TOP_LEVEL
from portal.committee.states import AssessmentStatus, Verdict
from portal.extensions import db
from portal.foundation.pagination import Page, paged


@dataclass(frozen=True)
class AnalysedRow:
    """One application: scores in hundredths, None when nobody scored or when the reader is still blind."""

    id: int
    number: int
    title: str
    organisation: str
    assigned: int
    given: int
    is_hidden: bool
    mean: int | None
    spread: int | None
    favourable: int | None
    unfavourable: int | None
    disagrees: bool
    awaited: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return self.assigned - self.given


@dataclass(frozen=True)
class Totals:
    """How far the analyses of a call are. `given` and `assigned` count analyses, the others applications."""

    applications: int
    assigned: int
    given: int
    unassigned: int
    missing: int
    disagreeing: int


class Analyses:
    """The applications of a call that are analysed, for one reader: a fixed number of queries."""

    def __init__(self, call: Call, person_id: int, grants: Sequence[HeldGrant]) -> None:
        self.call = call
        self.seen = visible_applications(person_id, grants)
        self.people = _people()
        self.sheets = _sheets_together(scoring.grid(call))
        self.hidden = _owes(person_id) if call.blind_scoring else sa.false()
        together = self.sheets.c
        self.assigned = sa.func.coalesce(self.people.c.assigned, 0)
        self.given = sa.func.coalesce(self.people.c.given, 0)
        self.mean, self.spread = self._shown(together.mean), self._shown(together.spread)
        opposed = sa.and_(together.favourable > 0, together.unfavourable > 0)
        apart = sa.or_(sa.func.coalesce(together.spread, 0) >= call.contract.disagreement_points * 100, opposed)
        self.disagrees = sa.and_(~self.hidden, sa.func.coalesce(apart, sa.false()))

    def page(self, kept: str, order: str, number: int) -> Page:
        """One page of AnalysedRow. `kept`: "" all, "manque" those awaited, "ecart" those that disagree."""
        together = self.sheets.c
        asked = self._from(
            Application.id,
            Application.number,
            Application.title,
            Organisation.name,
            self.assigned,
            self.given,
            self.hidden,
            self.mean,
            self.spread,
            self._shown(together.favourable),
            self._shown(together.unfavourable),
            self.disagrees,
        )
        if kept == "manque":
            asked = asked.where(sa.or_(self.assigned == 0, self.given < self.assigned))
        if kept == "ecart":
            asked = asked.where(self.disagrees)
        found = paged(asked.order_by(*self._order(order), Application.number), number)
        awaited = _awaited([row[0] for row in found.rows])
        rows = [replace(AnalysedRow(*row), awaited=tuple(awaited[row[0]])) for row in found.rows]
        return Page(rows, found.number, found.per_page, found.total)

    def totals(self) -> Totals:
        each = self._from(
            self.assigned.label("assigned"), self.given.label("given"), self.disagrees.label("disagrees")
        ).subquery()
        row = db.session.execute(
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(each.c.assigned), 0),
                sa.func.coalesce(sa.func.sum(each.c.given), 0),
                sa.func.count(sa.case((each.c.assigned == 0, 1))),
                sa.func.count(sa.case((each.c.given < each.c.assigned, 1))),
                sa.func.count(sa.case((each.c.disagrees, 1))),
            )
        ).one()
        return Totals(*map(int, row))

    def _shown(self, value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return sa.case((self.hidden, None), else_=value)

    def _from(self, *columns: Any) -> sa.Select[Any]:
        return (
            sa.select(*columns)
            .select_from(Application)
            .join(Organisation, Organisation.id == Application.organisation_id)
            .outerjoin(self.people, self.people.c.application_id == Application.id)
            .outerjoin(self.sheets, self.sheets.c.application_id == Application.id)
            .where(
                Application.call_id == self.call.id,
                Application.id.in_(self.seen),
                ~is_later_year(),
                # Those decided since keep the analyses they had.
                sa.or_(Application.status.in_(REVIEWED), self.assigned > 0),
            )
        )

    def _order(self, order: str) -> list[sa.SQLColumnExpression[Any]]:
        columns: dict[str, sa.SQLColumnExpression[Any]] = {
            "titre": Application.title_fold,
            "moyenne": self.mean,
            "ecart": self.spread,
            "manque": self.assigned - self.given,
        }
        column = columns.get(order.removeprefix("-"))
        if column is None:
            return [Application.number.desc()] if order == "-numero" else []
        # The two back ends do not put what is unknown at the same end.
        return [column.is_(None), column.desc() if order.startswith("-") else column]


def _people() -> sa.Subquery:
    """How many analyse each application now, and how many have given their analysis."""
    given = sa.and_(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    return (
        sa.select(
            Assignment.application_id,
            sa.func.count().label("assigned"),
            sa.func.count(Assessment.id).label("given"),
        )
        .outerjoin(Assessment, given)
        .where(Assignment.ended_at.is_(None))
        .group_by(Assignment.application_id)
        .subquery()
    )


def _sheets_together(grid: Sequence[Criterion]) -> sa.Subquery:
    """Mean and spread of each application as `rules.scoring.summary` computes them, and its opinions."""
    each = _sheet_scores(grid)
    number = sa.func.count(each.c.score)
    total = sa.cast(sa.func.sum(each.c.score), sa.BigInteger)
    return (
        sa.select(
            each.c.application_id,
            ((2 * total + number) // sa.func.nullif(2 * number, 0, type_=sa.BigInteger)).label("mean"),
            (sa.func.max(each.c.score) - sa.func.min(each.c.score)).label("spread"),
            sa.func.count(sa.case((each.c.verdict == Verdict.FAVOURABLE, 1))).label("favourable"),
            sa.func.count(sa.case((each.c.verdict == Verdict.UNFAVOURABLE, 1))).label("unfavourable"),
        )
        .group_by(each.c.application_id)
        .subquery()
    )


def _sheet_scores(grid: Sequence[Criterion]) -> sa.Subquery:
    """The score of each final sheet, None while a mark is missing or without a grid."""
    weights = sum(line.weight for line in grid)
    points = sa.cast(sa.func.sum(Criterion.weight * CriterionScore.level), sa.BigInteger)
    whole = sa.func.count(CriterionScore.level) == len(grid)
    hundredths = (2 * points * FULL_SCORE + weights * TOP_LEVEL) // (2 * weights * TOP_LEVEL or 1)
    score = sa.case((whole, hundredths)) if grid else sa.cast(sa.null(), sa.BigInteger)
    return (
        sa.select(Assessment.application_id, Assessment.verdict, score.label("score"))
        .outerjoin(CriterionScore, CriterionScore.assessment_id == Assessment.id)
        .outerjoin(Criterion, Criterion.id == CriterionScore.criterion_id)
        .where(Assessment.status == AssessmentStatus.FINAL, ~scoring.by_recused())
        .group_by(Assessment.id, Assessment.application_id, Assessment.verdict)
        .subquery()
    )


def _owes(person_id: int) -> sa.ColumnElement[bool]:
    """Whether the reader still owes an analysis of the application: they are blind until then."""
    given = sa.select(Assessment.id).where(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    return (
        sa.select(Assignment.id)
        .where(
            Assignment.application_id == Application.id,
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            ~given.correlate(Assignment).exists(),
        )
        .correlate(Application)
        .exists()
    )


def _awaited(application_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of those whose analysis is not given yet."""
    given = sa.and_(
        Assessment.application_id == Assignment.application_id,
        Assessment.person_id == Assignment.person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    rows = db.session.execute(
        sa.select(Assignment.application_id, full_name())
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Assessment, given)
        .where(Assignment.application_id.in_(application_ids), Assignment.ended_at.is_(None), Assessment.id.is_(None))
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for application_id, name in rows:
        found[application_id].append(name)
    return found

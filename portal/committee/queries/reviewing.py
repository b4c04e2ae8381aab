"""Who analyses what, and how much each has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Grant, Organisation, Person
from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, Placement, Recusal
from portal.calls.queries.agreement import is_later_year
from portal.calls.queries.visibility import recused_applications, visible_applications
from portal.calls.states import ApplicationStatus
from portal.committee.models import Assessment, Assignment
from portal.committee.queries.words import full_name
from portal.committee.states import AssessmentStatus
from portal.contracts.models import Theme
from portal.extensions import db

REVIEWED = (ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE)
"""The applications that are given to reviewers: before the committee, or waiting for its arbitration."""


@dataclass(frozen=True)
class Reviewer:
    """A member of the committee on a call, with what they have and what they owe."""

    id: int
    name: str
    assigned: int = 0
    final: int = 0


def reviewers_of(call: Call, reader_id: int | None = None) -> list[Reviewer]:
    """The reviewers of a call in the order of their names, which balancing follows.

    What `reader_id` stepped out of does not count in what each has to do.
    """
    name = full_name()
    hidden = recused_applications(reader_id) if reader_id is not None else sa.select(Application.id).where(sa.false())
    mine = (
        sa.select(Assignment.person_id, Assignment.application_id)
        .join(Application, Application.id == Assignment.application_id)
        .where(Application.call_id == call.id, Assignment.ended_at.is_(None), Application.id.not_in(hidden))
        .subquery()
    )
    done = sa.and_(
        Assessment.person_id == mine.c.person_id,
        Assessment.application_id == mine.c.application_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    counts = (
        sa.select(mine.c.person_id, sa.func.count().label("assigned"), sa.func.count(Assessment.id).label("final"))
        .select_from(mine)
        .outerjoin(Assessment, done)
        .group_by(mine.c.person_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Person.id, name, sa.func.coalesce(counts.c.assigned, 0), sa.func.coalesce(counts.c.final, 0))
        .where(Person.id.in_(_reviewer_ids(call)), Person.disabled_at.is_(None))
        .outerjoin(counts, counts.c.person_id == Person.id)
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    return [Reviewer(*row) for row in rows]


def is_reviewer(person_id: int, call: Call) -> bool:
    found = _reviewer_ids(call).where(Grant.person_id == person_id).exists()
    return bool(db.session.execute(sa.select(found)).scalar())


def _reviewer_ids(call: Call) -> sa.Select[tuple[int]]:
    return sa.select(Grant.person_id).where(
        Grant.role == Role.REVIEWER,
        Grant.scope_kind == ScopeKind.CALL,
        Grant.scope_id == call.id,
        Grant.ended_at.is_(None),
    )


@dataclass(frozen=True)
class Scope:
    """Which applications of a call; empty values narrow nothing. `lost`: those that a recusal left short."""

    quartier_id: int | None = None
    theme_id: int | None = None
    lost: bool = False


EVERYTHING = Scope()


def to_distribute(call: Call, person_id: int, grants: Sequence[HeldGrant], scope: Scope = EVERYTHING) -> sa.Select[Any]:
    """The applications of a call that need reviewers, by number. To be paged by the view."""
    statement = (
        sa.select(Application.id, Application.number, Application.title, Organisation.name.label("organisation"))
        .join(Organisation)
        .where(
            Application.call_id == call.id,
            Application.status.in_(REVIEWED),
            # A later year of an agreement was analysed with the first.
            ~is_later_year(),
            Application.id.in_(visible_applications(person_id, grants)),
        )
        .order_by(Application.number)
    )
    if scope.quartier_id is not None:
        placed = sa.select(Placement.application_id).where(Placement.quartier_id == scope.quartier_id)
        statement = statement.where(Application.id.in_(placed))
    if scope.theme_id is not None:
        statement = statement.where(Application.main_theme_id == scope.theme_id)
    if scope.lost:
        statement = statement.where(Application.id.in_(_lost(call)))
    return statement


def ids_to_distribute(call: Call, person_id: int, grants: Sequence[HeldGrant], scope: Scope = EVERYTHING) -> list[int]:
    """The same, all of them."""
    return list(db.session.execute(to_distribute(call, person_id, grants, scope)).scalars())


def _lost(call: Call) -> sa.Select[tuple[int]]:
    """The applications that somebody had to analyse before stepping out of them, and nobody took over since."""
    later = aliased(Assignment)
    taken_over = sa.select(later.id).where(
        later.application_id == Assignment.application_id, later.assigned_at >= Assignment.ended_at
    )
    touches = sa.or_(Recusal.application_id == Application.id, Recusal.organisation_id == Application.organisation_id)
    return (
        sa.select(Application.id)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Recusal, sa.and_(Recusal.person_id == Assignment.person_id, touches))
        .where(
            Application.call_id == call.id,
            Assignment.ended_at.is_not(None),
            Recusal.ended_at.is_(None),
            ~taken_over.correlate(Assignment).exists(),
        )
    )


def count_lost(call: Call, person_id: int, grants: Sequence[HeldGrant]) -> int:
    """How many applications wait for somebody to replace a person who stepped out."""
    lost = to_distribute(call, person_id, grants, Scope(lost=True)).order_by(None).subquery()
    return db.session.execute(sa.select(sa.func.count()).select_from(lost)).scalar_one()


def themes_of(call: Call) -> list[tuple[int, str]]:
    """The themes of the call's applications, for the filter."""
    rows = db.session.execute(
        sa.select(Theme.id, Theme.label)
        .where(Theme.id.in_(sa.select(Application.main_theme_id).where(Application.call_id == call.id)))
        .order_by(Theme.label_fold, Theme.id)
    )
    return [(row[0], row[1]) for row in rows]


def pairs_not_begun(application_ids: Collection[int], person_ids: Collection[int]) -> list[tuple[int, int]]:
    """The (application, reviewer) pairs of which nothing is written yet."""
    begun = sa.select(Assessment.id).where(
        Assessment.application_id == Assignment.application_id, Assessment.person_id == Assignment.person_id
    )
    rows = db.session.execute(
        sa.select(Assignment.application_id, Assignment.person_id)
        .where(
            Assignment.application_id.in_(application_ids),
            Assignment.person_id.in_(person_ids),
            Assignment.ended_at.is_(None),
            ~begun.correlate(Assignment).exists(),
        )
        .order_by(Assignment.application_id, Assignment.person_id)
    )
    return [(row[0], row[1]) for row in rows]


def assigned_people(application_ids: Collection[int]) -> dict[int, set[int]]:
    """Who analyses each application now."""
    rows = db.session.execute(
        sa.select(Assignment.application_id, Assignment.person_id).where(
            Assignment.application_id.in_(application_ids), Assignment.ended_at.is_(None)
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for application_id, person_id in rows:
        found[application_id].add(person_id)
    return dict(found)


def recused_pairs(call: Call) -> set[tuple[int, int]]:
    """The (application, person) pairs that a recusal forbids in a call."""
    rows = db.session.execute(
        sa.select(Application.id, Recusal.person_id)
        .join(
            Recusal,
            sa.or_(Recusal.application_id == Application.id, Recusal.organisation_id == Application.organisation_id),
        )
        .where(Application.call_id == call.id, Recusal.ended_at.is_(None))
    )
    return {(row[0], row[1]) for row in rows}


def assignment_of(application_id: int, person_id: int) -> Assignment | None:
    """The assignment of one person on one application, running or ended."""
    return db.session.execute(
        sa.select(Assignment).where(Assignment.application_id == application_id, Assignment.person_id == person_id)
    ).scalar()


@dataclass(frozen=True)
class AssignedReviewer:
    """A reviewer in charge of an application and how far they are; no mark, no word of their sheet."""

    person_id: int
    name: str
    assigned_at: datetime
    status: AssessmentStatus | None


def assigned_reviewers(application_id: int) -> list[AssignedReviewer]:
    """Who analyses an application now."""
    rows = db.session.execute(
        sa.select(
            Person.id,
            full_name(),
            Assignment.assigned_at,
            Assessment.status,
        )
        .join(Assignment, Assignment.person_id == Person.id)
        .outerjoin(
            Assessment,
            sa.and_(
                Assessment.application_id == Assignment.application_id, Assessment.person_id == Assignment.person_id
            ),
        )
        .where(Assignment.application_id == application_id, Assignment.ended_at.is_(None))
        .order_by(Person.family_name, Person.id)
    )
    return [AssignedReviewer(*row) for row in rows]


def my_assessments(
    person_id: int, call_ids: Sequence[int], status: AssessmentStatus | None = None, *, to_begin: bool = False
) -> sa.Select[Any]:
    """What a reviewer was given, what is owed first. To be paged by the view.

    `status` keeps the sheets in that state; `to_begin` those not begun.
    """
    mine = sa.and_(Assessment.application_id == Application.id, Assessment.person_id == person_id)
    final = sa.func.coalesce(Assessment.status, AssessmentStatus.DRAFT) == AssessmentStatus.FINAL
    statement = (
        sa.select(
            Application.id,
            Call.year,
            Application.number,
            Application.title,
            Organisation.name.label("organisation"),
            Assessment.status,
            Assessment.verdict,
        )
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Assessment, mine)
        .where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            Application.call_id.in_(call_ids),
            Application.id.not_in(recused_applications(person_id)),
        )
        .order_by(final, Call.year.desc(), Application.number)
    )
    if to_begin:
        return statement.where(Assessment.id.is_(None))
    return statement.where(Assessment.status == status) if status else statement


def calls_of_reviewer(person_id: int, call_ids: Sequence[int]) -> list[tuple[int, str]]:
    """The calls in which somebody has applications to analyse: (id, title), the last first."""
    mine = sa.select(Application.call_id).join(Assignment, Assignment.application_id == Application.id)
    mine = mine.where(Assignment.person_id == person_id, Assignment.ended_at.is_(None))
    rows = db.session.execute(
        sa.select(Call.id, Call.title)
        .where(Call.id.in_(call_ids), Call.id.in_(mine.where(Application.id.not_in(recused_applications(person_id)))))
        .order_by(Call.year.desc(), Call.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Turn:
    """An application of a reviewer's round: what comes before and after the one they read."""

    id: int
    reference: str
    title: str
    is_given: bool


def round_of(call: Call, person_id: int) -> list[Turn]:
    """All that somebody has to analyse in a call, by number, given or not."""
    given = sa.and_(
        Assessment.application_id == Application.id,
        Assessment.person_id == person_id,
        Assessment.status == AssessmentStatus.FINAL,
    )
    rows = db.session.execute(
        sa.select(Application.id, Application.number, Application.title, Assessment.id.is_not(None))
        .join(Assignment, Assignment.application_id == Application.id)
        .outerjoin(Assessment, given)
        .where(
            Application.call_id == call.id,
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            Application.id.not_in(recused_applications(person_id)),
        )
        .order_by(Application.number)
    )
    return [Turn(row[0], f"{call.year}-{row[1]:03d}", row[2], bool(row[3])) for row in rows]

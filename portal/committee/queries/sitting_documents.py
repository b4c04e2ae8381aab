"""The papers of a sitting, and who may read which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.calls.models import Recusal
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import Sitting, SittingDocument
from portal.committee.queries.sittings import steps_out_of_agenda
from portal.committee.states import SittingDocumentKind
from portal.extensions import db
from portal.foundation.outbox import Task, TaskState


@dataclass(frozen=True)
class Paper:
    """A paper as the page of its sitting lists it; `reader` names whose own copy it is."""

    id: int
    kind: SittingDocumentKind
    number: int
    reader: str | None
    asked_at: datetime
    is_ready: bool
    has_failed: bool


def papers_of(sitting: Sitting, person_id: int, roles: frozenset[Role]) -> list[Paper]:
    """The papers that a person may open, the latest of each kind first."""
    readable = _readable(sitting, person_id, roles)
    rows = db.session.execute(
        sa.select(SittingDocument, Person, Task.state)
        .outerjoin(Person, Person.id == SittingDocument.reader_id)
        .outerjoin(Task, Task.id == SittingDocument.task_id)
        .where(SittingDocument.sitting_id == sitting.id, readable)
        .order_by(SittingDocument.kind, SittingDocument.number.desc())
    )
    return [
        Paper(
            document.id,
            document.kind,
            document.number,
            person.display_name if person else None,
            document.asked_at,
            document.file_id is not None,
            document.file_id is None and state is TaskState.FAILED,
        )
        for document, person, state in rows
    ]


def readable_document(
    sitting: Sitting, document_id: int, person_id: int, roles: frozenset[Role]
) -> SittingDocument | None:
    """One of the papers that a person may open, None otherwise."""
    return db.session.scalars(
        sa.select(SittingDocument).where(
            SittingDocument.id == document_id,
            SittingDocument.sitting_id == sitting.id,
            _readable(sitting, person_id, roles),
        )
    ).first()


def _readable(sitting: Sitting, person_id: int, roles: frozenset[Role]) -> sa.ColumnElement[bool]:
    """Whole papers are closed to whoever stepped out of an item; their own copy is not.

    The Direction prepares the papers; the others read what is final, and their own copy.
    """
    # A copy made before they stepped out of something more is closed: another one is to be made.
    since = sa.select(Recusal.id).where(
        Recusal.person_id == person_id, Recusal.ended_at.is_(None), Recusal.created_at > SittingDocument.asked_at
    )
    own = sa.and_(SittingDocument.reader_id == person_id, ~since.exists())
    shared = SittingDocument.kind.in_((SittingDocumentKind.CAHIER, SittingDocumentKind.MINUTES))
    if not steps_out_of_agenda(person_id, sitting):
        return sa.true() if roles & DIRECTION else sa.or_(own, sa.and_(shared, SittingDocument.reader_id.is_(None)))
    if roles & DIRECTION:
        return sa.or_(own, SittingDocument.kind == SittingDocumentKind.ATTENDANCE)
    return own

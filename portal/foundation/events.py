"""The append-only journal: who did what, when, to what, before and after.

Triggers refuse any update or deletion on both databases. Personal fields are recorded by name
only: give `personal=` their names and their values never enter the journal.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import Base, BigId, Identified


class Event(Identified, Base):
    __tablename__ = "event"
    __table_args__ = (
        sa.Index("ix_event_subject", "subject_type", "subject_id"),  # the history of one thing
        sa.Index("ix_event_application_id", "application_id"),  # the timeline of a dossier
    )

    at: Mapped[datetime]
    actor_kind: Mapped[str]
    # No foreign key: a person may be erased, the journal stays.
    actor_person_id: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(BigId)
    application_id: Mapped[int | None] = mapped_column(BigId)
    details: Mapped[dict[str, Any]]


class Subject(Protocol):
    __tablename__: str
    id: Mapped[int] | int


TRIGGER_DDL: dict[str, list[str]] = {
    "sqlite": [
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$",
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION event_append_only()",
    ],
}

for _dialect, _statements in TRIGGER_DDL.items():
    for _statement in _statements:
        sa.event.listen(
            Event.__table__,
            "after_create",
            sa.DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),
        )


def record(
    actor: Actor,
    action: str,
    subject: Any,
    *,
    application_id: int | None = None,
    personal: Sequence[str] = (),
    **details: object,
) -> None:
    """Add one event to the running unit of work.

    `action` reads "thing.done" ("call.extended"). `details` are plain values (before/after pairs
    as two-element lists). `personal` lists fields changed whose values must stay out.
    """
    from portal.extensions import db

    session = db.session()
    if subject is not None and subject.id is None:
        session.flush()
    values = {name: _plain(value) for name, value in details.items()}
    if personal:
        values["personal"] = sorted(personal)
    if application_id is None and subject is not None:
        application_id = (
            subject.id if subject.__tablename__ == "application" else getattr(subject, "application_id", None)
        )
    session.add(
        Event(
            at=clock.now(),
            actor_kind=actor.kind,
            actor_person_id=actor.person_id,
            action=action,
            subject_type=subject.__tablename__ if subject is not None else "portal",
            subject_id=subject.id if subject is not None else None,
            application_id=application_id,
            details=values,
        )
    )


def record_each(actor: Actor, action: str, subject_type: str, subject_ids: Sequence[int], **details: object) -> None:
    """Add the same event on many things (rows of the table `subject_type`) in one statement."""
    from portal.extensions import db

    values = {name: _plain(value) for name, value in details.items()}
    rows = [
        {
            "at": clock.now(),
            "actor_kind": actor.kind,
            "actor_person_id": actor.person_id,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "application_id": subject_id if subject_type == "application" else None,
            "details": values,
        }
        for subject_id in subject_ids
    ]
    if rows:
        db.session.execute(sa.insert(Event), rows)


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return value


@dataclass(frozen=True)
class PastEvent:
    """One line of a history page."""

    at: datetime
    actor_kind: str
    actor_person_id: int | None
    action: str
    details: dict[str, Any]


def history_of(subject_type: str, subject_id: int) -> list[PastEvent]:
    """What happened to one thing, oldest first."""
    return _past(sa.and_(Event.subject_type == subject_type, Event.subject_id == subject_id))


def history_of_application(application_id: int) -> list[PastEvent]:
    """What happened to one application and all that hangs on it, oldest first."""
    return _past(Event.application_id == application_id)


def _past(condition: sa.ColumnElement[bool]) -> list[PastEvent]:
    from portal.extensions import db

    rows = db.session.execute(
        sa.select(Event.at, Event.actor_kind, Event.actor_person_id, Event.action, Event.details)
        .where(condition)
        .order_by(Event.id)
    )
    return [PastEvent(*row) for row in rows]

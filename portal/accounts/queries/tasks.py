"""The jobs somebody asked for."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.outbox import Task
from portal.foundation.pagination import Page, asked_page, paged


def tasks_of(person_id: int) -> Page:
    """A page of somebody's jobs, the latest first: (id, label, state, created_at, finished_at, file_id)."""
    statement = (
        sa.select(Task.id, Task.label, Task.state, Task.created_at, Task.finished_at, Task.file_id)
        .where(Task.owner_person_id == person_id)
        .order_by(Task.id.desc())
    )
    return paged(statement, asked_page())


def file_of(task: Task) -> StoredFile | None:
    return db.session.get(StoredFile, task.file_id) if task.file_id else None

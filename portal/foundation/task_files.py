"""The file that a job leaves to whoever asked for it: kept some days, then forgotten.

Such a file may hold much of what its owner could read that day. A room says with `readable_if`
whether they still may.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.foundation import clock
from portal.foundation.files import StoredFile
from portal.foundation.outbox import Task

KEPT_DAYS = 7

_readable: dict[str, Callable[[Task], bool]] = {}


def readable_if(job: str, rule: Callable[[Task], bool]) -> None:
    """Register the rule that a job's file is given under, judged each time it is taken."""
    _readable[job] = rule


def is_readable(task: Task) -> bool:
    rule = _readable.get(task.name)
    return rule is None or rule(task)


def hang(stored: StoredFile, task_id: int, message: str) -> None:
    """Put a file on the job that made it."""
    db.session.add(stored)
    db.session.flush()
    task = db.session.get_one(Task, task_id)
    task.file_id = stored.id
    task.message = message


def forget(job: str, message: str) -> None:
    """Take away the files that a job made more than `KEPT_DAYS` ago; `message` says so in their place."""
    old = db.session.scalars(
        sa.select(Task).where(
            Task.name == job, Task.file_id.is_not(None), Task.finished_at < clock.now() - timedelta(days=KEPT_DAYS)
        )
    ).all()
    for task in old:
        stored = db.session.get_one(StoredFile, task.file_id)
        task.file_id = None
        task.message = message
        db.session.flush()
        # Its bytes, which no row names any more, go with the next sweep.
        db.session.delete(stored)

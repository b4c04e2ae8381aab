"""What must leave the portal: mails and jobs, written in the same transaction as their cause.

Each has a unique key, so a repeat of the cause adds nothing. The worker drains the rows; Redis
only wakes it. Delivery is at least once: a mail whose SMTP answer was lost is shown `uncertain`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock
from portal.foundation.database import Base, BigId, Identified, after_commit, enum_type

log = structlog.get_logger()


class MailState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _MAIL_WORDS[self.value][0]

    @property
    def tone(self) -> str:
        return _MAIL_WORDS[self.value][1]


_MAIL_WORDS = {
    "pending": ("En attente", "neutral"),
    "sending": ("En cours d’envoi", "info"),
    "sent": ("Parti", "success"),
    "uncertain": ("Peut-être parti", "warning"),
    "failed": ("Pas parti", "danger"),
}


class Mail(Identified, Base):
    """One message to one address. Its text is rendered when it leaves; no secret is stored."""

    __tablename__ = "outbox_mail"
    __table_args__ = (sa.Index("ix_outbox_mail_state_not_before", "state", "not_before"),)

    key: Mapped[str] = mapped_column(unique=True)
    template: Mapped[str]
    recipient: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(BigId)
    context: Mapped[dict[str, Any]]
    state: Mapped[MailState] = mapped_column(enum_type(MailState, "state"), default=MailState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


class TaskState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return _TASK_WORDS[self.value][0]

    @property
    def tone(self) -> str:
        return _TASK_WORDS[self.value][1]


_TASK_WORDS = {
    "waiting": ("En attente", "neutral"),
    "running": ("En cours", "info"),
    "done": ("Prêt", "success"),
    "failed": ("Non abouti", "danger"),
    "cancelled": ("Annulé", "warning"),
}


class Task(Identified, Base):
    """One job: its call, its progress, its result. A person may leave its page and find it again."""

    __tablename__ = "task"
    __table_args__ = (sa.Index("ix_task_state", "state"),)

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    queue: Mapped[str]
    label: Mapped[str]
    owner_person_id: Mapped[int | None] = mapped_column(BigId, index=True)
    state: Mapped[TaskState] = mapped_column(enum_type(TaskState, "state"), default=TaskState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


JOBS: dict[str, Callable[..., Any]] = {}
"""The jobs by name; rooms add theirs with @job at import."""

PERIODIC: list[Callable[[], None]] = []
"""What time brings: called by `tick()` each minute, in its own unit of work each; idempotent."""

Waker = Callable[[], None]
_wakers: list[Waker] = []


def job(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a job under `name`. It is called as `function(task_id=…, **arguments)`, ids only."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        JOBS[name] = function
        return function

    return register


def periodic(function: Callable[[], None]) -> Callable[[], None]:
    """Register what must be done as time passes."""
    PERIODIC.append(function)
    return function


def on_wake(waker: Waker) -> None:
    """How to tell the worker that rows are waiting; best effort."""
    _wakers[:] = [waker]


def mail(
    template: str,
    *,
    to: str,
    key: str,
    person_id: int | None = None,
    not_before: datetime | None = None,
    **context: object,
) -> None:
    """Send `templates/mail/<template>.txt` to one address; a key already used adds nothing."""
    _insert_once(
        Mail,
        key=key,
        template=template,
        recipient=to,
        person_id=person_id,
        context=context,
        state=MailState.PENDING,
        attempts=0,
        not_before=not_before or clock.now(),
        created_at=clock.now(),
    )


def enqueue(
    name: str,
    *,
    key: str,
    label: str = "",
    owner_person_id: int | None = None,
    queue: str = "default",
    **arguments: object,
) -> int:
    """Ask for the job `name`; returns its Task id, the earlier one when the key was used before."""
    if name not in JOBS:
        raise KeyError(f"no job is named {name!r}")
    return _insert_once(
        Task,
        key=key,
        name=name,
        arguments=arguments,
        queue=queue,
        label=label,
        owner_person_id=owner_person_id,
        state=TaskState.WAITING,
        attempts=0,
        done=0,
        total=0,
        message="",
        created_at=clock.now(),
    )


def _insert_once(table: type[Base], *, key: str, **values: Any) -> int:
    """Insert unless `key` is there; one statement, so two transactions cannot both pass a look first."""
    from sqlalchemy.dialects.postgresql import insert as pg_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    from portal.extensions import db

    session = db.session()
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(insert(table).values(key=key, **values).on_conflict_do_nothing(index_elements=["key"]))
    after_commit(wake)
    columns = table.__table__.c
    return int(session.execute(sa.select(columns.id).where(columns.key == key)).scalar_one())


def wake() -> None:
    """Tell the worker that rows are waiting."""
    for waker in _wakers:
        waker()

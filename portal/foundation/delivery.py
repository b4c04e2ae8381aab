"""The worker's side of the outbox: send the mails, hand the jobs over, do what time brings."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

import sqlalchemy as sa
import structlog
from flask import current_app, render_template
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from sqlalchemy import CursorResult

from portal.extensions import db, redis_connection
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work, unit_of_work
from portal.foundation.faults import fault_point
from portal.foundation.outbox import JOBS, PERIODIC, Mail, MailState, Task, TaskState

log = structlog.get_logger()

JOB_TIME_LIMIT = 600
MAX_ATTEMPTS = 5
MAIL_ATTEMPTS = 12
"""How many times a mail is tried: over a day, since a mail server may be away for a night."""
LONGEST_WAIT = timedelta(hours=6)
SMTP_SECONDS = 20
STALE = timedelta(seconds=JOB_TIME_LIMIT + 60)


@dataclass(frozen=True)
class MailFile:
    """A file joined to a mail."""

    name: str
    media_type: str
    content: bytes


MailContext = Callable[[Mail], dict[str, Any]]
MailFiles = Callable[[Mail], Sequence[MailFile]]
mail_contexts: dict[str, MailContext] = {}
"""For templates that need more than the row holds (a signed link, names): filled by the rooms."""


def mail_context(template: str) -> Callable[[MailContext], MailContext]:
    """Register what a mail template is rendered with, computed when the mail leaves."""

    def register(function: MailContext) -> MailContext:
        mail_contexts[template] = function
        return function

    return register


mail_files: dict[str, MailFiles] = {}
"""For templates that leave with files: filled by the rooms, read when the mail leaves."""


def joins_files(template: str) -> Callable[[MailFiles], MailFiles]:
    """Register the files that go with a mail template."""

    def register(function: MailFiles) -> MailFiles:
        mail_files[template] = function
        return function

    return register


def wake() -> None:
    """Tell the worker that rows wait. Redis being away is no error: the tick finds the rows."""
    try:
        Queue("outbox", connection=redis_connection()).enqueue("portal.foundation.worker.drain_outbox", job_timeout=300)
    except RedisError:
        log.warning("outbox.wake_failed")


def drain() -> None:
    """Send every mail that is due and queue every waiting job."""
    fault_point("before_drain")
    send_due_mails()
    queue_waiting_tasks()


# -- mails --------------------------------------------------------------------------------------


def send_due_mails() -> int:
    """Send the mails that are due, oldest first; returns how many left."""
    sent = 0
    while (mail_id := _claim_mail()) is not None:
        sent += _send_claimed(mail_id)
    return sent


def _claim_mail() -> int | None:
    """Take one due mail for ourselves: two drainers never hold the same one."""
    with unit_of_work() as session:
        due = (
            sa.select(Mail.id)
            .where(Mail.state == MailState.PENDING, Mail.not_before <= clock.now())
            .order_by(Mail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        mail_id = session.execute(due).scalar_one_or_none()
        if mail_id is not None:
            session.execute(
                sa.update(Mail)
                .where(Mail.id == mail_id)
                .values(state=MailState.SENDING, attempts=Mail.attempts + 1, claimed_at=clock.now())
            )
        return mail_id


def _send_claimed(mail_id: int) -> bool:
    mail = db.session.get_one(Mail, mail_id)
    state, error, retry_at = MailState.SENT, None, None
    try:
        transmit(compose(mail))
    except smtplib.SMTPServerDisconnected:
        # The server may or may not have taken it: say so, never send twice by ourselves.
        state, error = MailState.UNCERTAIN, "réponse du serveur de messagerie perdue"
    except Exception as failure:  # a broken template or a refused address must not stop the others
        error = _WHY.get(type(failure).__name__, type(failure).__name__)
        # What a mail server complains of quotes addresses, which no log holds.
        told = None if isinstance(failure, OSError) else failure
        log.error("mail.failed", mail_id=mail_id, template=mail.template, error=error, exc_info=told)
        state = MailState.FAILED if mail.attempts >= MAIL_ATTEMPTS else MailState.PENDING
        retry_at = clock.now() + min(timedelta(minutes=2**mail.attempts), LONGEST_WAIT)
    _settle_mail(mail_id, state, error, retry_at)
    return state is MailState.SENT


_WHY = {
    "NotConnected": "serveur de messagerie injoignable",
    "SMTPRecipientsRefused": "adresse refusée par le serveur de messagerie",
    "SMTPSenderRefused": "expéditeur refusé par le serveur de messagerie",
}
"""What an admin reads of the usual failures; the others keep their own name."""


def _settle_mail(mail_id: int, state: MailState, error: str | None, retry_at: datetime | None) -> None:
    values: dict[str, Any] = {"state": state, "error": error}
    if state is MailState.SENT:
        values["sent_at"] = clock.now()
    if retry_at is not None:
        values["not_before"] = retry_at
    with unit_of_work() as session:
        session.execute(sa.update(Mail).where(Mail.id == mail_id).values(**values))


def compose(mail: Mail) -> EmailMessage:
    """Render `templates/mail/<template>.txt`: its first line is the subject, the rest the text."""
    settings = current_app.config["PORTAL"]
    context = mail_contexts[mail.template](mail) if mail.template in mail_contexts else {}
    text = render_template(f"mail/{mail.template}.txt", **{**mail.context, **context}, base_url=settings.base_url)
    subject, _, body = text.lstrip().partition("\n")
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Date"] = formatdate(localtime=False)
    # The key makes the identifier stable, so a receiving server may drop a repeat.
    message["Message-ID"] = f"<outbox-{mail.id}@{urlsplit(settings.base_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.lstrip("\n"))
    for joined in mail_files[mail.template](mail) if mail.template in mail_files else ():
        main, _, sub = joined.media_type.partition("/")
        message.add_attachment(joined.content, maintype=main, subtype=sub, filename=joined.name)
    return message


def transmit(message: EmailMessage) -> None:
    """Send by SMTP when set, else write the message into instance/mail/."""
    settings = current_app.config["PORTAL"]
    if settings.smtp_url is None:
        folder = settings.instance_path / "mail"
        folder.mkdir(mode=0o750, exist_ok=True)
        identifier = message["Message-ID"].strip("<>").split("@")[0]
        (folder / f"{identifier}.eml").write_bytes(bytes(message))
        return
    server = _connected(urlsplit(settings.smtp_url))
    try:
        server.send_message(message)
    except BaseException:
        server.close()
        raise
    # The server has it: one that hangs up without a word takes nothing back.
    with suppress(OSError):
        server.quit()


class NotConnected(Exception):
    """The mail server could not be reached, or did not let us in: nothing was sent."""


def _connected(address: SplitResult) -> smtplib.SMTP:
    """A server ready to take a mail. Raises NotConnected: a connection cut here is no uncertain answer."""
    host, context = address.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP | None = None
    try:
        if address.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, address.port or 465, timeout=SMTP_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, address.port or 25, timeout=SMTP_SECONDS)
        if address.scheme == "smtp+starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
    except OSError as failure:  # those of smtplib and of ssl are OSErrors too
        if server is not None:
            server.close()
        # The server's own words may repeat who signs in.
        raise NotConnected(type(failure).__name__) from None
    return server


# -- jobs ---------------------------------------------------------------------------------------


def queue_waiting_tasks() -> None:
    """Hand waiting jobs to RQ under their own id, so that handing over twice runs them once."""
    waiting = db.session.execute(
        sa.select(Task.id, Task.queue).where(Task.state == TaskState.WAITING).order_by(Task.id)
    ).all()
    db.session.rollback()
    for task_id, queue in waiting:
        try:
            Queue(queue, connection=redis_connection()).enqueue(
                "portal.foundation.worker.run_task",
                task_id,
                job_id=f"task-{task_id}",
                unique=True,
                job_timeout=JOB_TIME_LIMIT,
                result_ttl=0,
                failure_ttl=60,
            )
        except DuplicateJobError:
            continue
        except RedisError:
            log.warning("outbox.queue_failed")
            return


def run_task(task_id: int) -> None:
    """Run one job if it still waits. Its function must bear being run twice."""
    if not _begin_task(task_id):
        return
    task = db.session.get_one(Task, task_id)
    name, arguments = task.name, dict(task.arguments)
    db.session.rollback()
    try:
        JOBS[name](task_id=task_id, **arguments)
    except Exception:
        log.exception("task.failed", task_id=task_id, name=name)
        _end_task(task_id, TaskState.FAILED, "Ce travail n’a pas abouti. L’équipe technique en est informée.")
        raise
    _end_task(task_id, TaskState.DONE)


def _begin_task(task_id: int) -> bool:
    with unit_of_work() as session:
        claimed = session.execute(
            sa.update(Task)
            .where(Task.id == task_id, Task.state == TaskState.WAITING)
            .values(state=TaskState.RUNNING, started_at=clock.now(), attempts=Task.attempts + 1)
        )
        return bool(cast(CursorResult[Any], claimed).rowcount)


def _end_task(task_id: int, state: TaskState, message: str | None = None) -> None:
    values: dict[str, Any] = {"state": state, "finished_at": clock.now()}
    if message is not None:
        values["message"] = message
    with unit_of_work() as session:
        session.execute(sa.update(Task).where(Task.id == task_id, Task.state == TaskState.RUNNING).values(**values))


def progress(task_id: int, done: int, total: int, message: str = "") -> None:
    """Move a job's bar; its own short transaction, so that the page sees it."""
    with unit_of_work() as session:
        session.execute(sa.update(Task).where(Task.id == task_id).values(done=done, total=total, message=message))


def recover_stale() -> None:
    """Give back what a killed worker held: jobs run again, half-sent mails are shown uncertain."""
    horizon = clock.now() - STALE

    def give_back() -> None:
        session = db.session()
        stale = sa.and_(Task.state == TaskState.RUNNING, Task.started_at < horizon)
        session.execute(
            sa.update(Task)
            .where(stale, Task.attempts >= MAX_ATTEMPTS)
            .values(state=TaskState.FAILED, finished_at=clock.now())
        )
        session.execute(sa.update(Task).where(stale).values(state=TaskState.WAITING))
        session.execute(
            sa.update(Mail)
            .where(Mail.state == MailState.SENDING, Mail.claimed_at < horizon)
            .values(state=MailState.UNCERTAIN, error="envoi interrompu")
        )

    in_unit_of_work(give_back)


def tick() -> None:
    """What each minute brings; safe to run twice or late."""
    recover_stale()
    for action in PERIODIC:
        try:
            in_unit_of_work(action)
        except Exception:  # one rule's failure must not stop the others
            log.exception("tick.failed", action=action.__name__)
    drain()

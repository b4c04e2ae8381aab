"""Sending again the mails that did not leave."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.queries.mails import STUCK
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.database import after_commit
from portal.foundation.events import record, record_each
from portal.foundation.outbox import Mail, MailState
from portal.foundation.refusals import Refusal


def send_again(mail: Mail, *, actor: Actor) -> None:
    """Send one mail again; one whose answer was lost may then come twice, which its sender accepts.

    Raises Refusal when it left, or waits for its turn.
    """
    if not _send_again(Mail.id == mail.id, Mail.state.in_(STUCK)):
        raise Refusal("Ce courriel est parti, ou attend déjà son tour.")
    record(actor, "mail.sent_again", mail)


def send_failed_again(*, actor: Actor) -> int:
    """Send again all those that did not leave for certain, once the mail server is mended; how many."""
    again = _send_again(Mail.state == MailState.FAILED)
    record_each(actor, "mail.sent_again", Mail.__tablename__, again)
    return len(again)


def _send_again(*conditions: sa.ColumnElement[bool]) -> list[int]:
    values = {"state": MailState.PENDING, "attempts": 0, "not_before": clock.now(), "error": None}
    statement = sa.update(Mail).where(*conditions).values(**values).returning(Mail.id)
    after_commit(outbox.wake)
    return list(db.session.execute(statement, execution_options={"synchronize_session": False}).scalars())

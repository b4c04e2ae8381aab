"""What happens while nobody looks: the minute passes, jobs run, mails leave."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.foundation import delivery
from portal.foundation.outbox import Task, TaskState


class Post:
    """The worker and the letter boxes of everybody."""

    def __init__(self, mailbox):
        self.mailbox = mailbox
        self.received = []

    def minute_passes(self):
        """What the portal's own processes do within a minute; every job must succeed."""
        delivery.tick()
        waiting = sa.select(Task.id).where(Task.state == TaskState.WAITING).order_by(Task.id)
        while (task_id := db.session.execute(waiting.limit(1)).scalar()) is not None:
            db.session.rollback()
            delivery.run_task(task_id)
        self.received += self.mailbox.collect()
        db.session.remove()

    def one_to(self, address):
        """The only mail that came to that address since the last look."""
        self.minute_passes()
        (mail,) = [mail for mail in self.received if mail.to == address]
        self.received.clear()
        return mail

    def subjects_to(self, address):
        """What came to that address since the last look."""
        self.minute_passes()
        found = [mail.subject for mail in self.received if mail.to == address]
        self.received.clear()
        return found

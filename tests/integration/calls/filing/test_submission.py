"""Filing: once, whole, and only what is complete."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import Submission
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation.outbox import Mail, Task
from tests.integration.calls.filing.scene import fresh


def test_a_complete_application_is_filed_and_everything_follows(owner, it, draft):
    owner.fill(draft, it)
    answer = owner.sign(draft)
    assert answer.location == f"/dossiers/{draft}/recepisse", answer.text
    filed = fresh(draft)
    submission = db.session.execute(sa.select(Submission)).scalar_one()
    assert filed.status is ApplicationStatus.SUBMITTED
    assert submission.receipt_number in owner.follow(answer).text
    keys = set(db.session.scalars(sa.select(Task.key)))
    assert keys == {f"application-pdf:{submission.id}", f"ack-pdf:{submission.id}"}
    assert [mail.key for mail in db.session.scalars(sa.select(Mail))] == [f"ack:{draft}"]

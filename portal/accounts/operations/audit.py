"""The trace of sensitive reads."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import ReadAudit
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import in_unit_of_work


def audit_read(actor: Actor, what: str, subject: Any = None, **details: object) -> None:
    """Record that `actor` reads a bank document or takes an export, before the bytes leave.

    Its own short transaction, so that it stands whatever becomes of the answer: call it outside any
    unit of work. `what` reads "thing.read" ("export.delegate"); `details` are plain values.
    """
    subject_type = subject.__tablename__ if subject is not None else "portal"
    subject_id = subject.id if subject is not None else None

    def write() -> None:
        db.session.add(
            ReadAudit(
                at=clock.now(),
                person_id=actor.person_id,
                what=what,
                subject_type=subject_type,
                subject_id=subject_id,
                details=dict(details),
            )
        )

    in_unit_of_work(write)

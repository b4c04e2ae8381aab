"""Asking the directory, through the answers kept."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from portal.accounts import directory
from portal.accounts.models import DirectoryAnswer
from portal.accounts.queries.directory import kept_answer, written
from portal.accounts.rules.directory import Company
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal

log = structlog.get_logger()

KEPT_FOR = timedelta(hours=24)


def look_up(question: str) -> list[Company]:
    """The companies found, from the answers kept when the same was asked today. Raises directory.Unavailable.

    Call it outside any unit of work: nobody's transaction waits for somebody else's server. A refused
    writing of the answer (a busy database) loses nothing but the keeping.
    """
    kept = kept_answer(question)
    if kept is not None:
        return kept
    # The connection goes back before the network is asked.
    db.session.rollback()
    found = directory.ask(question)
    try:
        in_unit_of_work(lambda: _keep(question, found))
    except (Refusal, IntegrityError) as error:
        # Somebody keeps the same answer at the same instant, or the database is busy.
        log.info("directory.not_kept", error=type(error).__name__)
    return found


def _keep(question: str, found: list[Company]) -> None:
    db.session.execute(sa.delete(DirectoryAnswer).where(DirectoryAnswer.question == question))
    db.session.add(
        DirectoryAnswer(
            question=question, companies=[written(company) for company in found], expires_at=clock.now() + KEPT_FOR
        )
    )


def forget_old_answers() -> None:
    """What expired is of no use to anybody."""
    db.session.execute(sa.delete(DirectoryAnswer).where(DirectoryAnswer.expires_at <= clock.now()))


outbox.periodic(forget_old_answers)

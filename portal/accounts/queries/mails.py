"""The mails that did not leave, or perhaps did not."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.foundation.outbox import Mail, MailState
from portal.foundation.pagination import Page, asked_page, paged

STUCK = (MailState.FAILED, MailState.UNCERTAIN)
"""Those that the portal sends no more by itself."""


def mails_that_did_not_leave() -> Page:
    """A page of them, and of those that failed and are tried again, the latest first:
    (id, recipient, state, attempts, error, created_at, not_before)."""
    tried = sa.and_(Mail.state == MailState.PENDING, Mail.attempts > 0)
    statement = (
        sa.select(Mail.id, Mail.recipient, Mail.state, Mail.attempts, Mail.error, Mail.created_at, Mail.not_before)
        .where(sa.or_(Mail.state.in_(STUCK), tried))
        .order_by(Mail.id.desc())
    )
    return paged(statement, asked_page())


def stuck_mails() -> int:
    """How many mails wait for somebody to send them again."""
    return db.session.execute(sa.select(sa.func.count()).where(Mail.state.in_(STUCK))).scalar_one()


def failed_mails() -> int:
    """How many of them did not leave for certain."""
    return db.session.execute(sa.select(sa.func.count()).where(Mail.state == MailState.FAILED)).scalar_one()

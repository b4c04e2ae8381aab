"""What the mails about opinions need when they leave: the link, or the page of those who have an account."""

from __future__ import annotations

from typing import Any

from portal.committee.models import OpinionLink
from portal.committee.operations.asking_opinions import ASKED_MAIL
from portal.committee.operations.reminding_opinions import REMINDER_MAIL
from portal.committee.opinion_links import path_of
from portal.extensions import db
from portal.foundation.delivery import mail_context
from portal.foundation.outbox import Mail


@mail_context(ASKED_MAIL)
@mail_context(REMINDER_MAIL)
def _where_to_answer(mail: Mail) -> dict[str, Any]:
    """The link is made as the mail leaves, never stored; one closed meanwhile is not sent."""
    link_id = mail.context.get("link_id")
    if link_id is None:
        return {"path": "/avis", "is_guest": False, "contact_email": None}
    link = db.session.get_one(OpinionLink, link_id)
    contract = link.call.contract
    return {
        "path": path_of(link) if link.closed_at is None else None,
        "is_guest": True,
        "contact_email": contract.contact_email,
    }

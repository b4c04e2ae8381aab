"""The minutes of a closed sitting, as a PDF attached to it."""

from __future__ import annotations

from portal.committee.models import Sitting
from portal.committee.operations.sittings import attach_minutes
from portal.committee.queries.minutes import minutes_of
from portal.committee.rules.minutes import blocks
from portal.contracts.models import Contract
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.files import keep
from portal.foundation.outbox import job
from portal.foundation.render import render_pdf


@job("committee.minutes")
def minutes(task_id: int, sitting_id: int) -> None:
    """Render, then attach: the rendering is slow and stays out of the transaction."""
    sitting = db.session.get_one(Sitting, sitting_id)
    contract = db.session.get_one(Contract, sitting.contract_id)
    content = render_pdf(
        "document",
        {
            "contract": contract.name,
            "demo": contract.demo_mention,
            "kicker": "Relevé de décisions",
            "author": [contract.contact_service],
            "blocks": blocks(minutes_of(sitting)),
        },
        title=sitting.title,
    )
    stored = keep(content, f"Relevé de décisions {sitting.held_on:%Y-%m-%d}.pdf", "application/pdf")
    db.session.rollback()
    in_unit_of_work(lambda: attach_minutes(sitting_id, stored, task_id=task_id))

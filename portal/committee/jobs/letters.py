"""The PDF and the Word document of a letter."""

from __future__ import annotations

from portal.committee.jobs.documents import make_files
from portal.committee.models import Letter
from portal.committee.operations.letters import attach_letter
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.outbox import job


@job("committee.letter")
def letter(task_id: int, letter_id: int) -> None:
    """Render, then attach: the rendering is slow and stays out of the transaction."""
    made = db.session.get_one(Letter, letter_id)
    contract = made.application.call.contract
    pdf, word = make_files(
        made.content["blocks"],
        contract,
        name=f"{made.kind.label} {made.application.reference}",
        author=contract.contact_service,
        created=made.made_at,
    )
    db.session.rollback()
    in_unit_of_work(lambda: attach_letter(letter_id, pdf, word))

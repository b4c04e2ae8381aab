"""The PDF of a letter."""

from __future__ import annotations

from portal.committee.models import Letter
from portal.committee.operations.letters import attach_letter
from portal.committee.queries import letters as queries
from portal.committee.rules import letters as words
from portal.committee.states import LetterKind
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.files import keep
from portal.foundation.outbox import job
from portal.foundation.render import render_pdf


@job("committee.letter")
def letter(task_id: int, letter_id: int) -> None:
    """Render, then attach: the rendering is slow and stays out of the transaction."""
    made = db.session.get_one(Letter, letter_id)
    contract = made.application.call.contract
    name = f"{made.kind.label} {made.application.reference}"
    content = render_pdf(
        "document",
        {
            "contract": contract.name,
            "demo": contract.demo_mention,
            "show_title": False,
            "author": [contract.contact_service],
            "blocks": _blocks(made),
        },
        title=name,
        created=made.made_at,
    )
    stored = keep(content, f"{name}.pdf", "application/pdf")
    db.session.rollback()
    in_unit_of_work(lambda: attach_letter(letter_id, stored))


def _blocks(made: Letter) -> list[words.Block]:
    heading = queries.heading_of(made)
    if made.kind is LetterKind.GRANT:
        return words.grant_letter(heading, queries.grant_of(made))
    if made.kind is LetterKind.INADMISSIBILITY:
        return words.inadmissibility_letter(heading, queries.rejection_of(made))
    return words.rejection_letter(heading, queries.rejection_of(made))

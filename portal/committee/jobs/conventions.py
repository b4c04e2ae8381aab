"""The PDF and the Word document of a convention, with its annexes."""

from __future__ import annotations

from portal.committee.jobs.documents import make_files
from portal.committee.models import Convention
from portal.committee.operations.conventions import attach_document
from portal.committee.queries.conventions import blocks_of
from portal.extensions import db
from portal.foundation.database import in_unit_of_work
from portal.foundation.outbox import job


@job("committee.convention")
def convention(task_id: int, convention_id: int, version: int) -> None:
    """Render, then attach: the rendering is slow and stays out of the transaction."""
    made = db.session.get_one(Convention, convention_id)
    pdf, word = make_files(
        blocks_of(made, made.body),
        made.call.contract,
        name=f"Convention {made.number}",
        author=made.funder.name,
        created=made.drafted_at,
    )
    db.session.rollback()
    in_unit_of_work(lambda: attach_document(convention_id, version, pdf, word))

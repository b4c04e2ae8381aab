"""The papers of a sitting, as PDF files attached to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.committee.models import Sitting, SittingDocument
from portal.committee.operations.sitting_documents import attach_document
from portal.committee.queries.attendance import attendance_sheet
from portal.committee.queries.cahier import cahier_of
from portal.committee.queries.minutes import minutes_document
from portal.committee.states import SittingDocumentKind as K
from portal.contracts.models import Contract
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import in_unit_of_work
from portal.foundation.files import keep
from portal.foundation.outbox import job
from portal.foundation.render import render_pdf

Contents = Callable[[Sitting, SittingDocument], dict[str, Any]]


def _cahier(sitting: Sitting, document: SittingDocument) -> dict[str, Any]:
    return cahier_of(sitting, document.reader_id, clock.now())


CONTENTS: dict[K, tuple[str, Contents]] = {
    K.CAHIER: ("cahier", _cahier),
    K.ATTENDANCE: ("document", lambda sitting, _document: attendance_sheet(sitting)),
    K.DRAFT: ("document", lambda sitting, document: minutes_document(sitting, document.number, draft=True)),
    K.MINUTES: ("document", lambda sitting, document: minutes_document(sitting, document.number, draft=False)),
}
"""The template of each paper, and what fills it."""


@job("committee.sitting_document")
def sitting_document(task_id: int, document_id: int) -> None:
    """Render, then attach: the rendering is slow and stays out of the transaction."""
    document = db.session.get_one(SittingDocument, document_id)
    sitting = db.session.get_one(Sitting, document.sitting_id)
    contract = db.session.get_one(Contract, sitting.contract_id)
    template, contents = CONTENTS[document.kind]
    data = {
        "contract": contract.name,
        "demo": contract.demo_mention,
        "author": [contract.contact_service],
        **contents(sitting, document),
    }
    name = f"{document.kind.label} {sitting.held_on:%Y-%m-%d} n° {document.number}.pdf"
    title = sitting.title
    content = render_pdf(template, data, title=title)
    db.session.rollback()
    stored = keep(content, name, "application/pdf")
    in_unit_of_work(lambda: attach_document(document_id, stored))

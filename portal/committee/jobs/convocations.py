"""The letters of convocation, and what leaves with their mails."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from portal.committee.models import Convocation, Sitting
from portal.committee.operations.convening import attach_convocation
from portal.committee.queries.convocations import calendar_entry, convocation_document
from portal.contracts.models import Contract
from portal.extensions import db
from portal.foundation.calendars import calendar_file
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import MailFile, joins_files
from portal.foundation.files import StoredFile, files_root, keep
from portal.foundation.outbox import Mail, job
from portal.foundation.render import render_pdf


@job("committee.convocation")
def convocation(task_id: int, convocation_id: int) -> None:
    """Render, then attach and write: the rendering is slow and stays out of the transaction."""
    made = db.session.get_one(Convocation, convocation_id)
    sitting = db.session.get_one(Sitting, made.sitting_id)
    contract = db.session.get_one(Contract, sitting.contract_id)
    data = {
        "contract": contract.name,
        "demo": contract.demo_mention,
        "author": [contract.contact_service],
        **convocation_document(made, sitting, contract),
    }
    title, name = sitting.title, f"Convocation {sitting.held_on:%Y-%m-%d}.pdf"
    db.session.rollback()
    stored = keep(render_pdf("document", data, title=title), name, "application/pdf")
    in_unit_of_work(lambda: attach_convocation(convocation_id, stored))


@joins_files("sitting_convened")
def letter_and_calendar(mail: Mail) -> list[MailFile]:
    made = db.session.get_one(Convocation, mail.context["convocation_id"])
    return [*_letter(made), _calendar(made)]


@joins_files("sitting_cancelled")
def cancelled_calendar(mail: Mail) -> list[MailFile]:
    return [_calendar(db.session.get_one(Convocation, mail.context["convocation_id"]))]


def _letter(made: Convocation) -> list[MailFile]:
    if made.file_id is None:
        return []
    stored = db.session.get_one(StoredFile, made.file_id)
    return [MailFile(stored.original_name, stored.media_type, (files_root() / stored.path).read_bytes())]


def _calendar(made: Convocation) -> MailFile:
    sitting = db.session.get_one(Sitting, made.sitting_id)
    base_url = current_app.config["PORTAL"].base_url
    host = urlsplit(base_url).hostname or "localhost"
    entry = calendar_entry(sitting, made.sent_at, uid_host=host)
    content = calendar_file(sitting.title, f"{base_url}/seances/{sitting.id}", [entry])
    return MailFile("seance.ics", "text/calendar", content)

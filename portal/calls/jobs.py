"""What follows a filing: its PDFs and the words of its mail. Each bears being run twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.calls.models import Application, Reception, Submission
from portal.calls.operations import archive
from portal.calls.operations.submission import keep_pdf
from portal.calls.queries.archive import archive_of
from portal.calls.queries.submission import contact_of
from portal.calls.queries.submission_document import acknowledgement_document, application_document
from portal.calls.reception_links import make_link
from portal.calls.rules.archive import write as write_archive
from portal.calls.rules.submission import implicit_refusal_on, thawed
from portal.extensions import db
from portal.foundation import files
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import mail_context, progress
from portal.foundation.faults import fault_point
from portal.foundation.outbox import Mail, job
from portal.foundation.render import render_pdf

Document = Callable[[Application, Submission], dict[str, Any]]


@job("application_pdf")
def application_pdf(*, task_id: int, submission_id: int) -> None:
    """The frozen application as a PDF."""
    _make(submission_id, "pdf_file_id", application_document, "dossier", "Demande de subvention")


@job("acknowledgement_pdf")
def acknowledgement_pdf(*, task_id: int, submission_id: int) -> None:
    """The acknowledgement as a PDF."""
    _make(
        submission_id, "acknowledgement_file_id", acknowledgement_document, "accuse-de-reception", "Accusé de réception"
    )


def _make(submission_id: int, column: str, document: Document, name: str, kind: str) -> None:
    submission = db.session.get_one(Submission, submission_id)
    if getattr(submission, column) is not None:
        return
    application = db.session.get_one(Application, submission.application_id)
    data = document(application, submission)
    title = thawed(submission.snapshot).project.title if kind == "Demande de subvention" else kind
    file_name, received_at = f"{name}-{submission.receipt_number}.pdf", submission.received_at
    # Seconds of work: no transaction stays open meanwhile.
    db.session.rollback()
    content = render_pdf("document", data, title=title, created=received_at)
    fault_point("during_pdf")
    stored = files.keep(content, file_name, "application/pdf")
    with unit_of_work():
        keep_pdf(submission_id, column, stored)


@job(archive.JOB)
def application_archive(*, task_id: int, application_id: int) -> None:
    """Everything of an application in one ZIP, for whoever asked for it."""
    wanted = archive_of(db.session.get_one(Application, application_id))
    db.session.rollback()

    def step(done: int) -> None:
        progress(task_id, done, len(wanted.pieces), "Réunion des documents…")

    stored = files.keep_written(lambda file: write_archive(wanted, file, step), wanted.file_name, "application/zip")
    with unit_of_work():
        archive.keep_archive(stored, task_id)


@mail_context("application_submitted")
def _submitted(mail: Mail) -> dict[str, Any]:
    submission = db.session.get_one(Submission, mail.context["submission_id"])
    application = db.session.get_one(Application, submission.application_id)
    return {
        "submission": submission,
        "application": application,
        "dossier": thawed(submission.snapshot),
        "refusal_on": implicit_refusal_on(submission.received_at),
        "contact": contact_of(application),
    }


@mail_context("reception_to_confirm")
def _to_confirm(mail: Mail) -> dict[str, Any]:
    """A member signs in; without account, the link is made as the mail leaves."""
    reception = db.session.get_one(Reception, mail.context["reception_id"])
    is_guest = mail.person_id is None
    path = f"/confirmation/{make_link(reception)}" if is_guest else f"/dossiers/{reception.application_id}/confirmation"
    return {
        **_of_reception(reception),
        "channel": reception.channel.label,
        "received_at": reception.received_at,
        "is_reminder": mail.context["rank"] > 0,
        "is_guest": is_guest,
        "path": path,
    }


@mail_context("reception_answered")
def _answered(mail: Mail) -> dict[str, Any]:
    reception = db.session.get_one(Reception, mail.context["reception_id"])
    return {**_of_reception(reception), "state": reception.confirmation.label, "answer": reception.answer}


def _of_reception(reception: Reception) -> dict[str, Any]:
    application = reception.application
    return {
        "application_id": application.id,
        "reference": application.reference,
        "title": application.title,
        "organisation": application.organisation.name,
    }

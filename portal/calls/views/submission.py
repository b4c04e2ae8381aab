"""Attesting, signing, filing; the receipt; reading what was sent."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from portal.accounts.access import current_actor, current_person, may, roles_of
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.sections import of_rows, of_words
from portal.calls.forms.submission import SignatureSection
from portal.calls.models import Application, Submission
from portal.calls.operations.sections import save_section
from portal.calls.operations.submission import submit
from portal.calls.queries.deadlines import exemption_shown, may_be_filed
from portal.calls.queries.filing_checklist import Checklist, checklist_of
from portal.calls.queries.notices import filing_notices
from portal.calls.queries.sections import drafts_of
from portal.calls.queries.signing import standing_to_sign
from portal.calls.queries.submission import FILED, contact_of, submission_numbered, submission_of
from portal.calls.rules.budget import totals
from portal.calls.rules.filing_sheet import laid_out
from portal.calls.rules.signing import refused
from portal.calls.rules.submission import implicit_refusal_on, thawed
from portal.calls.states import ApplicationStatus, Section
from portal.calls.views import blueprint
from portal.calls.views.filing import READS, WRITES
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.quantities import plain_number
from portal.foundation.web import receiving


@blueprint.get("/dossiers/<int:application_id>/depot")
@WRITES
def signature(application: Application) -> ResponseReturnValue:
    """The last section: what is still missing, the attestations, who signs."""
    if application.status is not ApplicationStatus.DRAFT:
        return redirect(url_for(".application", application_id=application.id))
    checklist = checklist_of(application)
    draft = drafts_of(application.id).get(Section.SIGNATURE)
    form = of_rows(SignatureSection, application, checklist.dossier)
    if draft is not None:
        # The name and the role live in the draft until the application is signed.
        form = of_words(SignatureSection, application, checklist.dossier, draft.typed)
    return _signature_page(application, checklist, form, draft.version if draft else 0, _mark())


@blueprint.post("/dossiers/<int:application_id>/depot")
@WRITES
def sign(application: Application) -> ResponseReturnValue:
    """Keep the attestations and the signature, and file the application when asked."""
    received_at = receiving.received_at()
    if application.status is not ApplicationStatus.DRAFT:
        # A second click, another member: the receipt is the same.
        page = ".receipt" if submission_of(application.id) else ".application"
        return redirect(url_for(page, application_id=application.id))
    checklist = checklist_of(application)
    typed = {name: texts for name, texts in request.form.lists() if name != "csrf_token"}
    form = of_words(SignatureSection, application, checklist.dossier, typed)
    mark = request.form.get("opened", "")
    version = request.form.get("version", "0")
    number = plain_number(version) or 0
    actor = current_actor()
    readable = form.validate()
    kept = form.attempt(
        save_section,
        application,
        Section.SIGNATURE,
        form.typed(MultiDict(request.form)),
        version=number,
        page=request.form.get("page", "")[:32],
        actor=actor,
        write=(lambda: form.write(application, checklist.dossier, actor)) if readable else None,
    )
    if kept:
        number = form.result.version
    elif form.conflict is not None:
        # Attestations are few and on screen: saving again is a choice made knowingly.
        number = getattr(form.conflict.theirs, "version", number)
    if not (kept and readable) or "deposer" not in request.form:
        if kept and readable:
            flash("Vos réponses sont enregistrées. Le dossier n’est pas encore déposé.", "success")
            return redirect(url_for(".signature", application_id=application.id))
        return _signature_page(application, checklist_of(application), form, number, mark)
    if form.attempt(
        submit,
        application,
        signatory_name=form["signatory_name"].data or "",
        signatory_role=form["signatory_role"].data or "",
        attested=form.attested,
        received_at=received_at,
        form_opened_at=_opened_at(mark),
        actor=actor,
        roles=roles_of(application, level=MemberLevel.EDITOR),
    ):
        return redirect(url_for(".receipt", application_id=application.id))
    return _signature_page(application, checklist_of(application), form, number, mark)


def _signature_page(application: Application, checklist: Checklist, form: object, version: int, mark: str) -> str:
    return render_template(
        "calls/filing/signature.html",
        application=application,
        checklist=checklist,
        notices=filing_notices(application),
        cannot_sign=cannot_sign(application),
        dossier=checklist.dossier,
        sums=totals(checklist.dossier.budget),
        form=form,
        version=version,
        page_name=secrets.token_hex(8),
        opened=mark,
        is_open=may_be_filed(application, clock.now()),
        exemption=exemption_shown(application),
    )


def cannot_sign(application: Application) -> str | None:
    """Said before the button is pressed: who only writes does not engage the organisation."""
    if not may(application, Role.APPLICANT):
        return None
    standing = standing_to_sign(application, current_person().id)
    return None if standing.is_entitled else refused(standing)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="portal.calls.opened")


def _mark() -> str:
    """The hour at which the page was opened, signed: the grace serves only forms opened in time."""
    return _serializer().dumps(receiving.received_at().timestamp())


def _opened_at(mark: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(_serializer().loads(mark), UTC)
    except (BadData, TypeError):
        return None


@blueprint.get("/dossiers/<int:application_id>/recepisse")
@READS
def receipt(application: Application) -> ResponseReturnValue:
    """The receipt on screen; it waits for neither the mail nor the PDFs."""
    submission = submission_numbered(application.id, FILED)
    if submission is None:
        abort(404)
    dossier = thawed(submission.snapshot)
    return render_template(
        "calls/filing/receipt.html",
        application=application,
        submission=submission,
        dossier=dossier,
        refusal_on=implicit_refusal_on(submission.received_at),
        contact=contact_of(application),
    )


@blueprint.get("/dossiers/<int:application_id>/lecture")
@READS
def read_application(application: Application) -> ResponseReturnValue:
    """The whole application: what was sent, or the draft as it stands."""
    submission = submission_of(application.id)
    dossier = thawed(submission.snapshot) if submission else checklist_of(application).dossier
    return render_template(
        "calls/filing/read.html", application=application, submission=submission, sections=laid_out(dossier)
    )


@blueprint.get("/dossiers/<int:application_id>/dossier.pdf")
@READS
def application_pdf(application: Application) -> ResponseReturnValue:
    """The frozen application, once its PDF is made."""
    return pdf_of(submission_of(application.id), "pdf_file_id")


@blueprint.get("/dossiers/<int:application_id>/accuse-de-reception.pdf")
@READS
def acknowledgement_pdf(application: Application) -> ResponseReturnValue:
    """The acknowledgement, once its PDF is made."""
    return pdf_of(submission_numbered(application.id, FILED), "acknowledgement_file_id")


def pdf_of(submission: Submission | None, column: str) -> ResponseReturnValue:
    """One of the PDFs of a version; 404 until it is made."""
    file_id = getattr(submission, column) if submission else None
    if file_id is None:
        abort(404)
    return files.attachment(db.session.get_one(files.StoredFile, file_id))

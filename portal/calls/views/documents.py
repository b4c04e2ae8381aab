"""The documents of an application: joining, taking away, downloading."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.models import VaultDocument
from portal.accounts.operations.audit import audit_read
from portal.accounts.queries.organisation import vault_of
from portal.accounts.rules import Role
from portal.calls.forms.documents import DocumentForm
from portal.calls.models import Application, ApplicationDocument, DocumentRequirement
from portal.calls.operations import documents as operations
from portal.calls.operations.sections import editable_sections
from portal.calls.queries.filing_checklist import standing_of
from portal.calls.queries.sections import dossier_of, drafts_of
from portal.calls.states import Section
from portal.calls.views import blueprint
from portal.calls.views.filing import WRITES
from portal.extensions import db
from portal.foundation import files
from portal.foundation.forms import perform
from portal.foundation.refusals import Refusal

READERS = (
    Role.APPLICANT, Role.OFFICER, Role.MANAGER, Role.REVIEWER, Role.DELEGATE, Role.STATE_OFFICER, Role.FUNDER_AGENT,
    Role.STEERING,
)  # fmt: skip
BANK_CODES = frozenset({"rib"})
"""The documents of the list whose reading is recorded."""


@blueprint.route("/dossiers/<int:application_id>/documents", methods=["GET", "POST"])
@WRITES
def documents(application: Application) -> ResponseReturnValue:
    """The list computed for this application; one document sent at a time, so that nothing else is lost."""
    if Section.DOCUMENTS not in editable_sections(application):
        return redirect(url_for(".read_application", application_id=application.id, _anchor="documents"))
    form = DocumentForm()
    if form.validate_on_submit() and _join(application, form):
        flash("Document ajouté.", "success")
        anchor = f"document-{form.requirement.data}" if form.requirement.data else "autres"
        return redirect(url_for(".documents", application_id=application.id, _anchor=anchor))
    return _page(application, form)


def _join(application: Application, form: DocumentForm) -> bool:
    requirement = None
    if form.requirement.data:
        requirement = db.session.get(DocumentRequirement, form.requirement.data)
        if requirement is None or requirement.call_id != application.call_id:
            abort(404)
    try:
        # The bytes are written before the transaction that names them.
        stored = files.receive(form.file.data.stream, form.file.data.filename)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return form.attempt(
        operations.add_document, application, requirement, stored, actor=current_actor(), label=form.label.data
    )


def _page(application: Application, form: DocumentForm) -> str:
    dossier = dossier_of(application)
    joined: dict[int | None, list[object]] = {}
    for document in dossier.documents:
        joined.setdefault(document.requirement_id, []).append(document)
    standing = standing_of(Section.DOCUMENTS, dossier, drafts_of(application.id).get(Section.DOCUMENTS))
    known = {requirement.id for requirement in dossier.requirements}
    others = [document for document in dossier.documents if document.requirement_id not in known]
    return render_template(
        "calls/filing/documents.html",
        application=application,
        dossier=dossier,
        form=form,
        joined=joined,
        others=others,
        standing=standing,
        vault={document.kind: document for document in reversed(vault_of(application.organisation_id))},
        accept=files.ACCEPT,
        asked=request.form.get("requirement", ""),
    )


@blueprint.post("/dossiers/<int:application_id>/documents/<int:document_id>/retirer")
@WRITES
def remove_document(application: Application, document_id: int) -> ResponseReturnValue:
    document = _document(application, document_id)
    perform(operations.remove_document, application, document, actor=current_actor())
    flash("Document retiré.")
    return redirect(url_for(".documents", application_id=application.id))


@blueprint.post("/dossiers/<int:application_id>/documents/reprendre/<int:requirement_id>/<int:vault_id>")
@WRITES
def reuse_document(application: Application, requirement_id: int, vault_id: int) -> ResponseReturnValue:
    """Take a document from the organisation's vault."""
    requirement = db.session.get(DocumentRequirement, requirement_id)
    vault = db.session.get(VaultDocument, vault_id)
    if requirement is None or vault is None or vault.organisation_id != application.organisation_id:
        abort(404)
    perform(operations.reuse_document, application, requirement, vault, actor=current_actor())
    flash("Document repris.", "success")
    return redirect(url_for(".documents", application_id=application.id, _anchor=f"document-{requirement_id}"))


@blueprint.get("/dossiers/<int:application_id>/pieces/<int:document_id>")
@requires(*READERS, on=Application)
def download_document(application: Application, document_id: int) -> ResponseReturnValue:
    """A document as an attachment, to those who may read the application."""
    document = _document(application, document_id)
    requirement = db.session.get(DocumentRequirement, document.requirement_id) if document.requirement_id else None
    stored = document.file
    if requirement is not None and requirement.code in BANK_CODES:
        audit_read(current_actor(), "bank_document.read", document, application=application.id)
    return files.attachment(stored)


def _document(application: Application, document_id: int) -> ApplicationDocument:
    document = db.session.get(ApplicationDocument, document_id)
    if document is None or document.application_id != application.id:
        abort(404)
    return document

"""The documents of an application: joining, taking away, downloading."""

from __future__ import annotations

from typing import IO

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, may, requires, roles_of
from portal.accounts.models import VaultDocument
from portal.accounts.operations.audit import audit_read
from portal.accounts.queries.organisation import VaultRow, vault_of
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.documents import DocumentForm
from portal.calls.models import Application, ApplicationDocument, DocumentRequirement
from portal.calls.operations import documents as operations
from portal.calls.operations.sections import editable_sections
from portal.calls.queries.documents import joined_from_vault
from portal.calls.queries.filing_checklist import standing_of
from portal.calls.queries.sections import dossier_of, drafts_of
from portal.calls.queries.submission import was_received
from portal.calls.rules.documents import MOST_FILES
from portal.calls.states import Section
from portal.calls.views import blueprint
from portal.calls.views.filing import FILERS, WRITES, own_or_on_behalf
from portal.extensions import db
from portal.foundation import clock, files, previews
from portal.foundation.forms import perform
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import plural
from portal.foundation.web.requests import takes_files

READERS = (
    Role.APPLICANT, Role.OFFICER, Role.MANAGER, Role.REVIEWER, Role.DELEGATE, Role.STATE_OFFICER, Role.FUNDER_AGENT,
    Role.STEERING,
)  # fmt: skip
BANK_CODES = frozenset({"rib"})
"""The documents of the list whose reading is recorded."""


@blueprint.route("/dossiers/<int:application_id>/documents", methods=["GET", "POST"])
@WRITES
@takes_files
def documents(application: Application) -> ResponseReturnValue:
    """The list computed for this application; each document is sent by itself, so that nothing else is lost."""
    if Section.DOCUMENTS not in editable_sections(application):
        return redirect(url_for(".read_application", application_id=application.id, _anchor="documents"))
    form = DocumentForm()
    if request.method == "GET":
        return _page(application, form)
    requirement = _asked(application)
    form.requirement_id = requirement.id if requirement else None
    added = _join(application, requirement, form) if form.validate_on_submit() else []
    if _is_script():
        told = [str(each) for field in form for each in field.errors] + [str(each) for each in form.form_errors]
        return jsonify(added=added, errors=told), 422 if told else 200
    if added:
        flash(plural(len(added), "document ajouté.", "documents ajoutés."), "success")
    if form.errors:
        return _page(application, form)
    anchor = f"document-{requirement.id}" if requirement else "autres"
    return redirect(url_for(".documents", application_id=application.id, _anchor=anchor))


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _asked(application: Application) -> DocumentRequirement | None:
    """The document of the list that is being sent; None beside the list."""
    sent = request.form.get("requirement", "")
    if not sent:
        return None
    number = plain_number(sent)
    requirement = db.session.get(DocumentRequirement, number) if number is not None else None
    if requirement is None or requirement.call_id != application.call_id:
        abort(404)
    return requirement


def _join(application: Application, requirement: DocumentRequirement | None, form: DocumentForm) -> list[str]:
    """The names of the files that were added; each of the others is told beside the field, by name."""
    added, chosen = [], form.sent()
    for sent in chosen:
        before = len(form.file.errors)
        if _join_one(application, requirement, form, sent.stream, sent.filename or ""):
            added.append(files.clean_name(sent.filename or ""))
        elif len(chosen) > 1:
            name = files.clean_name(sent.filename or "")
            form.file.errors = [
                *form.file.errors[:before], *(f"« {name} » : {told}" for told in form.file.errors[before:])
            ]  # fmt: skip
    return added


def _join_one(
    application: Application, requirement: DocumentRequirement | None, form: DocumentForm, stream: IO[bytes], name: str
) -> bool:
    try:
        # The bytes are written before the transaction that names them.
        stored = files.receive(stream, name)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    done = form.attempt(
        operations.add_document,
        application,
        requirement,
        stored,
        actor=current_actor(),
        label=form.label.data,
        dated_on=form.dated_on.data,
    )
    if not done:
        files.discard(stored)
    return done


def _page(application: Application, form: DocumentForm) -> str:
    dossier = dossier_of(application)
    joined: dict[int | None, list[object]] = {}
    for document in dossier.documents:
        joined.setdefault(document.requirement_id, []).append(document)
    known = {requirement.id for requirement in dossier.requirements}
    taken = joined_from_vault(application.id)
    standing = standing_of(Section.DOCUMENTS, dossier, drafts_of(application.id).get(Section.DOCUMENTS))
    others = [
        document
        for document in dossier.documents
        if document.requirement_id not in known and document.question_id is None
    ]
    return render_template(
        "calls/filing/documents.html",
        application=application,
        dossier=dossier,
        form=form,
        joined=joined,
        others=others,
        standing=standing,
        place=standing.number,
        vault=[kept for kept in _vault(application) if kept.id not in taken],
        accept=files.ACCEPT,
        today=to_paris(clock.now()).date(),
        most_files=MOST_FILES,
        largest=files.largest_bytes(),
    )


def _vault(application: Application) -> list[VaultRow]:
    """What the organisation keeps: for its members alone, not for whoever types on its behalf."""
    if not may(application, Role.APPLICANT, level=MemberLevel.EDITOR):
        return []
    return list(reversed(vault_of(application.organisation_id)))


@blueprint.post("/dossiers/<int:application_id>/documents/<int:document_id>/retirer")
@WRITES
def remove_document(application: Application, document_id: int) -> ResponseReturnValue:
    document = _document(application, document_id)
    perform(operations.remove_document, application, document, actor=current_actor())
    flash("Document retiré.")
    anchor = f"document-{document.requirement_id}" if document.requirement_id else "autres"
    return redirect(url_for(".documents", application_id=application.id, _anchor=anchor))


@blueprint.post("/dossiers/<int:application_id>/documents/reprendre/<int:requirement_id>/<int:vault_id>")
@requires(Role.APPLICANT, on=Application, level=MemberLevel.EDITOR)
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
    document = _readable(application, document_id)
    answer = files.attachment(document.file)
    _note_reading(application, document)
    return answer


@blueprint.get("/dossiers/<int:application_id>/pieces/<int:document_id>/apercu")
@requires(*READERS, on=Application)
def preview_document(application: Application, document_id: int) -> ResponseReturnValue:
    """The picture of a document's first page, to those who may read the application."""
    document = _readable(application, document_id)
    answer = previews.picture(document.file)
    _note_reading(application, document)
    return answer


def _note_reading(application: Application, document: ApplicationDocument) -> None:
    """Bank documents leave a trace when they are read."""
    requirement = db.session.get(DocumentRequirement, document.requirement_id) if document.requirement_id else None
    if requirement is not None and requirement.code in BANK_CODES:
        audit_read(current_actor(), "bank_document.read", document, application=application.id)


def _readable(application: Application, document_id: int) -> ApplicationDocument:
    """A document that the reader may open: all of them for who writes the application, else what was received."""
    document = _document(application, document_id)
    roles = roles_of(application) & set(FILERS)
    writes = roles and own_or_on_behalf(current_person(), application, roles)
    return document if writes or was_received(application, document) else abort(404)


def _document(application: Application, document_id: int) -> ApplicationDocument:
    document = db.session.get(ApplicationDocument, document_id)
    if document is None or document.application_id != application.id:
        abort(404)
    return document

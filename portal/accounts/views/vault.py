"""The page of the documents that an organisation keeps for its applications."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.forms.vault import DatesForm, KeepForm, ReplaceForm
from portal.accounts.models import Organisation, VaultDocument
from portal.accounts.operations import vault as operations
from portal.accounts.queries.vault import documents_of, labels_of
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.rules.vault import KINDS
from portal.accounts.views.blueprint import blueprint
from portal.accounts.views.organisation import today
from portal.extensions import db
from portal.foundation import files
from portal.foundation.forms import perform
from portal.foundation.refusals import Refusal
from portal.foundation.web.requests import takes_files


@blueprint.get("/structures/<int:organisation_id>/documents")
@requires(Role.APPLICANT, on=Organisation)
def vault(organisation: Organisation) -> ResponseReturnValue:
    """What is kept, until when it serves, which applications use it."""
    documents = documents_of(organisation.id, today())
    return render_template(
        "accounts/organisation/vault.html",
        organisation=organisation,
        running=[each for each in documents if each.replaced_at is None],
        replaced=[each for each in documents if each.replaced_at is not None],
        may_edit=may(organisation, Role.APPLICANT, level=MemberLevel.EDITOR),
    )


@blueprint.route("/structures/<int:organisation_id>/documents/ajouter", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
@takes_files
def add_vault_document(organisation: Organisation) -> ResponseReturnValue:
    """Keep a document before any application asks for it."""
    asked = request.args.get("document", "")
    form = KeepForm(data={"kind": asked} if asked in KINDS else None)
    if form.validate_on_submit() and _keep(form, organisation, form.kind.data):
        flash("Le document est conservé.", "success")
        return redirect(url_for(".vault", organisation_id=organisation.id))
    return render_template(
        "accounts/organisation/add_document.html", organisation=organisation, form=form, accept=files.ACCEPT
    )


def _keep(form: DatesForm, organisation: Organisation, kind: str) -> bool:
    """Keep the file sent under a kind. The bytes are written before the transaction that names them."""
    sent = form.file.data
    try:
        stored = files.receive(sent.stream, sent.filename)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return form.attempt(
        operations.add_to_vault,
        organisation,
        kind,
        stored,
        form.dated_on.data,
        form.expires_on.data,
        actor=current_actor(),
    )


@blueprint.route(
    "/structures/<int:organisation_id>/documents/<int:vault_document_id>/modifier", methods=["GET", "POST"]
)
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
@takes_files
def edit_vault_document(organisation: Organisation, vault_document_id: int) -> ResponseReturnValue:
    """Replace the file, or correct the dates."""
    document = _document(organisation, vault_document_id)
    form = ReplaceForm(obj=document)
    if form.validate_on_submit() and _change(form, organisation, document):
        flash("Le document est mis à jour.", "success")
        return redirect(url_for(".vault", organisation_id=organisation.id))
    return render_template(
        "accounts/organisation/edit_document.html",
        organisation=organisation,
        document=document,
        label=labels_of([document.kind])[document.kind],
        form=form,
        accept=files.ACCEPT,
    )


def _change(form: ReplaceForm, organisation: Organisation, document: VaultDocument) -> bool:
    if form.file.data:
        return _keep(form, organisation, document.kind)
    return form.attempt(
        operations.date_document, document, form.dated_on.data, form.expires_on.data, actor=current_actor()
    )


@blueprint.post("/structures/<int:organisation_id>/documents/<int:vault_document_id>/retirer")
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def remove_vault_document(organisation: Organisation, vault_document_id: int) -> ResponseReturnValue:
    perform(operations.remove_from_vault, _document(organisation, vault_document_id), actor=current_actor())
    flash("Le document est retiré. Les dossiers qui l’utilisent le gardent.", "success")
    return redirect(url_for(".vault", organisation_id=organisation.id))


def _document(organisation: Organisation, vault_document_id: int) -> VaultDocument:
    document = db.session.get(VaultDocument, vault_document_id)
    if document is None or document.organisation_id != organisation.id:
        abort(404)
    return document

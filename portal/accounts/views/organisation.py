"""The full form of an organisation, its bank account, its vault."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import sessions
from portal.accounts.access import current_actor, requires
from portal.accounts.forms.organisation import BankAccountForm, OrganisationForm, initial
from portal.accounts.models import Organisation, VaultDocument
from portal.accounts.operations import organisation as operations
from portal.accounts.operations.audit import audit_read
from portal.accounts.queries import organisation as queries
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.rules.banking import differs
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal
from portal.foundation.web.addresses import local_path

BANK_KINDS = frozenset({"rib"})
"""The kinds of vault documents whose reading is recorded."""


@blueprint.route("/structures/<int:organisation_id>/fiche", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def organisation_sheet(organisation: Organisation) -> ResponseReturnValue:
    """The sheet, with the means of last year."""
    year = to_paris(clock.now()).year - 1
    sheet = queries.sheet_of(organisation, year)
    form = OrganisationForm(data=initial(sheet))
    sent = plain_number(request.form.get("version"))
    version = sheet.version if sent is None else sent
    if form.validate_on_submit() and form.attempt(
        operations.save_sheet, organisation, form.data, year, actor=current_actor(), version=version
    ):
        flash("La fiche est enregistrée.", "success")
        return redirect(url_for(".organisation_sheet", organisation_id=organisation.id))
    if form.conflict is not None:
        # The page now shows the other writer's version number: saving again is a choice made knowingly.
        version = sheet.version
    return render_template(
        "accounts/organisation/sheet.html",
        organisation=organisation,
        form=form,
        year=year,
        version=version,
        bank=sheet.bank,
        vault=queries.vault_of(organisation.id),
    )


@blueprint.route("/structures/<int:organisation_id>/compte-bancaire", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
@sessions.recently_confirmed
def bank_account(organisation: Organisation) -> ResponseReturnValue:
    """Give or replace the account on which grants are paid."""
    back = local_path(request.args.get("retour")) or url_for(".organisation_sheet", organisation_id=organisation.id)
    sheet = queries.sheet_of(organisation, to_paris(clock.now()).year - 1)
    form = BankAccountForm(data={"holder": sheet.bank.holder if sheet.bank else organisation.name})
    if form.validate_on_submit() and _change(form, organisation):
        if differs(form.holder.data or "", organisation.name):
            flash("Le titulaire du compte n’est pas la structure : la Direction vous demandera pourquoi.", "warning")
        flash("Le compte bancaire est enregistré.", "success")
        return redirect(back)
    return render_template(
        "accounts/organisation/bank.html",
        organisation=organisation, form=form, bank=sheet.bank, back=back, accept=files.ACCEPT,
    )  # fmt: skip


def _change(form: BankAccountForm, organisation: Organisation) -> bool:
    try:
        # The bytes are written before the transaction that names them.
        sent = form.file.data
        received = files.receive(sent.stream, sent.filename, field="file") if sent else None
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return form.attempt(
        operations.change_bank_account,
        organisation,
        form.iban.data,
        form.bic.data,
        form.holder.data,
        actor=current_actor(),
        file=received,
    )


@blueprint.get("/structures/<int:organisation_id>/documents/<int:vault_document_id>")
@requires(Role.APPLICANT, on=Organisation)
def vault_document(organisation: Organisation, vault_document_id: int) -> ResponseReturnValue:
    """A document of the vault, as an attachment."""
    document = db.session.get(VaultDocument, vault_document_id)
    if document is None or document.organisation_id != organisation.id:
        abort(404)
    stored = db.session.get_one(files.StoredFile, document.file_id)
    if document.kind in BANK_KINDS:
        audit_read(current_actor(), "bank_document.read", document)
    return files.attachment(stored)

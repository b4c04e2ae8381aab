"""The Direction's pages on organisations: the list, one of them, the call-back of its bank account."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import sessions
from portal.accounts.access import current_actor, current_person, may, my_scope_ids, requires
from portal.accounts.forms.structures import CallBackForm
from portal.accounts.models import BankAccount, Organisation
from portal.accounts.operations import banking as operations
from portal.accounts.operations.audit import audit_read
from portal.accounts.queries import banking, merging, structures
from portal.accounts.queries.mandates import officers_of
from portal.accounts.queries.membership import members_of, restorations_of
from portal.accounts.queries.organisation import sheet_of
from portal.accounts.rules import Role
from portal.accounts.rules.banking import BankState, differs, grouped
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.pagination import asked_page
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number

DIRECTION = (Role.OFFICER, Role.MANAGER)


@blueprint.get("/direction/structures")
@requires(*DIRECTION)
def followed_structures() -> ResponseReturnValue:
    """The organisations that filed under one's contracts, and those that filed nothing yet."""
    contracts, person = my_scope_ids(*DIRECTION), current_person()
    return render_template(
        "accounts/structures/list.html",
        page=structures.structures_page(
            contracts, person.id, request.args.get("q", "")[:200], request.args.get("etat", ""), asked_page()
        ),
        filters=structures.FILTERS,
        to_check=structures.accounts_to_check(contracts, person.id),
    )


@blueprint.get("/direction/structures/<int:organisation_id>")
@requires(*DIRECTION, on=Organisation, even_absorbed=True)
def followed_structure(organisation: Organisation) -> ResponseReturnValue:
    """One organisation: who it is, who answers for it, its account."""
    account = banking.bank_account_of(organisation.id)
    return render_template(
        "accounts/structures/show.html",
        organisation=organisation,
        sheet=sheet_of(organisation, to_paris(clock.now()).year - 1),
        members=members_of(organisation.id),
        officers=officers_of(organisation.id),
        restorations=restorations_of(organisation.id),
        bank=banking.state_of(account),
        became=merging.became(organisation),
        absorbed=merging.absorbed_by(organisation.id),
        is_manager=may(organisation, Role.MANAGER),
        accounts=banking.accounts_of(organisation.id),
    )


@blueprint.route("/direction/structures/<int:organisation_id>/compte", methods=["GET", "POST"])
@requires(*DIRECTION, on=Organisation)
@sessions.recently_confirmed
def check_account(organisation: Organisation) -> ResponseReturnValue:
    """The account in force, whole, to be confirmed by telephone. Reading it is recorded."""
    account = banking.bank_account_of(organisation.id)
    if account is None:
        abort(404)
    form = CallBackForm(data={"account_id": account.id})
    if form.validate_on_submit():
        shown = db.session.get(BankAccount, plain_number(form.account_id.data) or 0)
        if shown is None or shown.organisation_id != organisation.id:
            abort(404)
        operation = operations.confirm_account if form.answer.data == "yes" else operations.reject_account
        if form.attempt(operation, shown, form.called_name.data, form.called_number.data, actor=current_actor()):
            flash(_TOLD[form.answer.data], "success")
            return redirect(url_for(".followed_structure", organisation_id=organisation.id))
    audit_read(current_actor(), "bank_account.read", account)
    return render_template(
        "accounts/structures/account.html",
        organisation=organisation,
        account=account,
        iban=grouped(account.iban),
        state=banking.state_of(account),
        waits=banking.state_of(account) is BankState.TO_CHECK,
        other_name=differs(account.holder, organisation.name),
        phone_changed_at=banking.phone_changed_at(organisation.id),
        form=form,
    )


_TOLD = {
    "yes": "Le compte est vérifié : les versements peuvent partir.",
    "no": "Le compte est refusé : les versements attendent un autre compte, la structure est prévenue.",
}


@blueprint.get("/direction/structures/<int:organisation_id>/compte/rib")
@requires(*DIRECTION, on=Organisation)
def account_document(organisation: Organisation) -> ResponseReturnValue:
    """The RIB sent with the account in force; its reading is recorded."""
    return _account_document(organisation)


@blueprint.get("/structures/<int:organisation_id>/compte-bancaire/rib")
@requires(Role.APPLICANT, on=Organisation)
def own_account_document(organisation: Organisation) -> ResponseReturnValue:
    """The same, for the members of the organisation."""
    return _account_document(organisation)


def _account_document(organisation: Organisation) -> ResponseReturnValue:
    account = banking.bank_account_of(organisation.id)
    if account is None or account.file_id is None:
        abort(404)
    audit_read(current_actor(), "bank_document.read", account)
    return files.attachment(db.session.get_one(files.StoredFile, account.file_id))

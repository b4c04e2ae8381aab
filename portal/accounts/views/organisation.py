"""The full form of an organisation, its bank account, its vault."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import sessions
from portal.accounts.access import current_actor, may, requires
from portal.accounts.forms.organisation import (
    ApprovalForm,
    BankAccountForm,
    OrganisationForm,
    YearForm,
    differences,
    initial,
    initial_year,
)
from portal.accounts.models import Approval, Organisation, VaultDocument
from portal.accounts.operations import banking
from portal.accounts.operations import organisation as operations
from portal.accounts.operations.audit import audit_read
from portal.accounts.queries import organisation as queries
from portal.accounts.queries.banking import bank_account_of, state_of
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.rules.banking import differs
from portal.accounts.rules.organisation import AUDITOR_THRESHOLD_CENTS, DELEGATION, YearSheet, needs_check
from portal.accounts.rules.vault import BANK_KINDS
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.forms import Form, perform
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal
from portal.foundation.web.addresses import local_path
from portal.foundation.web.requests import takes_files


@blueprint.route("/structures/<int:organisation_id>/fiche", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def organisation_sheet(organisation: Organisation) -> ResponseReturnValue:
    """The sheet, with the means of last year."""
    year = last_year()
    sheet = queries.sheet_of(organisation, year)
    form = OrganisationForm(data=initial(sheet))
    if _save(form, organisation, year, sheet.version, is_checked=True):
        flash("La fiche est enregistrée.", "success")
        return redirect(url_for(".organisation_sheet", organisation_id=organisation.id))
    vault = queries.vault_of(organisation.id)
    return render_template(
        "accounts/organisation/sheet.html",
        organisation=organisation,
        form=form,
        year=year,
        current=sheet,
        is_to_check=needs_check(day_of(organisation.checked_at), today()),
        lacks_delegation=bool(organisation.signatory_name) and DELEGATION not in {kept.kind for kept in vault},
        vault=vault,
        **_versions(form, organisation, year, sheet.version),
    )


def _save(form: Form, organisation: Organisation, year: int, version: int, *, is_checked: bool = False) -> bool:
    """Write what the form says over the version it was read at."""
    sent = plain_number(request.form.get("version"))
    return form.validate_on_submit() and form.attempt(
        operations.save_sheet,
        organisation,
        form.data,
        year,
        actor=current_actor(),
        version=version if sent is None else sent,
        is_checked=is_checked,
    )


def _versions(form: Form, organisation: Organisation, year: int, version: int) -> dict[str, Any]:
    """The version the page was read at; after a conflict the other writer's, with both texts: saving
    again is then a choice made knowingly."""
    sent = plain_number(request.form.get("version"))
    reading = queries.reading_of(organisation)
    if form.conflict is None:
        return {"version": version if sent is None else sent, "told": [], "reading": reading}
    current = queries.sheet_of(organisation, year)
    return {"version": current.version, "told": differences(current, form), "reading": reading}


def last_year() -> int:
    return today().year - 1


def today() -> date:
    return to_paris(clock.now()).date()


def day_of(instant: datetime | None) -> date | None:
    return to_paris(instant).date() if instant else None


@blueprint.post("/structures/<int:organisation_id>/fiche/exacte")
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def confirm_organisation_sheet(organisation: Organisation) -> ResponseReturnValue:
    """« Oui, tout est exact »."""
    perform(operations.confirm_sheet, organisation, actor=current_actor())
    flash("C’est noté : la fiche est vérifiée pour cette année.", "success")
    return redirect(url_for(".organisation_sheet", organisation_id=organisation.id))


@blueprint.get("/structures/<int:organisation_id>/annees")
@requires(Role.APPLICANT, on=Organisation)
def organisation_years(organisation: Organisation) -> ResponseReturnValue:
    """The last years and the one that runs, known or not."""
    known = queries.years_of(organisation.id, last_year() - queries.PAST_YEARS, today().year)
    shown = [known.get(year, YearSheet(year)) for year in _years()]
    return render_template(
        "accounts/organisation/years.html",
        organisation=organisation,
        years=shown,
        over=[each.year for each in shown if (each.public_subsidies_cents or 0) > AUDITOR_THRESHOLD_CENTS],
        may_edit=may(organisation, Role.APPLICANT, level=MemberLevel.EDITOR),
    )


def _years() -> range:
    """From the year that runs back to the oldest one shown."""
    return range(today().year, last_year() - queries.PAST_YEARS - 1, -1)


@blueprint.route("/structures/<int:organisation_id>/annees/<int:year>", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def edit_organisation_year(organisation: Organisation, year: int) -> ResponseReturnValue:
    """The means of one year."""
    if year not in _years():
        abort(404)
    sheet = queries.sheet_of(organisation, year)
    form = YearForm(data=initial_year(sheet.means))
    if _save(form, organisation, year, sheet.version):
        flash(f"L’année {year} est enregistrée.", "success")
        return redirect(url_for(".organisation_years", organisation_id=organisation.id))
    return render_template(
        "accounts/organisation/year.html",
        organisation=organisation,
        year=year,
        form=form,
        **_versions(form, organisation, year, sheet.version),
    )


@blueprint.route("/structures/<int:organisation_id>/agrements", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def approvals(organisation: Organisation) -> ResponseReturnValue:
    """What administrations granted the organisation."""
    form = ApprovalForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_approval,
        organisation,
        form.kind.data,
        form.given_by.data,
        form.given_on.data,
        actor=current_actor(),
    ):
        flash("L’agrément est ajouté.", "success")
        return redirect(url_for(".approvals", organisation_id=organisation.id))
    return render_template(
        "accounts/organisation/approvals.html",
        organisation=organisation,
        form=form,
        approvals=queries.approvals_of(organisation.id),
    )


@blueprint.post("/structures/<int:organisation_id>/agrements/<int:approval_id>/retirer")
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def remove_approval(organisation: Organisation, approval_id: int) -> ResponseReturnValue:
    approval = db.session.get(Approval, approval_id)
    if approval is None or approval.organisation_id != organisation.id:
        abort(404)
    perform(operations.remove_approval, approval, actor=current_actor())
    flash("L’agrément est retiré.", "success")
    return redirect(url_for(".approvals", organisation_id=organisation.id))


@blueprint.route("/structures/<int:organisation_id>/compte-bancaire", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
@sessions.recently_confirmed
@takes_files
def bank_account(organisation: Organisation) -> ResponseReturnValue:
    """Give or replace the account on which grants are paid."""
    back = local_path(request.args.get("retour")) or url_for(".organisation_sheet", organisation_id=organisation.id)
    account = bank_account_of(organisation.id)
    form = BankAccountForm(data={"holder": account.holder if account else organisation.name})
    if form.validate_on_submit() and _change(form, organisation):
        if differs(form.holder.data or "", organisation.name):
            flash("Le titulaire du compte n’est pas la structure : la Direction vous demandera pourquoi.", "warning")
        flash("Le compte bancaire est enregistré.", "success")
        return redirect(back)
    return render_template(
        "accounts/organisation/bank.html",
        organisation=organisation, form=form, bank=queries.bank_sheet(account), state=state_of(account),
        has_document=bool(account and account.file_id), back=back, accept=files.ACCEPT,
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
        banking.change_bank_account,
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

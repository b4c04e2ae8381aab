"""Looking a structure up in the public directory, and taking from it what one wants."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, signed_in
from portal.accounts.directory import Unavailable
from portal.accounts.forms.directory import Line, LookUpForm, compared
from portal.accounts.models import Organisation
from portal.accounts.operations.directory import look_up
from portal.accounts.operations.organisation import save_sheet
from portal.accounts.queries.organisation import sheet_of
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.rules.directory import Company, question
from portal.accounts.views.blueprint import blueprint
from portal.accounts.views.limits import directory_asked
from portal.accounts.views.organisation import last_year
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal
from portal.foundation.web.addresses import local_path

UNAVAILABLE = "Annuaire indisponible : saisissez vous-même."


@blueprint.route("/structures/annuaire", methods=["GET", "POST"])
@signed_in
@directory_asked
def look_up_new_organisation() -> ResponseReturnValue:
    """Before adding a structure: find it, then its form is filled with what the directory knows."""
    form = LookUpForm()
    found = _found(form) if form.validate_on_submit() else None
    return render_template("accounts/directory/new.html", form=form, found=found)


def _found(form: LookUpForm) -> list[Company] | None:
    """The answers; None puts why there is none on the form."""
    try:
        return look_up(question(form.q.data))
    except Unavailable:
        form.refuse(Refusal(UNAVAILABLE))
    except Refusal as refusal:
        form.refuse(refusal)
    return None


@blueprint.route("/structures/<int:organisation_id>/annuaire", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
@directory_asked
def look_up_organisation(organisation: Organisation) -> ResponseReturnValue:
    """Find the structure, compare its sheet with the directory, take some fields or all."""
    known = organisation.siret or organisation.siren or organisation.rna or organisation.name
    form = LookUpForm(data={"q": known})
    back = local_path(request.args.get("retour")) or url_for(".organisation_sheet", organisation_id=organisation.id)
    found = _found(form) if form.validate_on_submit() else None
    company = next((each for each in found or () if each.siren == form.siren.data), None)
    sheet = sheet_of(organisation, last_year())
    lines = compared(sheet, company) if company else []
    is_taking = company is not None and "prendre" in request.form
    if company is not None and is_taking and _take(form, organisation, company, lines):
        flash("La fiche est complétée avec l’annuaire.", "success")
        return redirect(back)
    return render_template(
        "accounts/directory/compare.html" if company else "accounts/directory/find.html",
        organisation=organisation,
        form=form,
        found=found,
        company=company,
        lines=lines,
        version=sheet.version,
        back=back,
        chosen=request.form.getlist("field") if is_taking else _offered(organisation, company, lines),
    )


def _offered(organisation: Organisation, company: Company | None, lines: list[Line]) -> list[str]:
    """The boxes ticked at first: what differs, nothing of a structure that is perhaps another one."""
    if company is None or organisation.siren not in (None, company.siren):
        return []
    return [line.name for line in lines if line.differs]


def _take(form: LookUpForm, organisation: Organisation, company: Company, lines: list[Line]) -> bool:
    """Write the fields chosen: those ticked, or all. The values are the directory's, never the request's."""
    ticked = request.form.getlist("field")
    wanted = [line.name for line in lines if request.form["prendre"] == "tout" or line.name in ticked]
    if not wanted:
        form.refuse(Refusal("Cochez au moins un champ à reprendre."))
        return False
    values = {name: getattr(company, name) for name in wanted}
    version = plain_number(request.form.get("version"))
    return form.attempt(save_sheet, organisation, values, last_year(), actor=current_actor(), version=version)

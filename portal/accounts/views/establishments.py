"""The SIRETs of an organisation, and its officers."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.forms.establishments import EndEstablishmentForm, EstablishmentForm, OfficerForm
from portal.accounts.models import Establishment, Mandate, Organisation
from portal.accounts.operations import establishments as operations
from portal.accounts.operations import officers as officer_operations
from portal.accounts.queries.mandates import officers_of
from portal.accounts.queries.organisation import establishments_of
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db


@blueprint.route("/structures/<int:organisation_id>/etablissements", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def establishments(organisation: Organisation) -> ResponseReturnValue:
    """Every SIRET the organisation had, and a new one."""
    form = EstablishmentForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_establishment, organisation, form.siret.data, form.starts_on.data, actor=current_actor()
    ):
        flash("Le SIRET est ajouté.", "success")
        return redirect(url_for(".establishments", organisation_id=organisation.id))
    return render_template(
        "accounts/organisation/establishments.html",
        organisation=organisation,
        form=form,
        establishments=establishments_of(organisation),
    )


@blueprint.route("/structures/<int:organisation_id>/etablissements/<int:establishment_id>/fin", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def end_establishment(organisation: Organisation, establishment_id: int) -> ResponseReturnValue:
    place = db.session.get(Establishment, establishment_id)
    if place is None or place.organisation_id != organisation.id:
        abort(404)
    form = EndEstablishmentForm()
    if form.validate_on_submit() and form.attempt(
        operations.end_establishment, place, form.ends_on.data, actor=current_actor()
    ):
        flash("Le SIRET est clos.", "success")
        return redirect(url_for(".establishments", organisation_id=organisation.id))
    return render_template(
        "accounts/organisation/end_establishment.html", organisation=organisation, place=place, form=form
    )


@blueprint.get("/structures/<int:organisation_id>/dirigeants")
@requires(Role.APPLICANT, on=Organisation)
def officers(organisation: Organisation) -> ResponseReturnValue:
    """Who directs the organisation: as it says, and as its members declared of themselves."""
    return render_template(
        "accounts/organisation/officers.html",
        organisation=organisation,
        officers=officers_of(organisation.id),
        may_edit=may(organisation, Role.APPLICANT, level=MemberLevel.EDITOR),
    )


@blueprint.route("/structures/<int:organisation_id>/dirigeants/ajouter", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def add_officer(organisation: Organisation) -> ResponseReturnValue:
    form = OfficerForm()
    if form.validate_on_submit() and form.attempt(
        officer_operations.add_officer, organisation, *_said(form), actor=current_actor()
    ):
        flash("Le mandat est ajouté.", "success")
        return redirect(url_for(".officers", organisation_id=organisation.id))
    return render_template("accounts/organisation/officer.html", organisation=organisation, form=form, mandate=None)


@blueprint.route("/structures/<int:organisation_id>/dirigeants/<int:mandate_id>", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Organisation, level=MemberLevel.EDITOR)
def edit_officer(organisation: Organisation, mandate_id: int) -> ResponseReturnValue:
    mandate = db.session.get(Mandate, mandate_id)
    if mandate is None or mandate.organisation_id != organisation.id or mandate.person_id is not None:
        abort(404)
    form = OfficerForm(obj=mandate)
    if form.validate_on_submit() and form.attempt(
        officer_operations.edit_officer, mandate, *_said(form), actor=current_actor()
    ):
        flash("Le mandat est enregistré.", "success")
        return redirect(url_for(".officers", organisation_id=organisation.id))
    return render_template("accounts/organisation/officer.html", organisation=organisation, form=form, mandate=mandate)


def _said(form: OfficerForm) -> tuple[object, ...]:
    return (form.holder_name.data, form.office.data, form.starts_on.data, form.ends_on.data)

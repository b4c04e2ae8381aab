"""The offices somebody holds in structures, declared by themselves."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_person, signed_in
from portal.accounts.forms.mandates import EndMandateForm, MandateForm
from portal.accounts.models import Mandate, Organisation
from portal.accounts.operations import mandates as operations
from portal.accounts.queries import mandates as queries
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db
from portal.foundation.quantities import plain_number


@blueprint.get("/compte/mandats")
@signed_in
def mandates() -> ResponseReturnValue:
    return render_template("accounts/mandates.html", mandates=queries.mandates_of(current_person().id))


@blueprint.get("/compte/mandats/structure")
@signed_in
def mandate_organisation() -> ResponseReturnValue:
    """First find the structure."""
    text = request.args.get("q", "").strip()
    return render_template("accounts/mandate_organisation.html", text=text, found=queries.search_organisations(text))


@blueprint.route("/compte/mandats/nouveau", methods=["GET", "POST"])
@signed_in
def declare_mandate() -> ResponseReturnValue:
    """Then say which office, and since when."""
    asked = plain_number(request.args.get("structure"))
    organisation = db.session.get(Organisation, asked) if asked else None
    if organisation is None:
        return redirect(url_for(".mandate_organisation"))
    form = MandateForm()
    if form.validate_on_submit() and form.attempt(
        operations.declare_mandate,
        current_person(),
        organisation,
        form.office.data,
        form.starts_on.data,
        form.ends_on.data,
    ):
        flash("Le mandat est déclaré.", "success")
        return redirect(url_for(".mandates"))
    return render_template("accounts/declare_mandate.html", form=form, organisation=organisation)


@blueprint.route("/compte/mandats/<int:mandate_id>/fin", methods=["GET", "POST"])
@signed_in
def end_mandate(mandate_id: int) -> ResponseReturnValue:
    mandate = db.session.get(Mandate, mandate_id)
    if mandate is None or mandate.person_id != current_person().id:
        abort(404)
    form = EndMandateForm(obj=mandate)
    if form.validate_on_submit() and form.attempt(
        operations.end_mandate, mandate, form.ends_on.data, person=current_person()
    ):
        flash("La fin du mandat est enregistrée.", "success")
        return redirect(url_for(".mandates"))
    return render_template("accounts/end_mandate.html", form=form, mandate=mandate)

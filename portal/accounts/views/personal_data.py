"""« Mes données »: what the portal holds of somebody, to read, take away and delete."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portal.accounts import sessions
from portal.accounts.access import current_actor, current_person, signed_in
from portal.accounts.forms.mandates import EraseForm
from portal.accounts.operations import personal_data as operations
from portal.accounts.operations.audit import audit_read
from portal.accounts.queries.grants import grants_of
from portal.accounts.queries.mandates import mandates_of
from portal.accounts.queries.personal_data import export_of
from portal.accounts.views.blueprint import blueprint


@blueprint.get("/compte/mes-donnees")
@signed_in
def my_data() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "accounts/my_data.html", person=person, grants=grants_of(person.id), mandates=mandates_of(person.id)
    )


@blueprint.get("/compte/mes-donnees.json")
@signed_in
def export_my_data() -> ResponseReturnValue:
    audit_read(current_actor(), "personal_data.export", current_person())
    text = json.dumps(export_of(current_person()), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@blueprint.route("/compte/supprimer", methods=["GET", "POST"])
@signed_in
@sessions.recently_confirmed
def erase_account() -> ResponseReturnValue:
    form = EraseForm()
    if form.validate_on_submit() and form.attempt(operations.erase_account, current_person()):
        sessions.end()
        flash("Votre compte est supprimé.", "success")
        return redirect("/")
    return render_template("accounts/erase_account.html", form=form)

"""The Direction gives an organisation back to somebody, on evidence."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import sessions
from portal.accounts.access import current_actor, requires
from portal.accounts.forms.structures import OwnershipForm
from portal.accounts.models import Organisation, OwnershipRestoration
from portal.accounts.operations.audit import audit_read
from portal.accounts.operations.membership import restore_ownership
from portal.accounts.queries.membership import owners_of
from portal.accounts.views.blueprint import blueprint
from portal.accounts.views.structures import DIRECTION
from portal.extensions import db
from portal.foundation import files
from portal.foundation.refusals import Refusal
from portal.foundation.web.requests import takes_files


@blueprint.route("/direction/structures/<int:organisation_id>/responsable", methods=["GET", "POST"])
@requires(*DIRECTION, on=Organisation)
@sessions.recently_confirmed
@takes_files
def restore_owner(organisation: Organisation) -> ResponseReturnValue:
    """Make somebody responsible for an organisation whose owners are gone."""
    form = OwnershipForm()
    if form.validate_on_submit() and _restore(form, organisation):
        flash("La responsabilité est donnée ; les personnes concernées sont prévenues.", "success")
        return redirect(url_for(".followed_structure", organisation_id=organisation.id))
    return render_template(
        "accounts/structures/owner.html",
        organisation=organisation,
        owners=owners_of(organisation.id),
        form=form,
        accept=files.ACCEPT,
    )


def _restore(form: OwnershipForm, organisation: Organisation) -> bool:
    try:
        # The bytes are written before the transaction that names them.
        proof = files.receive(form.file.data.stream, form.file.data.filename)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return form.attempt(
        restore_ownership,
        organisation,
        form.email.data,
        form.given_name.data,
        form.family_name.data,
        form.reason.data,
        proof,
        actor=current_actor(),
    )


@blueprint.get("/direction/structures/<int:organisation_id>/responsable/<int:restoration_id>")
@requires(*DIRECTION, on=Organisation)
def restoration_proof(organisation: Organisation, restoration_id: int) -> ResponseReturnValue:
    """The document on which somebody was made responsible; its reading is recorded."""
    restored = db.session.get(OwnershipRestoration, restoration_id)
    if restored is None or restored.organisation_id != organisation.id:
        abort(404)
    audit_read(current_actor(), "ownership_proof.read", restored)
    return files.attachment(restored.file)

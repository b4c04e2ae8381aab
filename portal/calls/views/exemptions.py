"""Individual exemptions from the closing of a call: granted by the manager, seen by the Direction."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.models import Organisation
from portal.accounts.queries.mandates import search_organisations
from portal.accounts.rules import Role
from portal.calls.forms.exemptions import ExemptionForm, RevokeForm
from portal.calls.models import Application, Call, Exemption
from portal.calls.operations import exemptions as operations
from portal.calls.queries import deadlines as queries
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import CallStatus
from portal.calls.views import blueprint
from portal.calls.views.calling import tabs
from portal.extensions import db
from portal.foundation import clock


@blueprint.get("/appels/<int:call_id>/derogations")
@requires(*DIRECTION, on=Call)
def exemptions(call: Call) -> ResponseReturnValue:
    """All of a call's exemptions; the manager finds the organisation to exempt here."""
    text = request.args.get("q", "").strip()[:200]
    grants = may(call, Role.MANAGER) and call.status is CallStatus.PUBLISHED
    return render_template(
        "calls/exemptions/list.html",
        call=call,
        tabs=tabs(call, "exemptions"),
        exemptions=queries.exemptions_of(call.id),
        begun=queries.organisations_with_drafts(call.id) if grants else [],
        text=text,
        found=search_organisations(text) if grants and text else [],
        grants=grants,
        now=clock.now(),
    )


@blueprint.route("/appels/<int:call_id>/derogations/<int:organisation_id>", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def grant_exemption(call: Call, organisation_id: int) -> ResponseReturnValue:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.merged_into_id is not None:
        abort(404)
    form = ExemptionForm()
    form.offer(queries.drafts_to_exempt(call.id, organisation.id))
    if form.validate_on_submit() and form.attempt(
        operations.grant_exemption,
        call,
        organisation,
        db.session.get(Application, form.application_id) if form.application_id else None,
        form.until.data,
        form.reason.data or "",
        actor=current_actor(),
    ):
        flash("La dérogation est accordée ; les personnes qui rédigent pour la structure sont prévenues.", "success")
        return redirect(url_for(".exemptions", call_id=call.id))
    return render_template("calls/exemptions/grant.html", call=call, organisation=organisation, form=form)


@blueprint.route("/derogations/<int:exemption_id>/fin", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Exemption)
def revoke_exemption(exemption: Exemption) -> ResponseReturnValue:
    form = RevokeForm()
    if form.validate_on_submit() and form.attempt(
        operations.revoke_exemption, exemption, form.reason.data or "", actor=current_actor()
    ):
        flash("La dérogation est retirée ; la structure est prévenue.", "success")
        return redirect(url_for(".exemptions", call_id=exemption.call_id))
    return render_template("calls/exemptions/revoke.html", call=exemption.call, exemption=exemption, form=form)

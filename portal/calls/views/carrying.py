"""Starting from an earlier application, and what differs from it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.carrying import CarryForm
from portal.calls.models import Application, Call
from portal.calls.operations import carrying as operations
from portal.calls.operations.agreement import continue_agreement as continue_year
from portal.calls.operations.filing import start_application
from portal.calls.queries.carrying import since_renewed, sources_of
from portal.calls.queries.sections import drafts_of
from portal.calls.rules.carrying import KEEPABLE
from portal.calls.states import NEVER_FILED, ApplicationStatus
from portal.calls.views import blueprint
from portal.calls.views.filing import READS
from portal.extensions import db
from portal.foundation.forms import perform
from portal.foundation.quantities import plain_number

OWN = requires(Role.APPLICANT, on=Application, level=MemberLevel.EDITOR)


@blueprint.route("/dossiers/<int:application_id>/reprendre", methods=["GET", "POST"])
@OWN
def carry_over(application: Application) -> ResponseReturnValue:
    """Choose an earlier application of the organisation, and what to keep of it."""
    if application.status is not ApplicationStatus.DRAFT or application.agreement is not None:
        return redirect(url_for(".application", application_id=application.id))
    sources = sources_of(application)
    begun = [section for section in KEEPABLE if section in drafts_of(application.id)]
    form = CarryForm(sources, begun, plain_number(request.args.get("de")))
    if form.validate_on_submit() and form.attempt(
        operations.carry_over,
        application,
        db.session.get_one(Application, form.source_id),
        form.sections,
        from_bilan=bool(form.from_bilan.data),
        actor=current_actor(),
    ):
        flash("Les rubriques choisies sont reprises. Relisez chacune, puis enregistrez-la.", "success")
        return redirect(url_for(".application", application_id=application.id))
    return render_template("calls/filing/carry.html", application=application, form=form, sources=sources, begun=begun)


@blueprint.post("/dossiers/<int:application_id>/renouveler/<int:call_id>")
@OWN
def renew_application(application: Application, call_id: int) -> ResponseReturnValue:
    """Begin, in an open call, the application that renews this one."""
    call = db.session.get(Call, call_id)
    if call is None or application.status in NEVER_FILED:
        abort(404)
    begun = perform(start_application, call, application.organisation, actor=current_actor())
    return redirect(url_for(".carry_over", application_id=begun.id, de=application.id))


@blueprint.post("/dossiers/<int:application_id>/convention/<int:call_id>")
@OWN
def continue_agreement(application: Application, call_id: int) -> ResponseReturnValue:
    """Begin, in an open call, the light file of the next year of this agreement."""
    call = db.session.get(Call, call_id)
    if call is None:
        abort(404)
    begun = perform(continue_year, application, call, actor=current_actor())
    return redirect(url_for(".application", application_id=begun.id))


@blueprint.get("/dossiers/<int:application_id>/evolution")
@READS
def evolution(application: Application) -> ResponseReturnValue:
    """What changes from the application that this one renews."""
    found = since_renewed(application)
    if found is None:
        abort(404)
    return render_template("calls/filing/evolution.html", application=application, renewed=found[0], changes=found[1])

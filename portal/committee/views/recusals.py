"""Stepping out, and the Direction's list of those who did."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.models import Organisation, Person
from portal.calls.models import Application, Call, Recusal
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.recusals import DeclareForm, EndForm, RecordForm
from portal.committee.operations import recusals as operations
from portal.committee.queries import recusals as queries
from portal.committee.rules.desk import READERS
from portal.committee.views import blueprint
from portal.extensions import db


@blueprint.route("/dossiers/<int:application_id>/deport", methods=["GET", "POST"])
@requires(*READERS, on=Application)
def declare_recusal(application: Application) -> Response | str:
    """« Je me déporte »: from here on the file is out of reach."""
    form = DeclareForm()
    if form.validate_on_submit() and form.attempt(
        operations.declare_recusal,
        application,
        form.reason.data or "",
        whole_structure=form.extent.data == "organisation",
        actor=current_actor(),
    ):
        flash("Votre déport est enregistré : ce dossier ne vous est plus accessible.", "success")
        return redirect("/")
    return render_template("committee/declare_recusal.html", application=application, form=form)


@blueprint.route("/instruction/<int:call_id>/deports", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def recusals(call: Call) -> Response | str:
    """The recusals of a call, and recording one."""
    grants = access.usable_grants()
    form = RecordForm()
    applications, organisations = queries.subjects_of_call(call, current_user.id, grants)
    form.offer(queries.staff_of_call(call), applications, organisations)
    if form.validate_on_submit() and form.attempt(
        operations.record_recusal,
        db.session.get_one(Person, form.person.data),
        _subject(form.subject.data),
        form.reason.data or "",
        actor=current_actor(),
        roles=roles_of(call),
    ):
        flash("Le déport est enregistré.", "success")
        return redirect(url_for(".recusals", call_id=call.id))
    rows = queries.recusals_of_call(call, current_user.id, grants)
    return render_template("committee/recusals.html", call=call, rows=rows, form=form)


def _subject(chosen: str) -> Application | Organisation:
    """The thing chosen in the list, whose offered values are the only ones taken."""
    if chosen.startswith("a"):
        return db.session.get_one(Application, int(chosen[1:]))
    return db.session.get_one(Organisation, int(chosen[1:]))


@blueprint.route("/instruction/<int:call_id>/deports/<int:recusal_id>/fin", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def end_recusal(call: Call, recusal_id: int) -> Response | str:
    rows = queries.recusals_of_call(call, current_user.id, access.usable_grants())
    row = next((each for each in rows if each.id == recusal_id and each.ended_at is None), None)
    if row is None:
        abort(404)
    form = EndForm()
    if form.validate_on_submit() and form.attempt(
        operations.end_recusal,
        db.session.get_one(Recusal, recusal_id),
        form.reason.data or "",
        actor=current_actor(),
        roles=roles_of(call),
    ):
        flash("Le déport prend fin.", "success")
        return redirect(url_for(".recusals", call_id=call.id))
    return render_template("committee/end_recusal.html", call=call, row=row, form=form)

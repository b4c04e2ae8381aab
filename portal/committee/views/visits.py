"""Internal notes of a file, and visits of actions."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, requires, roles_of
from portal.calls.models import Application, Call
from portal.committee.forms.visits import CancelForm, NoteForm, ReportForm, VisitForm
from portal.committee.models import Visit
from portal.committee.operations import visits as operations
from portal.committee.queries import visits as queries
from portal.committee.rules.visits import VISITORS
from portal.committee.states import VisitStatus
from portal.committee.views import blueprint
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page


@blueprint.route("/dossiers/<int:application_id>/notes", methods=["GET", "POST"])
@requires(*VISITORS, on=Application)
def notes(application: Application) -> Response | str:
    """What those who instruct tell one another of a file."""
    form = NoteForm()
    if form.validate_on_submit() and form.attempt(
        operations.write_note, application, form.body.data or "", actor=current_actor(), roles=roles_of(application)
    ):
        flash("La note est ajoutée.", "success")
        return redirect(url_for(".notes", application_id=application.id))
    return render_template(
        "committee/following/notes.html",
        application=application,
        form=form,
        notes=queries.notes_of(application.id),
        me=current_user.id,
    )


@blueprint.post("/dossiers/<int:application_id>/notes/<int:note_id>/retirer")
@requires(*VISITORS, on=Application)
def take_back_note(application: Application, note_id: int) -> Response:
    note = queries.note_on(application.id, note_id, current_user.id)
    if note is None:
        abort(404)
    perform(operations.take_back_note, note, actor=current_actor())
    flash("La note est retirée.", "success")
    return redirect(url_for(".notes", application_id=application.id))


@blueprint.get("/instruction/<int:call_id>/visites")
@requires(*VISITORS, on=Call)
def call_visits(call: Call) -> str:
    """The visits of a call, those to come first."""
    asked = request.args.get("etat")
    status = VisitStatus(asked) if asked in set(VisitStatus) else None
    page = queries.visits_of_call(call, current_user.id, access.usable_grants(), status, asked_page())
    choices = [(each.value, each.label) for each in VisitStatus]
    return render_template("committee/following/visits.html", call=call, page=page, status_choices=choices)


@blueprint.route("/dossiers/<int:application_id>/visites/nouvelle", methods=["GET", "POST"])
@requires(*VISITORS, on=Application)
def plan_visit(application: Application) -> Response | str:
    form = VisitForm()
    if form.validate_on_submit() and form.attempt(
        operations.plan_visit,
        application,
        form.terms(),
        tells=form.tells.data,
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("La visite est prévue.", "success")
        return redirect(_file(application))
    return render_template("committee/following/plan.html", application=application, form=form, visit=None)


@blueprint.route("/visites/<int:visit_id>", methods=["GET", "POST"])
@requires(*VISITORS, on=Visit)
def visit(visit: Visit) -> Response | str:
    """A visit: what is planned, changed here as long as it has not taken place, or its report."""
    form = VisitForm(obj=visit, version=str(visit.version))
    if form.validate_on_submit() and form.attempt(
        operations.change_visit,
        visit,
        form.terms(),
        version=form.read_version,
        tells=form.tells.data,
        actor=current_actor(),
        roles=roles_of(visit),
    ):
        flash("La visite est modifiée.", "success")
        return redirect(url_for(".visit", visit_id=visit.id))
    if form.conflict:
        form.take_version(visit.version)
    is_planned = visit.status is VisitStatus.PLANNED
    page = "committee/following/plan.html" if is_planned else "committee/following/visit.html"
    return render_template(page, application=visit.application, form=form, visit=visit)


@blueprint.route("/visites/<int:visit_id>/compte-rendu", methods=["GET", "POST"])
@requires(*VISITORS, on=Visit)
def report_visit(visit: Visit) -> Response | str:
    form = ReportForm()
    if form.validate_on_submit() and form.attempt(
        operations.report_visit, visit, form.report.data or "", actor=current_actor(), roles=roles_of(visit)
    ):
        flash("Le compte rendu est enregistré.", "success")
        return redirect(url_for(".visit", visit_id=visit.id))
    return render_template("committee/following/report.html", application=visit.application, form=form, visit=visit)


@blueprint.route("/visites/<int:visit_id>/annuler", methods=["GET", "POST"])
@requires(*VISITORS, on=Visit)
def cancel_visit(visit: Visit) -> Response | str:
    form = CancelForm()
    if form.validate_on_submit() and form.attempt(
        operations.cancel_visit, visit, form.reason.data or "", actor=current_actor(), roles=roles_of(visit)
    ):
        flash("La visite est annulée.", "success")
        return redirect(_file(visit.application))
    return render_template("committee/following/cancel.html", application=visit.application, form=form, visit=visit)


def _file(application: Application) -> str:
    return url_for(".application", application_id=application.id, _anchor="suivi")

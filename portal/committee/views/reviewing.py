"""Giving files to reviewers, and a reviewer's own list."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.calls.models import Application, Call
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.reviewing import AssignForm, DistributeForm
from portal.committee.operations import reviewing as operations
from portal.committee.queries import reviewing as queries
from portal.committee.states import AssessmentStatus
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url
from portal.extensions import db
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page, paged
from portal.foundation.refusals import Refusal
from portal.foundation.web import navigation


@blueprint.route("/instruction/<int:call_id>/affectations", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def distribution(call: Call) -> Response | str:
    """Who has how much, and a balanced distribution shown before it is asked."""
    # A GET shows what would be given before a POST gives it.
    form = DistributeForm(request.args) if "per_application" in request.args else DistributeForm()
    if form.validate_on_submit() and form.attempt(
        operations.distribute,
        call,
        form.per_application.data,
        actor=current_actor(),
        roles=roles_of(call),
        grants=access.usable_grants(),
    ):
        flash(f"{form.result} analyses ont été confiées." if form.result else "Rien à ajouter.", "success")
        return redirect(url_for(".distribution", call_id=call.id))
    applications = queries.to_distribute(call, current_user.id, access.usable_grants())
    reviewers = queries.reviewers_of(call)
    return render_template(
        "committee/distribution.html",
        call=call,
        form=form,
        reviewers=reviewers,
        names={each.id: each.name for each in reviewers},
        applications=applications,
        assigned=queries.assigned_people([each.id for each in applications]),
        planned=_planned(call, form),
    )


def _planned(call: Call, form: DistributeForm) -> dict[int, list[int]] | None:
    """What the distribution asked in the address would add: {application: reviewers}; None when not asked."""
    if "per_application" not in request.args or not form.per_application.data:
        return None
    try:
        pairs = operations.plan(call, form.per_application.data, current_user.id, access.usable_grants())
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    planned: dict[int, list[int]] = {}
    for application_id, person_id in pairs:
        planned.setdefault(application_id, []).append(person_id)
    return planned


@blueprint.post("/dossiers/<int:application_id>/affectations")
@requires(*DIRECTION, on=Application)
def assign(application: Application) -> Response:
    form = AssignForm()
    form.offer(queries.reviewers_of(application.call))
    person = db.session.get(Person, form.person.data) if form.validate() else None
    if person is None:
        abort(400)
    perform(operations.assign, application, person, actor=current_actor(), roles=roles_of(application))
    flash("L’analyse est confiée.", "success")
    return redirect(desk_url(application))


@blueprint.post("/dossiers/<int:application_id>/affectations/<int:person_id>/retirer")
@requires(*DIRECTION, on=Application)
def unassign(application: Application, person_id: int) -> Response:
    person = db.session.get(Person, person_id)
    if person is None:
        abort(404)
    perform(operations.unassign, application, person, actor=current_actor(), roles=roles_of(application))
    flash("L’analyse est retirée à cette personne.", "success")
    return redirect(desk_url(application))


@blueprint.get("/mes-analyses")
@requires(Role.REVIEWER)
def my_assessments() -> str:
    """What a reviewer has to analyse, what they owe first."""
    states = {"a_rendre": None, "en_cours": AssessmentStatus.DRAFT, "rendues": AssessmentStatus.FINAL}
    asked = request.args.get("etat", "")
    statement = queries.my_assessments(
        current_user.id, access.my_scope_ids(Role.REVIEWER), states.get(asked), to_begin=asked == "a_rendre"
    )
    return render_template("committee/my_assessments.html", page=paged(statement, asked_page()))


navigation.add_entry("Mes analyses", "committee.my_assessments", lambda: Role.REVIEWER in access.all_roles(), order=32)

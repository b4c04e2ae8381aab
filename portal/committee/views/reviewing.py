"""Giving files to reviewers, and a reviewer's own list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

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
from portal.committee.queries.desk import quartiers_of
from portal.committee.states import AssessmentStatus
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url
from portal.extensions import db
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page, paged
from portal.foundation.refusals import Refusal
from portal.foundation.web import navigation
from portal.foundation.web.formats import plural


@blueprint.route("/instruction/<int:call_id>/affectations", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def distribution(call: Call) -> Response | str:
    """Who has how much, and a balanced distribution shown before it is asked."""
    # A GET shows what would be given before a POST gives it.
    form = DistributeForm(request.args) if "per_application" in request.args else DistributeForm()
    reviewers = queries.reviewers_of(call, current_user.id)
    form.offer(reviewers, quartiers_of(call), queries.themes_of(call))
    if form.validate_on_submit() and form.attempt(
        operations.distribute,
        call,
        form.wanted,
        actor=current_actor(),
        roles=roles_of(call),
        grants=access.usable_grants(),
    ):
        flash(_told(form.result), "success")
        return redirect(url_for(".distribution", call_id=call.id))
    planned = _planned(call, form)
    scope = form.wanted.scope if "per_application" in request.args else queries.EVERYTHING
    page = paged(queries.to_distribute(call, current_user.id, access.usable_grants(), scope), asked_page())
    ids = [row.id for row in page.rows]
    return render_template(
        "committee/distribution.html",
        call=call,
        form=form,
        reviewers=reviewers,
        names={each.id: each.name for each in reviewers},
        page=page,
        assigned=queries.assigned_people(ids),
        planned=planned,
        given=_by_application(planned.given if planned else ()),
        taken=_by_application(planned.taken if planned else ()),
        lost=queries.count_lost(call, current_user.id, access.usable_grants()),
    )


def _planned(call: Call, form: DistributeForm) -> operations.Plan | None:
    """What the distribution asked in the address would do; None when not asked."""
    if "per_application" not in request.args or not form.per_application.data:
        return None
    try:
        return operations.plan(call, form.wanted, current_user.id, access.usable_grants())
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _by_application(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for application_id, person_id in pairs:
        found[application_id].append(person_id)
    return found


def _told(done: operations.Plan) -> str:
    if not done.given:
        return "Rien à ajouter."
    words = plural(len(done.given), "analyse a été confiée", "analyses ont été confiées")
    changed = plural(len(done.taken), "reprise", "reprises")
    return f"{words}, dont {changed} à quelqu’un d’autre." if done.taken else f"{words}."


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
    call_ids = access.my_scope_ids(Role.REVIEWER)
    statement = queries.my_assessments(current_user.id, call_ids, states.get(asked), to_begin=asked == "a_rendre")
    calls = queries.calls_of_reviewer(current_user.id, call_ids)
    return render_template("committee/my_assessments.html", page=paged(statement, asked_page()), calls=calls)


navigation.add_entry("Mes analyses", "committee.my_assessments", lambda: Role.REVIEWER in access.all_roles(), order=32)

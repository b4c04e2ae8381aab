"""The rétroplanning of a call: its list, and each step."""

from __future__ import annotations

from typing import cast

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.calls.forms.calling import RemovalForm
from portal.calls.forms.milestones import MilestoneForm, OfferedForm, ShiftForm
from portal.calls.models import Call, CallMilestone
from portal.calls.operations import milestones as operations
from portal.calls.queries import milestones as queries
from portal.calls.rules import milestones as rules
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import MilestoneState
from portal.calls.views import blueprint
from portal.calls.views.calling import tabs
from portal.foundation import clock
from portal.foundation.forms import perform
from portal.foundation.periods import to_paris
from portal.foundation.web.formats import plural


@blueprint.get("/appels/<int:call_id>/retroplanning")
@requires(*DIRECTION, on=Call)
def call_plan(call: Call) -> ResponseReturnValue:
    """The steps of a call, before and after its closing."""
    plan = queries.plan_of(call)
    return render_template(
        "calls/plan/show.html",
        call=call,
        tabs=tabs(call, "call_plan"),
        plan=plan,
        late=[line for line in plan if line.state is MilestoneState.LATE],
        steps=[line for line in plan if line.id is not None],
    )


def _saved(call: Call, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".call_plan", call_id=call.id))


def _step(call: Call, milestone_id: int) -> CallMilestone:
    return queries.milestone_of(call.id, milestone_id) or abort(404)


@blueprint.route("/appels/<int:call_id>/retroplanning/nouveau", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def add_milestone(call: Call) -> ResponseReturnValue:
    form = MilestoneForm(data={"version": 0})
    if form.validate_on_submit() and form.attempt(operations.add_milestone, call, form.terms(), actor=current_actor()):
        return _saved(call, "L’étape est ajoutée.")
    return render_template("calls/plan/edit.html", call=call, form=form, title="Ajouter une étape")


@blueprint.route("/appels/<int:call_id>/retroplanning/<int:milestone_id>", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def edit_milestone(call: Call, milestone_id: int) -> ResponseReturnValue:
    milestone = _step(call, milestone_id)
    form = MilestoneForm(obj=milestone)
    if form.validate_on_submit() and form.attempt(
        operations.change_milestone,
        call,
        milestone,
        form.terms(),
        version=form.version.data,
        actor=current_actor(),
    ):
        return _saved(call, "L’étape est enregistrée.")
    if form.conflict is not None:
        # Saving again keeps one's own values.
        form.version.data = milestone.version
    return render_template("calls/plan/edit.html", call=call, form=form, title="Modifier une étape", step=milestone)


@blueprint.route("/appels/<int:call_id>/retroplanning/<int:milestone_id>/retirer", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def remove_milestone(call: Call, milestone_id: int) -> ResponseReturnValue:
    milestone = _step(call, milestone_id)
    form, label = RemovalForm(data={"version": milestone.version}), milestone.label
    if form.validate_on_submit() and form.attempt(
        operations.remove_milestone, call, milestone, version=form.version.data, actor=current_actor()
    ):
        return _saved(call, "L’étape est retirée.")
    if form.conflict is not None:
        form.version.data = milestone.version
    return render_template("calls/plan/remove.html", call=call, form=form, label=label)


@blueprint.post("/appels/<int:call_id>/retroplanning/<int:milestone_id>/fait")
@requires(*DIRECTION, on=Call)
def mark_milestone_done(call: Call, milestone_id: int) -> ResponseReturnValue:
    perform(operations.mark_done, call, _step(call, milestone_id), is_done=True, actor=current_actor())
    return _saved(call, "L’étape est marquée comme faite.")


@blueprint.post("/appels/<int:call_id>/retroplanning/<int:milestone_id>/a-faire")
@requires(*DIRECTION, on=Call)
def mark_milestone_undone(call: Call, milestone_id: int) -> ResponseReturnValue:
    perform(operations.mark_done, call, _step(call, milestone_id), is_done=False, actor=current_actor())
    return _saved(call, "L’étape est à nouveau à faire.")


@blueprint.route("/appels/<int:call_id>/retroplanning/proposition", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def offer_milestones(call: Call) -> ResponseReturnValue:
    """The usual steps around the closing, to take or leave."""
    offered = rules.offered(call.closes_at)
    today = to_paris(clock.now()).date()
    form = OfferedForm(data={"steps": [number for number, terms in enumerate(offered) if terms.starts_on >= today]})
    form.offer(offered)
    if form.validate_on_submit() and form.attempt(
        operations.adopt_offered, call, form.steps.data, actor=current_actor()
    ):
        added = plural(cast(int, form.result), "étape est ajoutée", "étapes sont ajoutées")
        return _saved(call, f"{added}. Ajustez les dates à votre calendrier.")
    return render_template("calls/plan/offer.html", call=call, form=form)


@blueprint.route("/appels/<int:call_id>/retroplanning/decalage", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def shift_milestones(call: Call) -> ResponseReturnValue:
    """Move all that is left to do, after an extension for instance."""
    form = ShiftForm()
    if form.validate_on_submit() and form.attempt(
        operations.shift_left_to_do, call, form.days.data, actor=current_actor()
    ):
        return _saved(call, plural(cast(int, form.result), "étape est décalée.", "étapes sont décalées."))
    return render_template("calls/plan/shift.html", call=call, form=form, steps=queries.left_to_do(call.id))

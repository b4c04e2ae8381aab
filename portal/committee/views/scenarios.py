"""Scenarios: the Direction prepares them, reads them, compares them, and takes up what it wants."""

from __future__ import annotations

from collections.abc import Collection

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, requires, roles_of
from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.scenarios import ApplyForm, ScenarioForm, filled, scenario_form
from portal.committee.models import Scenario
from portal.committee.operations import scenarios as operations
from portal.committee.queries.programme import hidden_from
from portal.committee.queries.scenarios import applying, facts, pages
from portal.committee.queries.scenarios.sums import sums
from portal.committee.rules.scenarios.parameters import Parameters, read
from portal.committee.rules.scenarios.steps import SCENARIO
from portal.committee.states import ScenarioStatus
from portal.committee.views import blueprint
from portal.committee.views.programme_reader import reader_of
from portal.contracts import queries as contracts
from portal.extensions import db
from portal.foundation.forms import ActionForm, perform
from portal.foundation.outbox import Task
from portal.foundation.pagination import asked_page
from portal.foundation.quantities import plain_number

TONES = {
    ScenarioStatus.RUNNING: "info",
    ScenarioStatus.DONE: "success",
    ScenarioStatus.IMPOSSIBLE: "warning",
    ScenarioStatus.FAILED: "danger",
    ScenarioStatus.CANCELLED: "neutral",
    ScenarioStatus.APPLIED: "success",
}
SIDE_BY_SIDE = 4
"""How many scenarios stay readable on one page."""


def _open_to(person: Person, scenario: Scenario, _roles: Collection[Role]) -> bool:
    """Closed to whoever stepped out of an application in it, or may not read its scores yet."""
    if pages.touches_recusal(scenario.id, person.id):
        return False
    return not (read(scenario.parameters).rules.reads_scores and facts.owes_analyses(scenario.call, person.id))


directs_call = requires(*sorted(DIRECTION), on=Call)
directs = requires(*sorted(DIRECTION), on=Scenario, narrowed_by=_open_to)


# -- those of a call ----------------------------------------------------------------------------


@blueprint.get("/programmation/<int:call_id>/scenarios")
@directs_call
def scenarios(call: Call) -> ResponseReturnValue:
    _only_where_open(call)
    archived = request.args.get("voir") == "archives"
    return render_template(
        "committee/scenarios/list.html",
        call=call,
        page=pages.scenarios_of(call.id, current_person().id, asked_page(), archived=archived),
        archived=archived,
        hidden=hidden_from(call.id, current_person().id),
        tones=TONES,
        most=SIDE_BY_SIDE,
    )


def _only_where_open(call: Call) -> None:
    if not call.scenarios_enabled:
        abort(404)


@blueprint.route("/programmation/<int:call_id>/scenarios/nouveau", methods=["GET", "POST"])
@directs_call
def new_scenario(call: Call) -> ResponseReturnValue:
    """?depuis=12 starts from the rules of another."""
    _only_where_open(call)
    form = _new_form(call)
    if form.validate_on_submit() and form.attempt(
        operations.create_scenario,
        call,
        form.title.data,
        form.chosen(),
        form.typed_amounts(),
        reader=reader_of(call),
        actor=current_actor(),
        roles=roles_of(call),
    ):
        return redirect(url_for(".scenario", scenario_id=form.result.id))
    return render_template(
        "committee/scenarios/new.html",
        call=call,
        form=form,
        level=contracts.level_names(call.contract_id)[0],
        hidden=hidden_from(call.id, current_person().id),
    )


def _new_form(call: Call) -> ScenarioForm:
    chosen = _rules_of(call, plain_number(request.args.get("depuis")))
    fixed = facts.fixed_rows(chosen.fixed)
    made = scenario_form(call, facts.pillars_of(call), facts.purse_labels(call), kept=len(fixed))
    return made(data=filled(chosen, fixed) | {"title": pages.next_title(call.id)})


def _rules_of(call: Call, scenario_id: int | None) -> Parameters:
    """The rules of a scenario of the same call that this person may read; the usual ones otherwise."""
    found = db.session.get(Scenario, scenario_id) if scenario_id is not None else None
    if found is None or found.call_id != call.id or not _open_to(current_person(), found, ()):
        return Parameters()
    return read(found.parameters)


@blueprint.get("/programmation/<int:call_id>/scenarios/comparer")
@directs_call
def compare_scenarios(call: Call) -> ResponseReturnValue:
    """?scenario=1&scenario=2: those of the call that are computed, the first ones of too many."""
    _only_where_open(call)
    asked = [number for text in request.args.getlist("scenario") if (number := plain_number(text)) is not None]
    chosen = [
        each for each in pages.comparable(call.id, current_person().id, asked) if _open_to(current_person(), each, ())
    ][:SIDE_BY_SIDE]
    if len(chosen) < 2:
        flash("Cochez au moins deux scénarios calculés.", "warning")
        return redirect(url_for(".scenarios", call_id=call.id))
    page, rows = pages.compared(call, chosen, asked_page())
    return render_template(
        "committee/scenarios/compare.html",
        call=call,
        chosen=chosen,
        rules=[pages.rules_told(each) for each in chosen],
        sums=sums(call, chosen),
        page=page,
        rows=rows,
        level=contracts.level_names(call.contract_id)[0],
    )


# -- one of them --------------------------------------------------------------------------------


@blueprint.get("/scenarios/<int:scenario_id>")
@directs
def scenario(scenario: Scenario) -> ResponseReturnValue:
    shown = request.args.get("voir", "")
    computed = scenario.status in {ScenarioStatus.DONE, ScenarioStatus.APPLIED}
    page, rows = pages.result(scenario, asked_page(), shown=shown) if computed else (None, [])
    return render_template(
        "committee/scenarios/show.html",
        scenario=scenario,
        call=scenario.call,
        task=db.session.get(Task, scenario.task_id) if scenario.task_id else None,
        rules=pages.rules_told(scenario),
        steps={step.name for step in SCENARIO.available(scenario.status, roles_of(scenario))},
        tone=TONES[scenario.status],
        sums=sums(scenario.call, [scenario]) if computed else None,
        page=page,
        rows=rows,
        level=contracts.level_names(scenario.call.contract_id)[0],
    )


@blueprint.get("/scenarios/<int:scenario_id>/etat")
@directs
def scenario_state(scenario: Scenario) -> ResponseReturnValue:
    """What the page asks every other second; whatever the end, its own page tells it."""
    task = db.session.get(Task, scenario.task_id) if scenario.task_id else None
    running = scenario.status is ScenarioStatus.RUNNING
    return jsonify(
        state="running" if running else "finished",
        done=task.done if task else 0,
        total=task.total if task else 0,
        message=(task.message if task else "") if running else "Le calcul est terminé.",
        url=None if running else url_for(".scenario", scenario_id=scenario.id),
        label="Voir le résultat",
    )


@blueprint.post("/scenarios/<int:scenario_id>/arreter")
@directs
def cancel_scenario(scenario: Scenario) -> ResponseReturnValue:
    perform(operations.cancel, scenario, actor=current_actor(), roles=roles_of(scenario))
    flash("Le calcul est arrêté.", "success")
    return redirect(url_for(".scenario", scenario_id=scenario.id))


@blueprint.post("/scenarios/<int:scenario_id>/relancer")
@directs
def run_scenario_again(scenario: Scenario) -> ResponseReturnValue:
    perform(operations.run_again, scenario, actor=current_actor(), roles=roles_of(scenario))
    return redirect(url_for(".scenario", scenario_id=scenario.id))


@blueprint.route("/scenarios/<int:scenario_id>/reprendre", methods=["GET", "POST"])
@directs
def apply_scenario(scenario: Scenario) -> ResponseReturnValue:
    """The selection is shown before anything is written: ?dossier=1&dossier=2, all without it."""
    if "apply" not in {step.name for step in SCENARIO.available(scenario.status, roles_of(scenario))}:
        abort(404)
    picked = [number for text in request.values.getlist("dossier") if (number := plain_number(text)) is not None]
    only = picked or None
    form = ApplyForm()
    if form.validate_on_submit() and form.attempt(
        operations.apply_scenario,
        scenario,
        only,
        seen=form.seen_versions(),
        actor=current_actor(),
        roles=roles_of(scenario),
    ):
        flash(f"Propositions écrites dans le tableau : {form.result}.", "success")
        return redirect(url_for(".scenario", scenario_id=scenario.id))
    if form.conflict:
        # Validating again is then a choice made with both amounts in sight.
        form.remember(applying.moved_versions(scenario.id, only))
    page, rows = pages.result(scenario, asked_page(), only=only, pending=True)
    return render_template(
        "committee/scenarios/apply.html",
        scenario=scenario,
        form=form,
        page=page,
        rows=rows,
        picked=picked,
        summary=applying.summary(scenario.id, only),
    )


@blueprint.post("/scenarios/<int:scenario_id>/archiver")
@directs
def archive_scenario(scenario: Scenario) -> ResponseReturnValue:
    perform(operations.archive, scenario, actor=current_actor(), roles=roles_of(scenario))
    flash("Le scénario est archivé.", "success")
    return redirect(url_for(".scenarios", call_id=scenario.call_id))


@blueprint.route("/scenarios/<int:scenario_id>/supprimer", methods=["GET", "POST"])
@directs
def delete_scenario(scenario: Scenario) -> ResponseReturnValue:
    form = ActionForm()
    call_id = scenario.call_id
    if form.validate_on_submit() and form.attempt(
        operations.delete, scenario, actor=current_actor(), roles=roles_of(scenario)
    ):
        flash("Le scénario est supprimé.", "success")
        return redirect(url_for(".scenarios", call_id=call_id))
    return render_template("committee/scenarios/delete.html", scenario=scenario, form=form)

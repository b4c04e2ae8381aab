"""The queue of a call: its filters, its columns, its saved views, and steps on several files."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts import access
from portal.accounts.access import current_actor, requires, roles_of
from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import ApplicationStatus
from portal.committee.forms.desk import StepForm, ViewForm
from portal.committee.operations import desk_steps as operations
from portal.committee.queries import acts
from portal.committee.queries import desk as queue
from portal.committee.queries.desk_columns import columns_of
from portal.committee.rules.desk import Stage
from portal.committee.rules.desk_columns import FIGURES, USUAL_COLUMNS, DeskColumn, columns_asked
from portal.committee.rules.desk_steps import MOST_FILES, DeskStep, why_not
from portal.committee.views import blueprint
from portal.contracts import queries as contracts
from portal.contracts.operations import saved_views as view_operations
from portal.contracts.queries import saved_views
from portal.contracts.rules.saved_views import kept_query
from portal.foundation import clock
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page
from portal.foundation.periods import to_paris
from portal.foundation.quantities import plain_number

PLACE = "committee.desk"


@blueprint.get("/instruction/<int:call_id>")
@requires(*queue.DESK_ROLES, on=Call)
def desk(call: Call) -> str:
    """The queue of a call, filtered by the address."""
    return _shown(call, ViewForm(formdata=None))


def _shown(call: Call, view_form: ViewForm) -> str:
    waiting = _queue(call)
    wanted = _asked_filter()
    page = waiting.page(wanted, asked_page())
    shown = columns_asked(request.args.getlist("colonnes"))
    person_id, grants = current_user.id, access.usable_grants()
    view_form.query.data = kept_query(request.query_string.decode())
    return render_template(
        "committee/desk.html",
        call=call,
        page=page,
        wanted=wanted,
        shown=shown,
        columns=list(DeskColumn),
        figures_columns=FIGURES,
        is_usual=shown == USUAL_COLUMNS,
        beside=columns_of(call, [row.id for row in page.rows], shown, person_id, grants),
        by_status=waiting.by_status(),
        by_stage=waiting.by_stage(),
        quartiers=queue.quartiers_of(call),
        themes=_themes(call),
        funders=[(each.id, each.name) for each in acts.funders_of(call.id, person_id)],
        stage_choices=[(stage.value, stage.label) for stage in Stage],
        status_choices=[(status.value, status.label) for status in ApplicationStatus],
        leaves_out=queue.leaves_out(call, person_id),
        instructs=bool(roles_of(call) & DIRECTION),
        steps=list(DeskStep),
        views=saved_views.views_of(call.contract_id, PLACE, person_id),
        view_form=view_form,
        me=person_id,
    )


def _queue(call: Call) -> queue.DeskQueue:
    return queue.DeskQueue(call, current_user.id, access.usable_grants(), to_paris(clock.now()).date())


def _themes(call: Call) -> list[tuple[int, str]]:
    """Pillars, each followed by its themes."""
    found = []
    for pillar in contracts.pillars_and_themes(call.contract_id):
        if pillar.id:
            found.append((pillar.id, pillar.label))
        found += [(theme.id, f"— {theme.label}") for theme in pillar.themes]
    return found


def _asked_filter() -> queue.DeskFilter:
    """What the address asks; a value that means nothing asks for nothing."""
    asked = request.values
    return queue.DeskFilter(
        words=asked.get("q", "").strip()[:200],
        status=ApplicationStatus(asked["statut"]) if asked.get("statut") in set(ApplicationStatus) else None,
        stage=Stage(asked["etape"]) if asked.get("etape") in set(Stage) else None,
        quartier_id=plain_number(asked.get("quartier")),
        theme_id=plain_number(asked.get("thematique")),
        funder_id=plain_number(asked.get("financeur")),
        unread=asked.get("messages") == "a_lire",
        order=asked.get("sort", ""),
    )


# -- saved views --------------------------------------------------------------------------------


@blueprint.post("/instruction/<int:call_id>/vues")
@requires(*queue.DESK_ROLES, on=Call)
def save_desk_view(call: Call) -> Response | str:
    """Keep the list as it is under a name."""
    form = ViewForm()
    if form.validate_on_submit() and form.attempt(
        view_operations.save_view,
        call.contract_id,
        PLACE,
        form.name.data or "",
        form.query.data or "",
        is_shared=form.is_shared.data,
        actor=current_actor(),
        person_id=current_user.id,
    ):
        flash(f"La vue « {form.result.name} » est gardée.", "success")
        return redirect(_at(call, form.result.query))
    return _shown(call, form)


@blueprint.post("/instruction/<int:call_id>/vues/<int:view_id>/retirer")
@requires(*queue.DESK_ROLES, on=Call)
def forget_desk_view(call: Call, view_id: int) -> Response:
    view = saved_views.own_view(view_id, call.contract_id, PLACE, current_user.id)
    if view is None:
        abort(404)
    perform(view_operations.forget_view, view, actor=current_actor())
    flash("La vue est retirée.", "success")
    return redirect(url_for(".desk", call_id=call.id))


def _at(call: Call, query: str) -> str:
    address = url_for(".desk", call_id=call.id)
    return f"{address}?{query}" if query else address


# -- steps on several files ---------------------------------------------------------------------


@blueprint.route("/instruction/<int:call_id>/en-lot", methods=["GET", "POST"])
@requires(*DIRECTION, on=Call)
def desk_step(call: Call) -> Response | str:
    """The selection, file by file, before the step is taken on all of it."""
    step = DeskStep(request.values["action"]) if request.values.get("action") in set(DeskStep) else None
    if step is None:
        flash("Choisissez ce que vous voulez faire des dossiers.", "warning")
        return redirect(url_for(".desk", call_id=call.id))
    picked = [number for value in request.values.getlist("dossier") if (number := plain_number(value)) is not None]
    form = StepForm()
    form.suit(step)
    if form.validate_on_submit() and form.attempt(
        operations.take_step,
        call,
        step,
        picked,
        form.terms(),
        actor=current_actor(),
        roles=roles_of(call),
        grants=access.usable_grants(),
    ):
        flash(_told(step, form.result), "success")
        return redirect(_at(call, _back()))
    return _selection(call, step, picked, form)


def _selection(call: Call, step: DeskStep, picked: list[int], form: StepForm) -> str:
    everything = request.method == "GET" and request.args.get("tout") == "1"
    waiting = _queue(call)
    rows = waiting.matching(_asked_filter(), MOST_FILES) if everything else waiting.chosen(picked)
    lines = [(row, why_not(step, row)) for row in rows]
    return render_template(
        "committee/desk_step.html",
        call=call,
        step=step,
        form=form,
        taken=[row for row, reason in lines if reason is None],
        left=[(row, reason) for row, reason in lines if reason is not None],
        picked=set(picked) if request.method == "POST" else {row.id for row in rows},
        back=_back(),
    )


def _back() -> str:
    """The query of the list from which one comes."""
    if request.method == "POST":
        return kept_query(request.form.get("retour", ""))
    kept = [
        (name, value) for name, value in request.args.items(multi=True) if name not in {"action", "dossier", "tout"}
    ]
    return kept_query(urlencode(kept))


def _told(step: DeskStep, files: int) -> str:
    many = f"{files} dossiers" if files > 1 else "1 dossier"
    return f"{step.label} : c’est fait pour {many}."

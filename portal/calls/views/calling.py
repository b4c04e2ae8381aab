"""The Direction's pages on its calls: list, overview, applications, preview, and the steps."""

from __future__ import annotations

from types import SimpleNamespace as Item

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, may, my_scope_ids, requires, roles_of, usable_grants
from portal.accounts.rules import Role
from portal.calls.forms.calling import ExtendForm, NewCallForm
from portal.calls.models import Call
from portal.calls.operations import calling as operations
from portal.calls.operations.calling_defaults import create_call
from portal.calls.queries import calling as queries
from portal.calls.queries import calling_overview as overview
from portal.calls.queries.envelopes import consumption
from portal.calls.queries.history import history_page
from portal.calls.queries.visibility import visible_applications
from portal.calls.rules import calling as rules
from portal.calls.rules.cycle import CALL, DIRECTION
from portal.calls.rules.publishing import checks
from portal.calls.states import ApplicationStatus, CallKind, CallStatus
from portal.calls.views import blueprint
from portal.contracts.models import Contract
from portal.contracts.queries import contracts_of, funders, level_names, pillars_and_themes
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.forms import ActionForm
from portal.foundation.pagination import asked_page
from portal.foundation.quantities import plain_number

APPLICATION_PAGE = "committee.application"


def _seen() -> overview.Seen:
    return visible_applications(current_person().id, usable_grants())


def tabs(call: Call, current: str) -> list[Item]:
    """The pages of a call, for the tabs on each."""
    pages = [
        ("call_overview", "Vue d’ensemble"),
        ("call_applications", "Dossiers"),
        ("call_progress", "Avancement"),
        ("call_notes", "Notes d’opportunité"),
        ("call_plan", "Rétroplanning"),
        ("exemptions", "Dérogations"),
        ("call_settings", "Réglages"),
        ("call_envelopes", "Enveloppes"),
        ("call_history", "Historique"),
    ]
    return [
        Item(label=label, url=url_for(f".{name}", call_id=call.id), current=name == current, count=None)
        for name, label in pages
    ]


@blueprint.get("/appels")
@requires(*DIRECTION)
def call_list() -> ResponseReturnValue:
    lines = queries.calls_of(my_scope_ids(*DIRECTION), _seen())
    return render_template(
        "calls/call_list.html", lines=lines, may_create=bool(my_scope_ids(Role.MANAGER)), now=clock.now()
    )


@blueprint.route("/appels/nouveau", methods=["GET", "POST"])
@requires(Role.MANAGER)
def new_call() -> ResponseReturnValue:
    mine = my_scope_ids(Role.MANAGER)
    year = max(clock.now().year, queries.latest_year(mine) or 0) + 1
    form = NewCallForm(data={"year": year, "title": f"Appel à projets {year}", "kind": CallKind.ANNUAL.value})
    form.offer(_starting_points(mine))
    if form.validate_on_submit():
        contract, source = _starting_point(form.source.data)
        kind, wanted = CallKind(form.kind.data), form.year.data
        if form.attempt(
            create_call,
            contract,
            kind=kind,
            year=wanted,
            title=form.title.data,
            source=source,
            actor=current_actor(),
        ):
            flash("L’appel est créé. Vérifiez ses dates, puis chaque réglage avant de le publier.", "success")
            return redirect(url_for(".edit_call_dates", call_id=form.result.id))
    return render_template("calls/new_call.html", form=form)


def _starting_points(contract_ids: list[int]) -> list[tuple[str, str]]:
    """Every earlier call that may be taken up, then a blank one for each contract."""
    earlier = [
        (f"appel:{id_}", f"Reprendre «\u00a0{title}\u00a0» ({contract})")
        for id_, title, contract in queries.models_for(contract_ids)
    ]
    blank = [(f"vierge:{line.id}", f"Partir d’un appel vierge ({line.name})") for line in contracts_of(contract_ids)]
    return earlier + blank


def _starting_point(answer: str) -> tuple[Contract, Call | None]:
    """The contract and the call to copy, from an answer that the form has checked."""
    kind, _, number = answer.partition(":")
    if kind == "vierge":
        return db.session.get_one(Contract, int(number)), None
    source = db.session.get_one(Call, int(number))
    return source.contract, source


@blueprint.get("/appels/<int:call_id>")
@requires(*DIRECTION, on=Call)
def call_overview(call: Call) -> ResponseReturnValue:
    now = clock.now()
    return render_template(
        "calls/call_overview.html",
        call=call,
        tabs=tabs(call, "call_overview"),
        glance=overview.glance(call.id, _seen()),
        drafts=queries.drafts_begun(call.id),
        envelopes=consumption(call.id, _seen()),
        missing=rules.missing_to_publish(queries.contents_of(call), now) if call.status is CallStatus.DRAFT else [],
        steps={step.name for step in CALL.available(call.status, roles_of(call))},
        is_open=rules.is_open(queries.window_of(call), now),
        is_manager=may(call, Role.MANAGER),
        now=now,
        levels=level_names(call.contract_id),
    )


# -- applications -------------------------------------------------------------------------------------


@blueprint.get("/appels/<int:call_id>/dossiers")
@requires(*DIRECTION, on=Call)
def call_applications(call: Call) -> ResponseReturnValue:
    sort = request.args.get("sort", overview.DEFAULT_SORT)
    page = overview.applications(call.id, _seen(), _asked_filters(), sort=sort, page=asked_page())
    return render_template(
        "calls/call_applications.html",
        call=call,
        tabs=tabs(call, "call_applications"),
        page=page,
        sort=sort,
        choices=_filter_choices(call),
        levels=level_names(call.contract_id),
        application_page=APPLICATION_PAGE if APPLICATION_PAGE in current_app.view_functions else None,
    )


def _asked_filters() -> overview.Filters:
    """The filters of the address; what is not understood does not filter."""
    status = request.args.get("status", "")
    return overview.Filters(
        text=request.args.get("q", "")[:200],
        status=ApplicationStatus(status) if status in set(ApplicationStatus) else None,
        quartier_id=plain_number(request.args.get("quartier")),
        pillar_id=plain_number(request.args.get("pilier")),
        theme_id=plain_number(request.args.get("theme")),
        funder_id=plain_number(request.args.get("financeur")),
    )


def _filter_choices(call: Call) -> dict[str, list[tuple[object, str]]]:
    """What each list of filters offers, « Tous » first."""
    tree = pillars_and_themes(call.contract_id)
    everything: tuple[object, str] = ("", "Tous")
    filed = [status for status in ApplicationStatus if status is not ApplicationStatus.DRAFT]
    return {
        "status": [everything, *((status.value, status.label) for status in filed)],
        "quartier": [everything, *((quartier.id, quartier.name) for quartier in call.quartiers)],
        "pilier": [everything, *((pillar.id, pillar.label) for pillar in tree if pillar.id is not None)],
        "theme": [everything, *((theme.id, theme.label) for pillar in tree for theme in pillar.themes)],
        "financeur": [everything, *((funder.id, funder.name) for funder in funders())],
    }


# -- steps --------------------------------------------------------------------------------------------


@blueprint.route("/appels/<int:call_id>/publier", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def publish_call(call: Call) -> ResponseReturnValue:
    form = ActionForm()
    if form.validate_on_submit() and form.attempt(
        operations.publish_call, call, actor=current_actor(), roles=roles_of(call)
    ):
        flash("L’appel est publié.", "success")
        return redirect(url_for(".call_overview", call_id=call.id))
    contents, now = queries.contents_of(call), clock.now()
    return render_template(
        "calls/publish_call.html",
        call=call,
        form=form,
        missing=rules.missing_to_publish(contents, now),
        checks=checks(contents, queries.advised_of(call), now),
    )


@blueprint.get("/appels/<int:call_id>/historique")
@requires(*DIRECTION, on=Call)
def call_history(call: Call) -> ResponseReturnValue:
    """Who changed what of a call, and when."""
    page = history_page(call.id, asked_page())
    return render_template("calls/history.html", call=call, tabs=tabs(call, "call_history"), page=page)


@blueprint.route("/appels/<int:call_id>/prolonger", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def extend_call(call: Call) -> ResponseReturnValue:
    form = ExtendForm(obj=call)
    if form.validate_on_submit() and form.save(
        operations.extend_call, call, form.closes_at.data, form.reason.data, actor=current_actor()
    ):
        flash("La clôture est prolongée\u00a0; les porteurs ayant commencé sont prévenus.", "success")
        return redirect(url_for(".call_overview", call_id=call.id))
    return render_template("calls/extend_call.html", call=call, form=form, drafts=queries.drafts_begun(call.id))


@blueprint.route("/appels/<int:call_id>/terminer", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def archive_call(call: Call) -> ResponseReturnValue:
    form = ActionForm()
    if form.validate_on_submit() and form.attempt(
        operations.archive_call, call, actor=current_actor(), roles=roles_of(call)
    ):
        flash("L’appel est terminé.", "success")
        return redirect(url_for(".call_overview", call_id=call.id))
    return render_template("calls/archive_call.html", call=call, form=form)

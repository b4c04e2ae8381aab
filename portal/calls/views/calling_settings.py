"""The settings of a call in preparation, one plain page each."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, may, requires
from portal.accounts.rules import Role
from portal.calls.forms.calling import (
    CriterionForm,
    DatesForm,
    DocumentForm,
    PresentationForm,
    PublishedPresentationForm,
    QuartiersForm,
    RemovalForm,
    RulesForm,
    ScenariosForm,
    VersionedForm,
    chosen_indicators,
    chosen_weights,
    indicators_form,
    weights_form,
)
from portal.calls.models import Call, Criterion, DocumentRequirement
from portal.calls.operations import calling as operations
from portal.calls.operations import calling_contents as contents
from portal.calls.queries import calling as queries
from portal.calls.queries.questions import questions_to_preview
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import CallStatus
from portal.calls.views import blueprint
from portal.calls.views.calling import tabs
from portal.contracts.queries import indicators
from portal.foundation.forms import perform
from portal.quartiers.queries import quartiers_of


@blueprint.get("/appels/<int:call_id>/reglages")
@requires(*DIRECTION, on=Call)
def call_settings(call: Call) -> ResponseReturnValue:
    is_manager = may(call, Role.MANAGER)
    return render_template(
        "calls/call_settings.html",
        call=call,
        tabs=tabs(call, "call_settings"),
        may_edit=is_manager and call.status is CallStatus.DRAFT,
        may_reword=is_manager and call.status is not CallStatus.ARCHIVED,
        questions=questions_to_preview(call),
        total=sum(criterion.weight for criterion in call.criteria),
    )


def _saved(call: Call, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".call_settings", call_id=call.id))


def _page(call: Call, form: VersionedForm, title: str, lead: str = "") -> ResponseReturnValue:
    return render_template("calls/call_form.html", call=call, form=form, title=title, lead=lead)


@blueprint.route("/appels/<int:call_id>/dates", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_dates(call: Call) -> ResponseReturnValue:
    form = DatesForm(obj=call)
    if form.validate_on_submit() and form.save(operations.set_dates, call, form.dates(), actor=current_actor()):
        return _saved(call, "Les dates sont enregistrées.")
    return _page(call, form, "Dates de l’appel")


@blueprint.route("/appels/<int:call_id>/regles", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_rules(call: Call) -> ResponseReturnValue:
    form = RulesForm(obj=call)
    if form.validate_on_submit() and form.save(operations.set_rules, call, form.rules(), actor=current_actor()):
        return _saved(call, "Les règles sont enregistrées.")
    return _page(call, form, "Règles de l’appel")


@blueprint.route("/appels/<int:call_id>/scenarios/reglage", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_scenarios(call: Call) -> ResponseReturnValue:
    form = ScenariosForm(data={"is_enabled": call.scenarios_enabled, "version": call.version})
    if form.validate_on_submit() and form.save(
        operations.set_scenarios, call, is_enabled=form.is_enabled.data, actor=current_actor()
    ):
        return _saved(call, "Les scénarios sont réglés.")
    lead = "Une aide à la programmation, cachée tant que personne ne l’ouvre."
    return _page(call, form, "Scénarios de répartition", lead)


@blueprint.route("/appels/<int:call_id>/presentation", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_presentation(call: Call) -> ResponseReturnValue:
    form = PublishedPresentationForm(obj=call) if call.status is CallStatus.PUBLISHED else PresentationForm(obj=call)
    if form.validate_on_submit() and form.save(
        operations.set_presentation,
        call,
        title=form.title.data,
        presentation=form.presentation.data,
        who_may_apply=form.who_may_apply.data,
        tell=form.data.get("tell", False),
        actor=current_actor(),
    ):
        return _saved(call, "La présentation est enregistrée.")
    return _page(call, form, "Présentation de l’appel", "Ce que lisent les associations avant de répondre.")


@blueprint.route("/appels/<int:call_id>/quartiers", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_quartiers(call: Call) -> ResponseReturnValue:
    form = QuartiersForm(data={"version": call.version, "quartiers": [quartier.id for quartier in call.quartiers]})
    form.offer([(line.id, line.name) for line in quartiers_of(call.contract_id)])
    if form.validate_on_submit() and form.save(
        operations.set_quartiers, call, form.quartiers.data, actor=current_actor()
    ):
        return _saved(call, "Les quartiers sont enregistrés.")
    return _page(call, form, "Quartiers de l’appel")


@blueprint.route("/appels/<int:call_id>/indicateurs", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_indicators(call: Call) -> ResponseReturnValue:
    catalogue = [(line.id, line.label) for line in indicators(call.contract_id) if not line.is_derived]
    form = indicators_form(catalogue, queries.offered_indicators(call.id), call.version)
    if form.validate_on_submit() and form.save(
        operations.set_indicators, call, chosen_indicators(form), actor=current_actor()
    ):
        return _saved(call, "Les indicateurs sont enregistrés.")
    lead = "Les indicateurs du catalogue du contrat que chaque dossier renseigne, ou peut choisir."
    return _page(call, form, "Indicateurs de l’appel", lead)


# -- documents ----------------------------------------------------------------------------------------


def _document_of(call: Call, document_id: int) -> DocumentRequirement:
    return next((each for each in call.requirements if each.id == document_id), None) or abort(404)


@blueprint.route("/appels/<int:call_id>/documents/nouveau", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def add_call_document(call: Call) -> ResponseReturnValue:
    form = DocumentForm(data={"version": call.version, "is_compulsory": True})
    if form.validate_on_submit() and form.save(contents.add_document, call, form.terms(), actor=current_actor()):
        return _saved(call, "Le document est ajouté à la liste.")
    return _page(call, form, "Ajouter un document")


@blueprint.route("/appels/<int:call_id>/documents/<int:document_requirement_id>", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_document(call: Call, document_requirement_id: int) -> ResponseReturnValue:
    document = _document_of(call, document_requirement_id)
    form = DocumentForm(obj=document, data={"version": call.version})
    if form.validate_on_submit() and form.save(
        contents.change_document, call, document, form.terms(), actor=current_actor()
    ):
        return _saved(call, "Le document est enregistré.")
    return _page(call, form, "Modifier un document")


@blueprint.route("/appels/<int:call_id>/documents/<int:document_requirement_id>/retirer", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def remove_call_document(call: Call, document_requirement_id: int) -> ResponseReturnValue:
    document = _document_of(call, document_requirement_id)
    form = RemovalForm(data={"version": call.version})
    label = document.label
    if form.validate_on_submit() and form.save(contents.remove_document, call, document, actor=current_actor()):
        return _saved(call, "Le document est retiré de la liste.")
    return render_template("calls/remove_line.html", call=call, form=form, label=label, title="Retirer un document")


# -- grid ---------------------------------------------------------------------------------------------


def _criterion_of(call: Call, criterion_id: int) -> Criterion:
    return next((each for each in call.criteria if each.id == criterion_id), None) or abort(404)


@blueprint.route("/appels/<int:call_id>/grille/poids", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_weights(call: Call) -> ResponseReturnValue:
    form = weights_form([(each.id, each.label, each.weight) for each in call.criteria], call.version)
    if form.validate_on_submit() and form.save(contents.set_weights, call, chosen_weights(form), actor=current_actor()):
        return _saved(call, "Les poids sont enregistrés.")
    return _page(call, form, "Poids des critères", "Ils doivent totaliser 100.")


@blueprint.route("/appels/<int:call_id>/grille/nouveau", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def add_call_criterion(call: Call) -> ResponseReturnValue:
    form = CriterionForm(data={"version": call.version})
    if form.validate_on_submit() and form.save(contents.add_criterion, call, form.terms(), actor=current_actor()):
        return _saved(call, "Le critère est ajouté à la grille.")
    return _page(call, form, "Ajouter un critère")


@blueprint.route("/appels/<int:call_id>/grille/<int:criterion_id>", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_criterion(call: Call, criterion_id: int) -> ResponseReturnValue:
    criterion = _criterion_of(call, criterion_id)
    levels = {f"level_{level.level}": level.descriptor for level in criterion.levels}
    form = CriterionForm(obj=criterion, data={"version": call.version} | levels)
    if form.validate_on_submit() and form.save(
        contents.change_criterion, call, criterion, form.terms(), actor=current_actor()
    ):
        return _saved(call, "Le critère est enregistré.")
    return _page(call, form, "Modifier un critère")


@blueprint.route("/appels/<int:call_id>/grille/<int:criterion_id>/retirer", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def remove_call_criterion(call: Call, criterion_id: int) -> ResponseReturnValue:
    criterion = _criterion_of(call, criterion_id)
    form = RemovalForm(data={"version": call.version})
    label = criterion.label
    if form.validate_on_submit() and form.save(contents.remove_criterion, call, criterion, actor=current_actor()):
        return _saved(call, "Le critère est retiré de la grille.")
    return render_template("calls/remove_line.html", call=call, form=form, label=label, title="Retirer un critère")


# -- order --------------------------------------------------------------------------------------------


@blueprint.post(f"/appels/<int:call_id>/<any({', '.join(contents.PARTS)}):part>/<int:line_id>/place")
@requires(Role.MANAGER, on=Call)
def move_call_line(call: Call, part: str, line_id: int) -> ResponseReturnValue:
    """Put a line of a list a place up or down."""
    form = RemovalForm()
    if not form.validate_on_submit():
        abort(400)
    up = request.form.get("sens") == "haut"
    perform(contents.move_line, call, part, line_id, up=up, version=form.version.data, actor=current_actor())
    return redirect(url_for(".call_settings", call_id=call.id, _anchor=part))

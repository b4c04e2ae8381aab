"""The checklist, the corrections asked, and the organisation's answer."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import ApplicationStatus
from portal.committee.forms.completeness import AnswerForm, AskAgainForm, ChangeRequestForm, checklist_form
from portal.committee.models import ChangeRequest
from portal.committee.operations import completeness as operations
from portal.committee.operations import corrections
from portal.committee.queries import completeness as queries
from portal.committee.rules.corrections import opened_by
from portal.committee.states import ChangeRequestStatus
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url
from portal.foundation.forms import perform


@blueprint.route("/dossiers/<int:application_id>/completude", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def checklist(application: Application) -> Response | str:
    """The checklist: automatic results with their evidence, and the officer's word on each."""
    lines = queries.checklist(application.id)
    form = checklist_form(lines)
    if form.validate_on_submit() and form.attempt(
        operations.settle_checklist,
        application,
        form.words(lines),
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("La complétude est enregistrée.", "success")
        return redirect(desk_url(application))
    return render_template("committee/checklist.html", application=application, lines=lines, form=form)


@blueprint.post("/dossiers/<int:application_id>/completude/verifier")
@requires(*DIRECTION, on=Application)
def refresh_checklist(application: Application) -> Response:
    """Look at the data again."""
    perform(operations.refresh_by_officer, application, actor=current_actor(), roles=roles_of(application))
    flash("La vérification automatique est refaite.", "success")
    return redirect(url_for(".checklist", application_id=application.id))


@blueprint.route("/dossiers/<int:application_id>/corrections/demander", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def ask_changes(application: Application) -> Response | str:
    form = ChangeRequestForm()
    form.offer(queries.requirements_of(application))
    if form.validate_on_submit() and form.attempt(
        corrections.ask_changes,
        application,
        form.chosen_sections(),
        form.documents.data or [],
        form.message.data or "",
        form.due_on.data,
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("La demande est envoyée à la structure ; seules ces sections sont rouvertes.", "success")
        return redirect(desk_url(application))
    return render_template("committee/ask_changes.html", application=application, form=form)


@blueprint.post("/dossiers/<int:application_id>/corrections/<int:request_id>/accepter")
@requires(*DIRECTION, on=Application)
def accept_changes(application: Application, request_id: int) -> Response:
    perform(
        corrections.accept_changes,
        _request_of(application, request_id),
        actor=current_actor(),
        roles=roles_of(application),
    )
    flash("Les corrections sont acceptées.", "success")
    return redirect(desk_url(application))


@blueprint.route("/dossiers/<int:application_id>/corrections/<int:request_id>/relancer", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def ask_changes_again(application: Application, request_id: int) -> Response | str:
    asked = _request_of(application, request_id)
    form = AskAgainForm()
    if form.validate_on_submit() and form.attempt(
        corrections.ask_again,
        asked,
        form.message.data or "",
        form.due_on.data,
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("La demande est renvoyée à la structure.", "success")
        return redirect(desk_url(application))
    return render_template("committee/ask_changes_again.html", application=application, asked=asked, form=form)


@blueprint.route("/dossiers/<int:application_id>/corrections", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Application, level=MemberLevel.EDITOR)
def answer_changes(application: Application) -> Response | str:
    """What the Direction asks of the organisation, and its answer."""
    requests = queries.requests_on(application.id)
    if application.status is ApplicationStatus.DRAFT or not requests:
        abort(404)
    asked = requests[0]
    form = AnswerForm()
    if form.validate_on_submit() and form.attempt(
        corrections.answer_changes,
        asked,
        form.answer.data or "",
        actor=current_actor(),
        roles=roles_of(application, level=MemberLevel.EDITOR),
    ):
        flash("Vos corrections sont envoyées à la Direction.", "success")
        return redirect(url_for(".answer_changes", application_id=application.id))
    opened = opened_by([line.section for line in asked.sections], bool(asked.documents))
    return render_template(
        "committee/answer_changes.html",
        application=application,
        asked=asked,
        is_open=asked.status is ChangeRequestStatus.ASKED,
        opened=opened,
        form=form,
    )


def _request_of(application: Application, request_id: int) -> ChangeRequest:
    asked = next((each for each in queries.requests_on(application.id) if each.id == request_id), None)
    return asked or abort(404)

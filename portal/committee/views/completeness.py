"""The checklist, the corrections asked, and the organisation's answer."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application
from portal.calls.queries.filing_checklist import checklist_of
from portal.calls.queries.follow_ups import FollowUp, Panel, register_follow_ups
from portal.calls.queries.questions import questions_of
from portal.calls.queries.submission import submission_of
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import ApplicationStatus
from portal.calls.views.submission import cannot_sign
from portal.committee.forms.completeness import (
    AnswerForm,
    AskAgainForm,
    ChangeRequestForm,
    ExtendRequestForm,
    checklist_form,
)
from portal.committee.models import ChangeRequest
from portal.committee.operations import completeness as operations
from portal.committee.operations import corrections
from portal.committee.queries import completeness as queries
from portal.committee.queries.corrections import changes_to_send, rounds_of
from portal.committee.rules.corrections import OPEN_STATUSES, is_overdue, opened_by
from portal.committee.states import ChangeRequestStatus
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url
from portal.foundation import clock
from portal.foundation.forms import perform
from portal.foundation.periods import to_paris


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
    if form.conflict:
        lines = queries.checklist(application.id)
        form.meet(lines)
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
    form.offer(queries.requirements_of(application), asks_questions=bool(questions_of(application)))
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


@blueprint.route("/dossiers/<int:application_id>/corrections/<int:request_id>/prolonger", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def extend_changes(application: Application, request_id: int) -> Response | str:
    """Give the organisation more time for the same corrections."""
    asked = _request_of(application, request_id)
    form = ExtendRequestForm()
    if form.validate_on_submit() and form.attempt(
        corrections.extend_request, asked, form.due_on.data, actor=current_actor(), roles=roles_of(application)
    ):
        flash("La structure a plus de temps ; elle en est prévenue.", "success")
        return redirect(desk_url(application))
    return render_template("committee/extend_changes.html", application=application, asked=asked, form=form)


@blueprint.route("/dossiers/<int:application_id>/corrections", methods=["GET", "POST"])
@requires(Role.APPLICANT, on=Application, level=MemberLevel.EDITOR)
def answer_changes(application: Application) -> Response | str:
    """What the Direction asks of the organisation, and its answer."""
    requests = queries.requests_on(application.id)
    if application.status is ApplicationStatus.DRAFT or not requests:
        abort(404)
    asked = requests[0]
    form = AnswerForm(data=_signatory(application))
    if form.validate_on_submit() and form.attempt(
        corrections.answer_changes,
        asked,
        form.answer.data or "",
        form.signatory_name.data or "",
        form.signatory_role.data or "",
        actor=current_actor(),
        roles=roles_of(application, level=MemberLevel.EDITOR),
    ):
        flash(f"Vos corrections sont envoyées, récépissé {form.result.receipt_number}.", "success")
        return redirect(url_for(".answer_changes", application_id=application.id))
    is_open = asked.status is ChangeRequestStatus.ASKED and application.status in OPEN_STATUSES
    opened = opened_by([line.section for line in asked.sections], bool(asked.documents))
    return render_template(
        "committee/answer_changes.html",
        application=application,
        asked=asked,
        is_open=is_open,
        is_late=is_overdue(asked.status, asked.due_on, to_paris(clock.now()).date()),
        rounds=rounds_of(application.id),
        former=requests[1:],
        standings=[each for each in checklist_of(application).standings if each.section in opened] if is_open else [],
        to_send=changes_to_send(application) if is_open else None,
        cannot_sign=cannot_sign(application) if is_open else None,
        form=form,
    )


def _signatory(application: Application) -> dict[str, str | None]:
    """Who signed the last version, offered again; else who signs for the organisation."""
    last, organisation = submission_of(application.id), application.organisation
    if last is not None:
        return {"signatory_name": last.signatory_name, "signatory_role": last.signatory_role}
    return {
        "signatory_name": organisation.signatory_name or organisation.representative_name,
        "signatory_role": organisation.signatory_role or organisation.representative_role,
    }


def _request_of(application: Application, request_id: int) -> ChangeRequest:
    asked = next((each for each in queries.requests_on(application.id) if each.id == request_id), None)
    return asked or abort(404)


@register_follow_ups
def _corrections_of(application: Application) -> list[FollowUp]:
    """The corrections asked of an organisation, on its own page."""
    if Role.APPLICANT not in roles_of(application, level=MemberLevel.EDITOR):
        return []
    requests = queries.requests_on(application.id)
    if not requests:
        return []
    last = requests[0]
    return [
        FollowUp(
            "Corrections demandées",
            url_for("committee.answer_changes", application_id=application.id),
            last.status.label,
            TONES[last.status],
            last.due_on if last.status is ChangeRequestStatus.ASKED else None,
            Panel.EXCHANGES,
        )
    ]


TONES = {
    ChangeRequestStatus.ASKED: "warning",
    ChangeRequestStatus.ANSWERED: "info",
    ChangeRequestStatus.ACCEPTED: "success",
}

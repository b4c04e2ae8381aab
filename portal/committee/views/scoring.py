"""The analysis sheet of the signed-in reviewer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.calls.models import Application, Criterion
from portal.calls.queries.submission import as_received
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.scoring import ReopenForm, SheetForm, sheet_form
from portal.committee.models import Assessment
from portal.committee.operations import scoring as operations
from portal.committee.queries import reviewing
from portal.committee.queries import scoring as queries
from portal.committee.rules.reviewing import Place, place_in
from portal.committee.rules.scoring import TOP_LEVEL, running_total, written_score
from portal.committee.states import AssessmentStatus
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url
from portal.foundation import clock
from portal.foundation.web.formats import time_fr


def _is_mine(person: Person, application: Application, _roles: Iterable[Role]) -> bool:
    """Only those to whom the file was given find its sheet."""
    assignment = reviewing.assignment_of(application.id, person.id)
    return assignment is not None and assignment.ended_at is None


@blueprint.route("/dossiers/<int:application_id>/analyse", methods=["GET", "POST"])
@requires(Role.REVIEWER, on=Application, narrowed_by=_is_mine)
def sheet(application: Application) -> Response | str:
    """One's own sheet: saved at will, then given for good."""
    criteria = queries.grid(application.call)
    form = _form_of(application, criteria)
    final = request.form.get("final", "")
    if form.validate_on_submit() and _kept(application, form, criteria, final=bool(final)):
        flash("Votre analyse est rendue." if final else "Votre analyse est enregistrée, à rendre.", "success")
        if final == "next" or "next" in request.form:
            return redirect(_next_url(application))
        return redirect(desk_url(application) if final else url_for(".sheet", application_id=application.id))
    return render_template("committee/sheet.html", **_sheet_page(application, criteria, form))


@blueprint.post("/dossiers/<int:application_id>/analyse/enregistrement")
@requires(Role.REVIEWER, on=Application, narrowed_by=_is_mine)
def autosave_sheet(application: Application) -> ResponseReturnValue:
    """The sheet saves itself: the same words, answered as JSON."""
    criteria = queries.grid(application.call)
    form = _form_of(application, criteria)
    if form.validate_on_submit() and _kept(application, form, criteria):
        return jsonify(state="saved", version=form.result, at=time_fr(clock.now()), errors={})
    if form.conflict is not None:
        return jsonify(state="conflict", message=form.conflict.message), 409
    told = [message for messages in form.errors.values() for message in messages]
    return jsonify(state="refused", message=" ".join(map(str, told))), 422


def _form_of(application: Application, criteria: list[Criterion]) -> SheetForm:
    """The sheet as it is saved, or as this request sends it: a box left empty is not what somebody else ticked."""
    assessment = None if request.method == "POST" else queries.assessment_of(application.id, current_user.id)
    return sheet_form(criteria, assessment, queries.marks_of(assessment, criteria))


def _kept(application: Application, form: SheetForm, criteria: list[Criterion], *, final: bool = False) -> bool:
    page, sequence = form.saved_as
    return form.attempt(
        operations.finalise_sheet if final else operations.save_sheet,
        application,
        form.text(criteria),
        form.read_version,
        by=page,
        sequence=sequence,
        actor=current_actor(),
        roles=roles_of(application),
    )


def _next_url(application: Application) -> str:
    """The next sheet to give, at its form; the list once there is none."""
    after = _place(application, reviewing.round_of(application.call, current_user.id)).after
    if after is None:
        return url_for(".my_assessments")
    return url_for(".sheet", application_id=after.id, _anchor="fiche")


def _place(application: Application, turns: list[reviewing.Turn]) -> Place[reviewing.Turn]:
    return place_in(turns, [turn.id for turn in turns].index(application.id), lambda turn: turn.is_given)


def _sheet_page(application: Application, criteria: list[Criterion], form: SheetForm) -> dict[str, Any]:
    assessment = queries.assessment_of(application.id, current_user.id)
    if form.conflict is not None and assessment is not None:
        # What is saved next replaces the version just shown: that is now a choice.
        form.take_version(assessment.version)
    turns = reviewing.round_of(application.call, current_user.id)
    return {
        "application": application,
        "dossier": as_received(application),
        "form": form,
        "criteria": criteria,
        "is_final": assessment is not None and assessment.status is AssessmentStatus.FINAL,
        "assessment": assessment,
        "total": written_score(running_total(form.marks(criteria))),
        "marks": list(zip(criteria, queries.marks_of(assessment, criteria), strict=True)),
        "top_level": TOP_LEVEL,
        "place": _place(application, turns),
        "turns": len(turns),
        "given": sum(turn.is_given for turn in turns),
        "person_id": current_user.id,
    }


@blueprint.route("/dossiers/<int:application_id>/analyses/<int:person_id>/rouvrir", methods=["GET", "POST"])
@requires(*DIRECTION, on=Application)
def reopen_sheet(application: Application, person_id: int) -> Response | str:
    """Give a final sheet back to its reviewer."""
    assessment: Assessment | None = queries.assessment_of(application.id, person_id)
    if assessment is None or assessment.status is not AssessmentStatus.FINAL:
        abort(404)
    form = ReopenForm()
    if form.validate_on_submit() and form.attempt(
        operations.reopen_sheet,
        assessment,
        form.reason.data or "",
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("L’analyse est rouverte : la personne peut la reprendre.", "success")
        return redirect(desk_url(application))
    return render_template("committee/reopen_sheet.html", application=application, assessment=assessment, form=form)

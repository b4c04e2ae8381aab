"""The analysis sheet of the signed-in reviewer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.models import Person
from portal.accounts.rules import Role
from portal.calls.models import Application
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.cycle import DIRECTION
from portal.committee.forms.scoring import ReopenForm, SheetForm, sheet_form
from portal.committee.models import Assessment
from portal.committee.operations import scoring as operations
from portal.committee.queries import reviewing
from portal.committee.queries import scoring as queries
from portal.committee.rules.scoring import TOP_LEVEL, running_total, written_score
from portal.committee.states import AssessmentStatus
from portal.committee.views import blueprint
from portal.committee.views.desk import desk_url


def _is_mine(person: Person, application: Application, _roles: Iterable[Role]) -> bool:
    """Only those to whom the file was given find its sheet."""
    assignment = reviewing.assignment_of(application.id, person.id)
    return assignment is not None and assignment.ended_at is None


@blueprint.route("/dossiers/<int:application_id>/analyse", methods=["GET", "POST"])
@requires(Role.REVIEWER, on=Application, narrowed_by=_is_mine)
def sheet(application: Application) -> Response | str:
    """One's own sheet: saved at will, then given for good."""
    criteria = queries.grid(application.call)
    assessment = queries.assessment_of(application.id, current_user.id)
    form = sheet_form(criteria, assessment, queries.marks_of(assessment, criteria))
    final = "final" in request.form
    operation = operations.finalise_sheet if final else operations.save_sheet
    if form.validate_on_submit() and form.attempt(
        operation,
        application,
        form.text(criteria),
        form.read_version,
        actor=current_actor(),
        roles=roles_of(application),
    ):
        flash("Votre analyse est rendue." if final else "Votre analyse est enregistrée, à rendre.", "success")
        return redirect(desk_url(application) if final else url_for(".sheet", application_id=application.id))
    return render_template("committee/sheet.html", **_sheet_page(application, criteria, form))


def _sheet_page(application: Application, criteria: list[Any], form: SheetForm) -> dict[str, Any]:
    assessment = queries.assessment_of(application.id, current_user.id)
    if form.conflict is not None and assessment is not None:
        # What is saved next replaces the version just shown: that is now a choice.
        form.take_version(assessment.version)
    marks = queries.marks_of(assessment, criteria)
    return {
        "application": application,
        "dossier": dossier_of(application),
        "form": form,
        "criteria": criteria,
        "is_final": assessment is not None and assessment.status is AssessmentStatus.FINAL,
        "assessment": assessment,
        "total": written_score(running_total(form.marks(criteria))),
        "marks": list(zip(criteria, marks, strict=True)),
        "top_level": TOP_LEVEL,
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

"""« Mes dossiers »: the list, beginning an application, its home, withdrawing it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import (
    current_actor,
    current_person,
    may,
    my_scope_ids,
    requires,
    roles_of,
    signed_in,
)
from portal.accounts.models import Organisation, Person
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.filing import StartForm, WithdrawForm
from portal.calls.models import Application, Call
from portal.calls.operations import filing as operations
from portal.calls.operations.sections import editable_sections
from portal.calls.queries import filing as queries
from portal.calls.queries.filing_checklist import checklist_of
from portal.calls.queries.filing_timeline import timeline_of
from portal.calls.queries.follow_ups import follow_ups_of
from portal.calls.queries.outcome import known_to_applicant
from portal.calls.queries.submission import submission_of
from portal.calls.rules.calling import is_open
from portal.calls.rules.filing_words import status_words
from portal.calls.states import ApplicationStatus, Origin, Section
from portal.calls.views import blueprint
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page
from portal.foundation.web import navigation

FILERS = (Role.APPLICANT, Role.OFFICER, Role.MANAGER)


def own_or_on_behalf(_person: Person, application: Application, roles: frozenset[Role]) -> bool:
    """The Direction enters these pages only for an application that it types on behalf."""
    return Role.APPLICANT in roles or application.origin is Origin.ON_BEHALF


READS = requires(*FILERS, on=Application, narrowed_by=own_or_on_behalf)
WRITES = requires(*FILERS, on=Application, level=MemberLevel.EDITOR, narrowed_by=own_or_on_behalf)


def _has_organisation() -> bool:
    return bool(my_scope_ids(Role.APPLICANT))


navigation.add_entry("Mes dossiers", "calls.my_applications", shown=_has_organisation, order=20)


@blueprint.get("/dossiers")
@signed_in
def my_applications() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "calls/filing/list.html",
        page=queries.my_applications(person.id, asked_page()),
        status_words=status_words,
        organisations=queries.organisations_to_file_for(person.id),
        calls=queries.open_calls(clock.now()),
        now=clock.now(),
    )


@blueprint.route("/appels/<int:call_id>/deposer", methods=["GET", "POST"])
@signed_in
def start_application(call_id: int) -> ResponseReturnValue:
    """Choose for which organisation, and begin."""
    call = db.session.get(Call, call_id)
    if call is None or not is_open(queries.window_of(call), clock.now()):
        abort(404)
    organisations = queries.organisations_to_file_for(current_person().id)
    form = StartForm(organisations)
    if form.validate_on_submit():
        organisation = db.session.get_one(Organisation, form.organisation.data)
        if form.attempt(operations.start_application, call, organisation, actor=current_actor()):
            return redirect(url_for(".application", application_id=form.result.id))
    return render_template("calls/filing/start.html", call=call, form=form, organisations=organisations)


@blueprint.get("/dossiers/<int:application_id>")
@READS
def application(application: Application) -> ResponseReturnValue:
    """The home of an application: its task list while a draft, then where it stands."""
    if application.status is ApplicationStatus.DRAFT:
        return render_template(
            "calls/filing/tasks.html",
            application=application,
            checklist=checklist_of(application),
            is_open=is_open(queries.window_of(application.call), clock.now()),
            may_write=may(application, *FILERS, level=MemberLevel.EDITOR),
        )
    return render_template(
        "calls/filing/filed.html",
        application=application,
        words=status_words(application.status, application.outcome_known_at is not None),
        submission=submission_of(application.id),
        outcome=known_to_applicant(application.id),
        follow_ups=follow_ups_of(application),
        timeline=timeline_of(application),
        reopened=[each for each in Section if each in editable_sections(application)],
        may_write=may(application, *FILERS, level=MemberLevel.EDITOR),
        may_withdraw=application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE),
    )


@blueprint.post("/dossiers/<int:application_id>/abandon")
@WRITES
def abandon_application(application: Application) -> ResponseReturnValue:
    roles = roles_of(application, level=MemberLevel.EDITOR)
    perform(operations.abandon, application, actor=current_actor(), roles=roles)
    flash("Le brouillon est abandonné.")
    return redirect(url_for(".my_applications"))


@blueprint.route("/dossiers/<int:application_id>/retrait", methods=["GET", "POST"])
@WRITES
def withdraw_application(application: Application) -> ResponseReturnValue:
    """Take a filed application back."""
    form = WithdrawForm()
    roles = roles_of(application, level=MemberLevel.EDITOR)
    if form.validate_on_submit() and form.attempt(
        operations.withdraw, application, form.reason.data or "", actor=current_actor(), roles=roles
    ):
        flash("Votre dossier est retiré. La Direction en est informée.", "success")
        return redirect(url_for(".application", application_id=application.id))
    return render_template("calls/filing/withdraw.html", application=application, form=form)

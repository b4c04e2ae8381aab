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
from portal.calls.queries.agreement import YearToFile, years_of_agreement, years_to_file
from portal.calls.queries.carrying import has_sources
from portal.calls.queries.course import standing_of, standings_of
from portal.calls.queries.dauphin import state_line
from portal.calls.queries.deadlines import exempted_calls, exemption_shown, may_be_filed, window_to_begin
from portal.calls.queries.filing_checklist import checklist_of
from portal.calls.queries.filing_timeline import timeline_of
from portal.calls.queries.follow_ups import by_panel, follow_ups_of
from portal.calls.queries.messages import exchanges_of
from portal.calls.queries.notices import filing_notices
from portal.calls.queries.outcome import known_to_applicant
from portal.calls.queries.pre_projects import calls_taking_notes, has_notes, note_of_application
from portal.calls.queries.refusal_delay import refusal_delay_of
from portal.calls.queries.submission import FILED, submission_numbered, versions_of
from portal.calls.rules.calling import is_open
from portal.calls.rules.course import day_words
from portal.calls.rules.messages import side_of
from portal.calls.states import NEVER_FILED, ApplicationStatus, Duration, MessageSide, Origin, Section
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
    page = queries.my_applications(person.id, asked_page())
    return render_template(
        "calls/filing/list.html",
        page=page,
        standings=standings_of(
            (row.id, row.call_id, row.status, row.submitted_at, row.outcome_known_at) for row in page.rows
        ),
        organisations=queries.organisations_to_file_for(person.id),
        calls=queries.open_calls(clock.now()) + exempted_calls(person.id, clock.now()),
        notes_shown=has_notes(person.id) or bool(calls_taking_notes(clock.now())),
        now=clock.now(),
    )


@blueprint.route("/appels/<int:call_id>/deposer", methods=["GET", "POST"])
@signed_in
def start_application(call_id: int) -> ResponseReturnValue:
    """Choose for which organisation, and begin."""
    call = db.session.get(Call, call_id)
    if call is None:
        abort(404)
    organisations = queries.organisations_to_file_for(current_person().id)
    if not is_open(queries.window_of(call), clock.now()):
        # The closing is over for all but those whom an exemption reaches.
        organisations = [each for each in organisations if is_open(window_to_begin(call, [each[0]]), clock.now())]
        if not organisations:
            abort(404)
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
            exchanges=exchanges_of(application.id, side_of(roles_of(application)) or MessageSide.ORGANISATION),
            checklist=checklist_of(application),
            note=note_of_application(application.id),
            is_open=may_be_filed(application, clock.now()),
            exemption=exemption_shown(application),
            notices=filing_notices(application),
            dauphin_line=state_line(application),
            may_carry=_may_carry(application),
            may_write=may(application, *FILERS, level=MemberLevel.EDITOR),
        )
    outcome = known_to_applicant(application.id)
    standing = standing_of(application, outcome)
    filed = submission_numbered(application.id, FILED)
    return render_template(
        "calls/filing/filed.html",
        application=application,
        standing=standing,
        versions=versions_of(application.id),
        acknowledged=filed is not None and filed.acknowledgement_file_id is not None,
        day_words=day_words,
        refusal=refusal_delay_of(filed) if filed and application.submitted_at and standing.is_studied else None,
        outcome=outcome,
        dauphin_line=state_line(application),
        follow_ups=by_panel(follow_ups_of(application)),
        timeline=timeline_of(application),
        reopened=[each for each in Section if each in editable_sections(application)],
        may_write=may(application, *FILERS, level=MemberLevel.EDITOR),
        speaks_for_organisation=may(application, Role.APPLICANT, level=MemberLevel.EDITOR),
        agreement=years_of_agreement(application),
        years_due=_years_due(application),
        renewed_in=_calls_to_renew_in(application),
        may_withdraw=application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE),
    )


def _years_due(application: Application) -> list[YearToFile]:
    """The later years of its agreement that a member may begin now."""
    writes = may(application, Role.APPLICANT, level=MemberLevel.EDITOR)
    return years_to_file(application, clock.now()) if writes else []


def _calls_to_renew_in(application: Application) -> list[queries.OpenCall]:
    """The open calls of later years in which a member may begin the renewal of this application."""
    if application.status in NEVER_FILED or not may(application, Role.APPLICANT, level=MemberLevel.EDITOR):
        return []
    later = [call for call in queries.open_calls(clock.now()) if call.year > application.call.year]
    # A year of a running agreement is filed as such, not as another request.
    last = application.call.year + application.years - 1
    return [call for call in later if application.duration is not Duration.MULTI_YEAR or call.year > last]


def _may_carry(application: Application) -> bool:
    """Whether to offer an earlier application: to a member who writes, once, when there is one."""
    writes = may(application, Role.APPLICANT, level=MemberLevel.EDITOR)
    return writes and application.renewal_of_id is None and has_sources(application)


@blueprint.post("/dossiers/<int:application_id>/abandon")
@WRITES
def abandon_application(application: Application) -> ResponseReturnValue:
    roles = roles_of(application, level=MemberLevel.EDITOR)
    perform(operations.abandon, application, actor=current_actor(), roles=roles)
    flash("Le brouillon est abandonné. Vous pouvez le reprendre depuis sa page.")
    return redirect(url_for(".application", application_id=application.id))


@blueprint.post("/dossiers/<int:application_id>/reprise")
@WRITES
def recover_application(application: Application) -> ResponseReturnValue:
    roles = roles_of(application, level=MemberLevel.EDITOR)
    perform(operations.recover, application, actor=current_actor(), roles=roles)
    flash("Le brouillon est repris : rien n’a été perdu.", "success")
    return redirect(url_for(".application", application_id=application.id))


@blueprint.route("/dossiers/<int:application_id>/retrait", methods=["GET", "POST"])
@WRITES
def withdraw_application(application: Application) -> ResponseReturnValue:
    """Take a filed application back."""
    form = WithdrawForm()
    roles = roles_of(application, level=MemberLevel.EDITOR)
    if form.validate_on_submit() and form.attempt(
        operations.withdraw, application, form.reason.data or "", actor=current_actor(), roles=roles
    ):
        flash("Le dossier est retiré. La Direction et les autres rédacteurs en sont informés.", "success")
        return redirect(url_for(".application", application_id=application.id))
    return render_template("calls/filing/withdraw.html", application=application, form=form)

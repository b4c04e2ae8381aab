"""The note d'opportunité: the association writes and sends it, the Direction answers."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, current_person, may, requires, roles_of, signed_in
from portal.accounts.models import Organisation
from portal.accounts.rules import MemberLevel, Role
from portal.calls.forms.filing import StartForm
from portal.calls.forms.pre_projects import AnswerForm, NoteForm, NotesForm
from portal.calls.models import Call, PreProject
from portal.calls.operations import pre_projects as operations
from portal.calls.queries import pre_projects as queries
from portal.calls.queries.filing import organisations_to_file_for, window_of
from portal.calls.rules.calling import is_open
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.pre_projects import EDITABLE, PRE_PROJECT
from portal.calls.states import PreProjectStatus
from portal.calls.views import blueprint
from portal.calls.views.calling import tabs
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page

WRITES = requires(Role.APPLICANT, on=PreProject, level=MemberLevel.EDITOR)


# -- the association ------------------------------------------------------------------------------------


@blueprint.get("/notes")
@signed_in
def my_notes() -> ResponseReturnValue:
    """The notes of the person's organisations."""
    person = current_person()
    return render_template(
        "calls/notes/list.html",
        page=queries.my_notes(person.id, asked_page()),
        calls=queries.calls_taking_notes(clock.now()) if organisations_to_file_for(person.id) else [],
    )


@blueprint.route("/appels/<int:call_id>/note", methods=["GET", "POST"])
@signed_in
def start_note(call_id: int) -> ResponseReturnValue:
    """Choose for which organisation, and begin."""
    call = db.session.get(Call, call_id)
    if call is None or not queries.notes_window(call).takes(clock.now()):
        abort(404)
    organisations = organisations_to_file_for(current_person().id)
    form = StartForm(organisations)
    if form.validate_on_submit():
        organisation = db.session.get_one(Organisation, form.organisation.data)
        if form.attempt(operations.start_note, call, organisation, actor=current_actor()):
            return redirect(url_for(".edit_note", pre_project_id=form.result.id))
    return render_template(
        "calls/notes/start.html",
        call=call,
        form=form,
        organisations=organisations,
        last_instant=queries.notes_window(call).last_instant(),
    )


@blueprint.get("/notes/<int:pre_project_id>")
@requires(Role.APPLICANT, *DIRECTION, on=PreProject)
def note(pre_project: PreProject) -> ResponseReturnValue:
    """A note and its answer, for both sides."""
    writes = may(pre_project, Role.APPLICANT, level=MemberLevel.EDITOR)
    steps = {step.name for step in PRE_PROJECT.available(pre_project.status, roles_of(pre_project))}
    return render_template(
        "calls/notes/show.html",
        note=pre_project,
        shown=queries.shown(pre_project, to_direction=not may(pre_project, Role.APPLICANT)),
        call=pre_project.call,
        is_direction=may(pre_project, *DIRECTION),
        may_edit=writes and pre_project.status in EDITABLE,
        may_withdraw=writes and "withdraw" in steps,
        may_answer="favour" in steps,
        may_begin=writes
        and pre_project.status is not PreProjectStatus.WITHDRAWN
        and is_open(window_of(pre_project.call), clock.now()),
        reads_application=may(pre_project, Role.APPLICANT),
    )


@blueprint.route("/notes/<int:pre_project_id>/modifier", methods=["GET", "POST"])
@WRITES
def edit_note(pre_project: PreProject) -> ResponseReturnValue:
    """Write a note; one button keeps it, the other also sends it."""
    if pre_project.status not in EDITABLE:
        return redirect(url_for(".note", pre_project_id=pre_project.id))
    chosen = {"quartiers": [quartier.id for quartier in pre_project.quartiers]}
    form = NoteForm(obj=pre_project, data=chosen)
    form.offer([(quartier.id, quartier.name) for quartier in pre_project.call.quartiers])
    if form.validate_on_submit() and form.save(
        operations.save_note, pre_project, form.said(), form.quartiers.data, actor=current_actor()
    ):
        if "envoyer" not in request.form:
            flash("La note est enregistrée. Elle n’est pas encore envoyée.", "success")
            return redirect(url_for(".note", pre_project_id=pre_project.id))
        form.version.data = pre_project.version
        if _sent(form, pre_project):
            return redirect(url_for(".note", pre_project_id=pre_project.id))
    return render_template("calls/notes/edit.html", note=pre_project, call=pre_project.call, form=form)


def _sent(form: NoteForm, pre_project: PreProject) -> bool:
    roles = roles_of(pre_project, level=MemberLevel.EDITOR)
    if not form.attempt(operations.send_note, pre_project, actor=current_actor(), roles=roles):
        return False
    flash("La note est envoyée à la Direction. Sa réponse vous parviendra par courriel.", "success")
    return True


@blueprint.post("/notes/<int:pre_project_id>/retirer")
@WRITES
def withdraw_note(pre_project: PreProject) -> ResponseReturnValue:
    perform(operations.withdraw_note, pre_project, actor=current_actor(), roles=roles_of(pre_project))
    flash("La note est retirée.")
    return redirect(url_for(".my_notes"))


@blueprint.post("/notes/<int:pre_project_id>/dossier")
@WRITES
def begin_from_note(pre_project: PreProject) -> ResponseReturnValue:
    """Begin an application with what the note says."""
    begun = perform(operations.begin_application, pre_project, actor=current_actor())
    flash("Le dossier reprend le titre, le besoin, l’idée et les quartiers de la note. Vérifiez-les.", "success")
    return redirect(url_for(".application", application_id=begun.id))


# -- the Direction --------------------------------------------------------------------------------------


@blueprint.get("/appels/<int:call_id>/notes")
@requires(*DIRECTION, on=Call)
def call_notes(call: Call) -> ResponseReturnValue:
    """The notes sent in a call, those to answer first."""
    asked = request.args.get("etat", "")
    status = PreProjectStatus(asked) if asked in set(PreProjectStatus) else None
    filed = [each for each in PreProjectStatus if each is not PreProjectStatus.DRAFT]
    return render_template(
        "calls/notes/queue.html",
        call=call,
        tabs=tabs(call, "call_notes"),
        page=queries.queue(call.id, current_person().id, status, asked_page()),
        choices=[("", "Tous"), *((each.value, each.label) for each in filed)],
        is_manager=may(call, Role.MANAGER),
    )


@blueprint.route("/notes/<int:pre_project_id>/reponse", methods=["GET", "POST"])
@requires(*DIRECTION, on=PreProject)
def answer_note(pre_project: PreProject) -> ResponseReturnValue:
    if pre_project.status is not PreProjectStatus.SENT:
        return redirect(url_for(".note", pre_project_id=pre_project.id))
    form = AnswerForm()
    if form.validate_on_submit() and form.attempt(
        operations.answer_note,
        pre_project,
        PreProjectStatus(form.verdict.data),
        form.words.data or "",
        actor=current_actor(),
        roles=roles_of(pre_project),
    ):
        flash("La réponse est envoyée à l’association.", "success")
        return redirect(url_for(".call_notes", call_id=pre_project.call_id))
    return render_template(
        "calls/notes/answer.html",
        note=pre_project,
        shown=queries.shown(pre_project, to_direction=True),
        call=pre_project.call,
        form=form,
    )


@blueprint.route("/appels/<int:call_id>/notes/reglage", methods=["GET", "POST"])
@requires(Role.MANAGER, on=Call)
def edit_call_notes(call: Call) -> ResponseReturnValue:
    """Take notes in a call, until a day."""
    now = {"is_enabled": call.pre_projects_enabled, "until": call.pre_projects_until, "version": call.version}
    form = NotesForm(data=now)
    if form.validate_on_submit() and form.save(
        operations.set_notes, call, is_enabled=form.is_enabled.data, until=form.until.data, actor=current_actor()
    ):
        flash("Les notes d’opportunité sont réglées.", "success")
        return redirect(url_for(".call_settings", call_id=call.id))
    lead = "Une page que l’association écrit avant son dossier ; vous lui dites si l’idée entre dans le cadre."
    return render_template("calls/call_form.html", call=call, form=form, title="Notes d’opportunité", lead=lead)

"""Everything of an application in one ZIP: what is in it, taking it at once, or asking for it when it is large."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile

from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires, roles_of
from portal.accounts.operations.audit import audit_read
from portal.accounts.rules import Role
from portal.calls.models import Application
from portal.calls.operations import archive as operations
from portal.calls.queries.archive import archive_of
from portal.calls.rules import archive as rules
from portal.calls.views import blueprint
from portal.extensions import db
from portal.foundation.forms import perform
from portal.foundation.outbox import Task
from portal.foundation.task_files import readable_if

TAKERS = (Role.APPLICANT, Role.OFFICER, Role.MANAGER)
TAKES = requires(*TAKERS, on=Application)
IN_MEMORY = 1024 * 1024


@blueprint.get("/dossiers/<int:application_id>/archive")
@TAKES
def archive(application: Application) -> str:
    """What the archive holds and what it leaves out."""
    home = url_for(".application", application_id=application.id)
    if Role.APPLICANT not in roles_of(application):
        home = f"/dossiers/{application.id}/instruction"
    return render_template(
        "calls/filing/archive.html", application=application, archive=archive_of(application), home=home
    )


@blueprint.get("/dossiers/<int:application_id>/archive.zip")
@TAKES
def take_archive(application: Application) -> ResponseReturnValue:
    """The archive, made at once when it is small; each taking is recorded before the bytes leave."""
    wanted = archive_of(application)
    if wanted.is_large:
        return redirect(url_for(".archive", application_id=application.id))
    audit_read(current_actor(), "application.archive", application, files=len(wanted.pieces))
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed once it is sent
    rules.write(wanted, file)
    file.seek(0)
    response = send_file(
        file, mimetype="application/zip", as_attachment=True, download_name=wanted.file_name, max_age=0
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/dossiers/<int:application_id>/archive")
@TAKES
def ask_for_archive(application: Application) -> ResponseReturnValue:
    """Ask for a large one; its page says how far it is."""
    audit_read(current_actor(), "application.archive", application, asked=True)
    task_id = perform(operations.ask_for_archive, application, actor=current_actor())
    return redirect(url_for("accounts.task", task_id=task_id))


def _still_theirs(task: Task) -> bool:
    """Whether whoever asked for an archive may still take it: a member who left, a recusal closes it."""
    application = db.session.get(Application, task.arguments["application_id"])
    return application is not None and bool(roles_of(application) & set(TAKERS))


readable_if(operations.JOB, _still_theirs)

"""« Mes travaux »: the long jobs somebody asked for, their progress, their file."""

from __future__ import annotations

from flask import Response, abort, jsonify, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import current_actor, signed_in
from portal.accounts.operations.audit import audit_read
from portal.accounts.queries import tasks as queries
from portal.accounts.views.blueprint import blueprint
from portal.extensions import db
from portal.foundation import files, task_files
from portal.foundation.outbox import Task, TaskState

POLLED = {TaskState.DONE: "finished", TaskState.FAILED: "failed", TaskState.CANCELLED: "failed"}
"""What the page's script calls the end of a job; anything else is under way."""


@blueprint.get("/travaux")
@signed_in
def tasks() -> str:
    return render_template("accounts/tasks.html", page=queries.tasks_of(current_user.id))


@blueprint.get("/travaux/<int:task_id>")
@signed_in
def task(task_id: int) -> str:
    return render_template("accounts/task.html", task=_mine(task_id))


@blueprint.get("/travaux/<int:task_id>/etat")
@signed_in
def task_state(task_id: int) -> Response:
    """What the page asks every other second."""
    mine = _mine(task_id)
    return jsonify(
        state=POLLED.get(mine.state, "running"),
        done=mine.done,
        total=mine.total,
        message=mine.message,
        url=url_for(".task_file", task_id=mine.id) if mine.file_id else None,
    )


@blueprint.get("/travaux/<int:task_id>/fichier")
@signed_in
def task_file(task_id: int) -> AnyResponse:
    """The job's file; each taking is recorded before the bytes leave."""
    mine = _mine(task_id)
    stored = queries.file_of(mine)
    if stored is None or not task_files.is_readable(mine):
        abort(404)
    audit_read(current_actor(), "task.file", mine, name=mine.name)
    return files.attachment(stored)


def _mine(task_id: int) -> Task:
    """Somebody else's job is as if it were not there."""
    found = db.session.get(Task, task_id)
    if found is None or found.owner_person_id != current_user.id:
        abort(404)
    return found

"""The programming table as a workbook, for whoever asked for it."""

from __future__ import annotations

from typing import Any

from portal.accounts.access import held_grants
from portal.accounts.models import Person
from portal.accounts.rules import roles_on
from portal.calls.models import Call
from portal.calls.queries.visibility import stepped_out_since
from portal.committee.operations import programme_export
from portal.committee.rules.desk import READERS
from portal.extensions import db
from portal.foundation import files
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import progress
from portal.foundation.outbox import Task, job
from portal.foundation.task_files import KEPT_DAYS, hang, readable_if

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@job(programme_export.JOB)
def make_programme(task_id: int, call_id: int, filters: dict[str, Any], columns: list[str], person_id: int) -> None:
    """Make one workbook for one person and hang it on the task."""
    progress(task_id, 1, 3, "Lecture de la programmation…")
    call, person = db.session.get_one(Call, call_id), db.session.get_one(Person, person_id)
    name = f"programmation-{call.year}.xlsx"
    kept = programme_export.stored_filters(filters)
    content = programme_export.make_programme(call, kept, columns, person, held_grants(person_id))
    progress(task_id, 2, 3, "Enregistrement du classeur…")
    stored = files.keep(content, name, XLSX)
    message = f"Le classeur est prêt. Il reste ici {KEPT_DAYS} jours."
    progress(task_id, 3, 3, message)
    in_unit_of_work(lambda: hang(stored, task_id, message))


def _still_theirs(task: Task) -> bool:
    """Whether the owner of a workbook still reads its table, and stepped out of nothing since."""
    person_id = task.arguments["person_id"]
    call = db.session.get_one(Call, task.arguments["call_id"])
    reads = roles_on(held_grants(person_id), call.access_scopes()) & READERS
    return bool(reads) and task.started_at is not None and not stepped_out_since(person_id, task.started_at)


readable_if(programme_export.JOB, _still_theirs)

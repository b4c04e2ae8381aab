"""The programming table as a workbook, for whoever asked for it."""

from __future__ import annotations

from typing import Any

from portal.accounts.access import held_grants
from portal.accounts.models import Person
from portal.calls.models import Call
from portal.committee.operations import programme_export
from portal.extensions import db
from portal.foundation import files
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import progress
from portal.foundation.outbox import job

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
    in_unit_of_work(lambda: programme_export.keep_programme(stored, task_id))

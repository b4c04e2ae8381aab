"""What the worker calls: ids in, files out."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portal.accounts.access import held_grants
from portal.accounts.models import Person
from portal.exchange.operations import delegate
from portal.extensions import db
from portal.foundation import files
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import progress
from portal.foundation.outbox import job
from portal.foundation.spreadsheets import XLSX


@job(delegate.JOB)
def make_delegate_workbook(task_id: int, selection: dict[str, Any], person_id: int) -> None:
    """Make one workbook for one person and hang it on the task."""
    progress(task_id, 1, 4, "Lecture des dossiers…")
    person = db.session.get_one(Person, person_id)
    chosen = delegate.stored_selection(selection)
    content = delegate.make_workbook(
        chosen,
        made_by=person.display_name,
        base_url=current_app.config["PORTAL"].base_url,
        allowed=delegate.allowed_to(person_id, held_grants(person_id)),
        with_envelopes=not delegate.has_recusals(person_id),
    )
    progress(task_id, 3, 4, "Enregistrement du classeur…")
    stored = files.keep(content, f"contrat-de-ville-{chosen.year}-synthese.xlsx", XLSX)
    in_unit_of_work(lambda: delegate.keep_workbook(stored, task_id))

"""What the worker calls: ids in, files out."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portal.accounts.access import held_grants
from portal.accounts.models import Person
from portal.accounts.rules import roles_on
from portal.calls.queries.visibility import stepped_out_since
from portal.contracts.models import Contract
from portal.exchange.operations import delegate
from portal.extensions import db
from portal.foundation import files
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import progress
from portal.foundation.outbox import Task, job
from portal.foundation.spreadsheets import XLSX
from portal.foundation.task_files import KEPT_DAYS, hang, readable_if


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
    message = f"Le classeur est prêt. Il reste ici {KEPT_DAYS} jours."
    progress(task_id, 4, 4, message)
    in_unit_of_work(lambda: hang(stored, task_id, message))


def _still_theirs(task: Task) -> bool:
    """Whether the owner of a workbook still exports from its contract, and stepped out of nothing since."""
    person_id, contract_id = task.arguments["person_id"], task.arguments["selection"]["contract_id"]
    contract = db.session.get_one(Contract, contract_id)
    exports = roles_on(held_grants(person_id), contract.access_scopes()) & set(delegate.EXPORTERS)
    return bool(exports) and task.started_at is not None and not stepped_out_since(person_id, task.started_at)


readable_if(delegate.JOB, _still_theirs)

"""What the worker calls: ids in, files out."""

from __future__ import annotations

from portal.accounts.access import held_grants
from portal.accounts.rules import roles_on
from portal.evaluation.models import TerritorialReport
from portal.evaluation.operations import reports
from portal.evaluation.queries.reports import wanted_of
from portal.evaluation.rules.document import title
from portal.extensions import db
from portal.foundation import files
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import progress
from portal.foundation.outbox import Task, job
from portal.foundation.task_files import readable_if


@job(reports.JOB)
def make_report_pdf(task_id: int, report_id: int) -> None:
    """Print one kept version; run twice, the first PDF stays."""
    kept = db.session.get_one(TerritorialReport, report_id)
    report, number = reports.report_of(kept), kept.number
    db.session.rollback()
    progress(task_id, 1, 3, "Dessin des graphiques et mise en page…")
    content = reports.make_pdf(report, number)
    progress(task_id, 2, 3, "Enregistrement du PDF…")
    stored = files.keep(content, f"{title(report)}, version {number}.pdf", "application/pdf")

    def hang() -> None:
        reports.attach_pdf(report_id, stored)
        task = db.session.get_one(Task, task_id)
        task.file_id = db.session.get_one(TerritorialReport, report_id).pdf_file_id
        task.done = task.total = 3
        task.message = "Le PDF est prêt."

    in_unit_of_work(hang)


def _still_theirs(task: Task) -> bool:
    """The PDF of a whole version opens as its page does: not to whoever stepped out of a part of it."""
    kept = db.session.get_one(TerritorialReport, task.arguments["report_id"])
    owner = task.owner_person_id
    if owner is None or not roles_on(held_grants(owner), kept.access_scopes()) & reports.READERS:
        return False
    return not reports.has_left_out(owner, wanted_of(kept))


readable_if(reports.JOB, _still_theirs)

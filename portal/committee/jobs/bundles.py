"""Letters or conventions gathered into one PDF, or into one archive of Word documents."""

from __future__ import annotations

from typing import IO

from portal.accounts.access import held_grants
from portal.committee.operations.bundles import JOB
from portal.committee.queries.bundles import Reader, documents
from portal.committee.states import BundleKind
from portal.extensions import db
from portal.foundation import joining
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import progress
from portal.foundation.files import files_root, keep_written
from portal.foundation.joining import Part
from portal.foundation.outbox import Task, job
from portal.foundation.task_files import KEPT_DAYS, hang, readable_if
from portal.foundation.web.formats import plural

STEP = 10
"""The bar moves every so many documents."""


@job(JOB)
def bundle(
    task_id: int, bundle: str, ids: list[int], person_id: int, title: str, *, word: bool, odd_pages: bool
) -> None:
    """What was asked, without what its author may not read any more."""
    found = documents(BundleKind(bundle), ids, Reader(person_id, held_grants(person_id)), word=word)
    suffix = ".docx" if word else ""
    parts = [Part(f"{each.name}{suffix}", files_root() / each.stored.path) for each in found]
    db.session.rollback()
    pages = 0

    def told(done: int) -> None:
        if done % STEP == 0:
            progress(task_id, done, len(parts), "Réunion des documents…")

    def write(target: IO[bytes]) -> None:
        nonlocal pages
        if word:
            joining.archive(parts, target, told=told)
        else:
            pages = joining.join_pdfs(parts, target, title=title, odd_pages=odd_pages, told=told)

    name, media_type = (f"{title}.zip", "application/zip") if word else (f"{title}.pdf", "application/pdf")
    stored = keep_written(write, name, media_type)
    size = plural(len(parts), "document", "documents") + (f", {plural(pages, 'page', 'pages')}" if pages else "")
    message = f"C’est prêt : {size}. Ce fichier reste ici {KEPT_DAYS} jours."
    progress(task_id, len(parts), len(parts), message)
    in_unit_of_work(lambda: hang(stored, task_id, message))


def _still_theirs(task: Task) -> bool:
    """Whether the owner of a gathering may still read each document in it: a recusal closes it."""
    asked = task.arguments
    reader = Reader(asked["person_id"], held_grants(asked["person_id"]))
    seen = documents(BundleKind(asked["bundle"]), asked["ids"], reader, word=asked["word"])
    return len(seen) == len(asked["ids"])


readable_if(JOB, _still_theirs)

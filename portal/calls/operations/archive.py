"""Archives that are too large to be made at once: asked for, kept some days, forgotten."""

from __future__ import annotations

from portal.calls.models import Application
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.files import StoredFile
from portal.foundation.task_files import KEPT_DAYS, forget, hang

JOB = "application_archive"


def ask_for_archive(application: Application, *, actor: Actor) -> int:
    """Ask for the archive; the job's id. Asked twice within a minute, it is made once."""
    return outbox.enqueue(
        JOB,
        key=f"archive:{application.id}:{actor.person_id}:{clock.now():%Y%m%d%H%M}",
        label=f"Archive du dossier {application.reference}",
        owner_person_id=actor.person_id,
        application_id=application.id,
    )


def keep_archive(stored: StoredFile, task_id: int) -> None:
    """Hang an archive on the job that made it."""
    hang(stored, task_id, f"L’archive est prête. Elle reste ici {KEPT_DAYS} jours.")


def forget_archives() -> None:
    """The periodic part: an archive holds a whole application, it does not stay longer than it takes to fetch it."""
    forget(JOB, "Cette archive est effacée : demandez-la à nouveau depuis le dossier.")

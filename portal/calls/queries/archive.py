"""What an archive of an application holds now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from portal.calls.models import Application, ApplicationDocument
from portal.calls.queries.submission import as_received, submission_of
from portal.calls.rules.archive import Archive, LeftOut, Piece, budget_sheet, document_name
from portal.extensions import db
from portal.foundation.files import StoredFile, files_root
from portal.foundation.periods import to_paris

NOT_FILED = "le dossier n’est pas encore déposé."
NOT_READY = "il est en préparation : demandez à nouveau l’archive dans quelques minutes."


def archive_of(application: Application) -> Archive:
    """The application as received (a draft as it stands): its PDF and receipt once filed, its budget, its documents."""
    submission = submission_of(application.id)
    dated_at = submission.received_at if submission else application.created_at
    pieces: list[Piece] = []
    left_out: list[LeftOut] = []
    for name, label, column in (
        ("01 dossier.pdf", "Le dossier tel qu’il a été déposé", "pdf_file_id"),
        ("02 accusé de réception.pdf", "L’accusé de réception", "acknowledgement_file_id"),
    ):
        file_id = getattr(submission, column) if submission else None
        if file_id is None:
            left_out.append(LeftOut(label, name, NOT_READY if submission else NOT_FILED))
        else:
            pieces.append(_piece(db.session.get_one(StoredFile, file_id), name, label))
    dossier = as_received(application)
    content = budget_sheet(dossier, to_paris(dated_at).date())
    digest = hashlib.sha256(content).hexdigest()
    pieces.append(Piece("03 budget.xlsx", "Le budget du projet", len(content), digest, content=content))
    for number, (label, stored) in enumerate(_documents(joined.id for joined in dossier.documents), start=1):
        if stored.scan.is_held:
            left_out.append(LeftOut(label, stored.original_name, stored.scan.told))
        elif not (files_root() / stored.path).is_file():
            left_out.append(LeftOut(label, stored.original_name, "le fichier ne se trouve plus."))
        else:
            name = document_name(number, label, stored.original_name, stored.media_type)
            pieces.append(_piece(stored, name, label))
    return Archive(
        title=f"Dossier {application.reference} : {dossier.project.title or 'projet sans titre'}",
        organisation=dossier.organisation.name,
        file_name=f"dossier-{application.reference}.zip",
        dated_at=dated_at,
        pieces=tuple(pieces),
        left_out=tuple(left_out),
    )


def _piece(stored: StoredFile, name: str, label: str) -> Piece:
    return Piece(name, label, stored.size_bytes, stored.sha256, path=files_root() / stored.path)


def _documents(document_ids: Iterable[int]) -> Iterator[tuple[str, StoredFile]]:
    """(label, file) of documents, in the order in which they came."""
    rows = db.session.execute(
        sa.select(ApplicationDocument.label, StoredFile)
        .join(StoredFile, StoredFile.id == ApplicationDocument.file_id)
        .where(ApplicationDocument.id.in_(list(document_ids)))
        .order_by(ApplicationDocument.id)
    )
    yield from rows.tuples()

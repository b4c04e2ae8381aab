"""The papers of a sitting: each is asked for, made by the worker, numbered, and never replaced."""

from __future__ import annotations

import sqlalchemy as sa

from portal.committee.models import Sitting, SittingDocument
from portal.committee.states import SittingDocumentKind, SittingStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal


def ask_document(
    sitting: Sitting, kind: SittingDocumentKind, *, reader_id: int | None = None, actor: Actor
) -> SittingDocument:
    """Ask for a paper of a sitting; the next number of its kind. `reader_id`: their own copy of the cahier.

    Raises Refusal when the paper has no sense yet.
    """
    # Two people asking at once wait for one another here: each paper has its own number.
    db.session.flush()
    db.session.refresh(sitting, with_for_update=True)
    _check_sense(sitting, kind)
    _check_reader(sitting, kind, reader_id)
    document = SittingDocument(
        sitting_id=sitting.id,
        kind=kind,
        number=_next_number(sitting, kind),
        reader_id=reader_id,
        asked_at=clock.now(),
        asked_by_id=actor.person_id,
    )
    db.session.add(document)
    db.session.flush()
    document.task_id = outbox.enqueue(
        "committee.sitting_document",
        key=f"sitting_document:{document.id}",
        label=f"{kind.label} — {sitting.title}",
        owner_person_id=actor.person_id,
        document_id=document.id,
    )
    db.session.expire(sitting, ["documents"])
    record(actor, "sitting.document_asked", sitting, kind=kind, number=document.number)
    return document


def _check_sense(sitting: Sitting, kind: SittingDocumentKind) -> None:
    if kind is SittingDocumentKind.MINUTES and sitting.status is not SittingStatus.CLOSED:
        raise Refusal("Le relevé de décisions est établi à la clôture de la séance.")
    if kind is SittingDocumentKind.DRAFT and sitting.status is SittingStatus.CLOSED:
        raise Refusal("La séance est close : son relevé de décisions fait foi.")
    if kind is SittingDocumentKind.CAHIER and not sitting.agenda:
        raise Refusal("L’ordre du jour ne porte encore aucun dossier.")
    if kind is SittingDocumentKind.ATTENDANCE and not sitting.members:
        raise Refusal("Convoquez d’abord les membres de la séance.")


def _check_reader(sitting: Sitting, kind: SittingDocumentKind, reader_id: int | None) -> None:
    if reader_id is None:
        return
    if kind is not SittingDocumentKind.CAHIER:
        raise Refusal("Seul le cahier de séance a des exemplaires personnels.")
    if reader_id not in {member.person_id for member in sitting.members}:
        raise Refusal("Cette personne n’est pas convoquée à la séance.")


def _next_number(sitting: Sitting, kind: SittingDocumentKind) -> int:
    last = sa.select(sa.func.coalesce(sa.func.max(SittingDocument.number), 0)).where(
        SittingDocument.sitting_id == sitting.id, SittingDocument.kind == kind
    )
    return int(db.session.execute(last).scalar_one()) + 1


def attach_document(document_id: int, stored: StoredFile) -> None:
    """Keep the file of a paper; the first one made stays."""
    document = db.session.get_one(SittingDocument, document_id)
    if document.file_id is not None:
        return
    db.session.add(stored)
    db.session.flush()
    document.file_id = stored.id
    sitting = db.session.get_one(Sitting, document.sitting_id)
    record(SYSTEM, "sitting.document_made", sitting, kind=document.kind, number=document.number)

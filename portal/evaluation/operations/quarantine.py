"""What a bilan does with a document that the antivirus keeps closed."""

from __future__ import annotations

import sqlalchemy as sa

from portal.evaluation.models import Bilan, BilanDocument
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.scanning import Place, on_virus


@on_virus
def _tell_bilan(stored: StoredFile) -> Place | None:
    """Its line stays, with its state."""
    document = db.session.execute(
        sa.select(BilanDocument).where(BilanDocument.file_id == stored.id, BilanDocument.removed_at.is_(None))
    ).scalar()
    if document is None:
        return None
    bilan = db.session.get_one(Bilan, document.bilan_id)
    record(SYSTEM, f"bilan.document_{stored.scan.value}", bilan, label=document.label)
    return Place("un bilan", f"/bilans/{bilan.id}")

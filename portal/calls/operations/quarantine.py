"""What an application does with a document that the antivirus keeps closed."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import Application, ApplicationDocument
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.scanning import Place, on_virus


@on_virus
def _tell_application(stored: StoredFile) -> Place | None:
    """Its line stays, with why the document does not count any more."""
    joined = db.session.execute(
        sa.select(ApplicationDocument)
        .where(ApplicationDocument.file_id == stored.id, ApplicationDocument.removed_at.is_(None))
        .order_by(ApplicationDocument.id)
    ).scalars()
    place = None
    for document in joined:
        application = db.session.get_one(Application, document.application_id)
        record(SYSTEM, f"application.document_{stored.scan.value}", document, label=document.label)
        place = Place(f"le dossier {application.reference}", f"/dossiers/{application.id}")
    return place

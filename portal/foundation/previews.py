"""A small picture of the first page of a file, so that whoever sent it sees that it is the right one.

Drawn by the rendering process: the bytes of an upload are decoded nowhere else, and what is shown is
always a PNG that we made, whatever was sent.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
import structlog
from flask import Response, abort, send_file

from portal.extensions import db
from portal.foundation import outbox
from portal.foundation.database import unit_of_work
from portal.foundation.files import FILE_POLICY, StoredFile, files_root, write_beside
from portal.foundation.render import RenderError, render_preview

log = structlog.get_logger()

KINDS: dict[str, Literal["pdf", "jpg", "png"]] = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""The media types that can be drawn."""


def ask_for(stored: StoredFile) -> None:
    """Ask for the picture of a file that may be opened."""
    if stored.media_type in KINDS and stored.created_by_id is not None:
        outbox.enqueue("preview_file", key=f"preview:{stored.id}", label="Aperçu", file_id=stored.id)


@outbox.job("preview_file")
def preview_file(*, task_id: int, file_id: int) -> None:
    """Draw the picture; a file that cannot be drawn goes without."""
    stored = db.session.get_one(StoredFile, file_id)
    path, kind = files_root() / stored.path, KINDS[stored.media_type]
    if stored.preview_path is not None or stored.scan.is_held:
        return
    # Seconds of work: no transaction stays open meanwhile.
    db.session.rollback()
    try:
        drawn = render_preview(path.read_bytes(), kind)
    except (RenderError, OSError) as error:
        log.info("preview.none", file_id=file_id, why=str(error)[:200])
        return
    beside = write_beside(drawn)
    with unit_of_work():
        db.session.execute(
            sa.update(StoredFile)
            .where(StoredFile.id == file_id, StoredFile.preview_path.is_(None))
            .values(preview_path=beside)
        )


def picture(stored: StoredFile) -> Response:
    """Answer with the picture, in a page of its own that may run nothing; 404 when there is none."""
    if stored.preview_path is None or stored.scan.is_held:
        abort(404)
    response = send_file(files_root() / stored.preview_path, mimetype="image/png", max_age=0)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response

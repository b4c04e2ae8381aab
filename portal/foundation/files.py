"""Files people send or the portal makes: stored outside the web root, named by number, never by hand.

Bytes are written and flushed to disk before the row that names them; a cut upload leaves no row,
and its stray bytes are swept by `portal tick`.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from flask import Response, abort, current_app, send_file
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock, file_contents
from portal.foundation.actors import Actor
from portal.foundation.database import Base, BigId, Identified, enum_type
from portal.foundation.file_contents import ALLOWED
from portal.foundation.refusals import Refusal
from portal.foundation.scan_states import ScanState

ACCEPT = ",".join(ALLOWED)
CHUNK = 64 * 1024
FILE_POLICY = "default-src 'none'; sandbox"
"""The content policy of a file, should a browser show it all the same: it runs and loads nothing."""


class StoredFile(Identified, Base):
    __tablename__ = "stored_file"

    path: Mapped[str] = mapped_column(unique=True)
    original_name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(BigId)
    scan: Mapped[ScanState] = mapped_column(enum_type(ScanState, "scan"), default=ScanState.NOT_SCANNED)
    # How many times the antivirus was reached and could not say.
    scan_attempts: Mapped[int] = mapped_column(default=0)
    scanned_at: Mapped[datetime | None]
    # A small picture of its first page, beside it.
    preview_path: Mapped[str | None]


def files_root() -> Path:
    root: Path = current_app.config["PORTAL"].instance_path / "files"
    root.mkdir(mode=0o750, exist_ok=True)
    return root


def receive(stream: IO[bytes], name: str, *, field: str = "file") -> StoredFile:
    """Write an upload to disk and return its unsaved row; call it before the unit of work.

    With an antivirus it is held until it was checked. Raises Refusal on `field` when the file is
    empty, too big, or not what its name says.
    """
    settings = current_app.config["PORTAL"]
    clean = clean_name(name)
    suffix = file_contents.suffix_of(clean, field)
    path, size, digest = _write(stream, settings.max_upload_bytes, field)
    full = files_root() / path
    try:
        file_contents.check(full, suffix, field)
    except Refusal:
        full.unlink()
        raise
    stored = _row(path, clean, ALLOWED[suffix], size, digest)
    stored.scan = ScanState.PENDING if settings.clamd else ScanState.NOT_SCANNED
    return stored


@dataclass(frozen=True)
class Held:
    """Bytes that await a confirmation, under the name to find them again."""

    name: str
    sha256: str


def hold(stream: IO[bytes], *, field: str = "file") -> Held:
    """Write an upload aside until it is confirmed. No row names it: the sweep takes it after a day.

    Raises Refusal on `field` when it is empty or too big.
    """
    path, _, digest = _write(stream, current_app.config["PORTAL"].max_upload_bytes, field)
    return Held(path, digest)


def held_path(name: str) -> Path | None:
    """Where the bytes of `hold` are, None once they are swept."""
    path = files_root() / name
    return path if path.is_file() else None


def keep(content: bytes, name: str, media_type: str) -> StoredFile:
    """Write a file that the portal made and return its unsaved row."""
    path = write_beside(content)
    return _row(path, clean_name(name), media_type, len(content), hashlib.sha256(content).hexdigest())


def keep_written(write: Callable[[IO[bytes]], None], name: str, media_type: str) -> StoredFile:
    """The same for a file too large to be held in memory: `write` puts its bytes into what it is given."""
    path = _fresh_path()
    full = files_root() / path
    try:
        with full.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        full.unlink(missing_ok=True)
        raise
    with full.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _row(path, clean_name(name), media_type, full.stat().st_size, digest)


def write_beside(content: bytes) -> str:
    """Write bytes that a row is about to name; their path under the files' root."""
    path = _fresh_path()
    with (files_root() / path).open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def attachment(stored: StoredFile) -> Response:
    """Answer with the file, always as an attachment and never interpreted by the browser.

    One that the antivirus holds is not given to anybody: the answer is 409 and says why.
    """
    if stored.scan.is_held:
        abort(409, description=stored.scan.told)
    return _given(files_root() / stored.path, stored.original_name, stored.media_type)


def made_at_once(content: bytes, name: str, media_type: str) -> Response:
    """Answer with a document made for this request alone, under the same rules."""
    return _given(BytesIO(content), clean_name(name), media_type)


def _given(source: Path | BytesIO, name: str, media_type: str) -> Response:
    response = send_file(source, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def discard(stored: StoredFile) -> None:
    """Delete the bytes of an upload whose row was refused."""
    (files_root() / stored.path).unlink(missing_ok=True)


def largest_bytes() -> int:
    """How large one upload may be."""
    limit: int = current_app.config["PORTAL"].max_upload_bytes
    return limit


def created_by(stored: StoredFile, actor: Actor) -> StoredFile:
    stored.created_by_id = actor.person_id
    return stored


def clean_name(name: str) -> str:
    """A file name safe to show and to save: no path, no control or direction mark, 120 characters."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    text = re.sub(r'[<>:"|?*\s]+', " ", text).strip(" .") or "fichier"
    suffix = Path(text).suffix
    return text.removesuffix(suffix)[: 120 - len(suffix)] + suffix


def sweep(older_than: timedelta = timedelta(days=1)) -> int:
    """Delete bytes that no row names, left by a cut upload, and those of a virus; returns how many."""
    from portal.extensions import db

    rows = db.session.execute(sa.select(StoredFile.path, StoredFile.preview_path, StoredFile.scan))
    known = {path for row in rows if row.scan is not ScanState.INFECTED for path in (row.path, row.preview_path)}
    horizon = (clock.now() - older_than).timestamp()
    root = files_root()
    strays = [
        path
        for path in root.glob("??/*")
        if path.stat().st_mtime < horizon and str(path.relative_to(root)) not in known
    ]
    for path in strays:
        path.unlink()
    return len(strays)


def sweep_stray() -> None:
    """The periodic form of `sweep`."""
    sweep()


def _row(path: str, name: str, media_type: str, size: int, digest: str) -> StoredFile:
    return StoredFile(
        path=path,
        original_name=name,
        media_type=media_type,
        size_bytes=size,
        sha256=digest,
        created_at=clock.now(),
        scan=ScanState.NOT_SCANNED,
    )


def _fresh_path() -> str:
    name = secrets.token_hex(16)
    (files_root() / name[:2]).mkdir(mode=0o750, exist_ok=True)
    return f"{name[:2]}/{name}"


def _write(stream: IO[bytes], limit: int, field: str) -> tuple[str, int, str]:
    path, size, digest = _fresh_path(), 0, hashlib.sha256()
    full = files_root() / path
    try:
        with full.open("xb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise Refusal(f"Le fichier dépasse {limit // (1024 * 1024)} Mo.", field)
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if size == 0:
            raise Refusal("Ce fichier est vide.", field)
    except BaseException:
        full.unlink(missing_ok=True)
        raise
    return path, size, digest.hexdigest()

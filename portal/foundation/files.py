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
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import puremagic
import sqlalchemy as sa
from flask import Response, current_app, send_file
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import Base, BigId, Identified
from portal.foundation.refusals import Refusal

ALLOWED: dict[str, str] = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
ACCEPT = ",".join(ALLOWED)
CHUNK = 64 * 1024


class StoredFile(Identified, Base):
    __tablename__ = "stored_file"

    path: Mapped[str] = mapped_column(unique=True)
    original_name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(BigId)


def files_root() -> Path:
    root: Path = current_app.config["PORTAL"].instance_path / "files"
    root.mkdir(mode=0o750, exist_ok=True)
    return root


def receive(stream: IO[bytes], name: str, *, field: str = "file") -> StoredFile:
    """Write an upload to disk and return its unsaved row; call it before the unit of work.

    Raises Refusal on `field` when the file is empty, too big, or not what its name says.
    """
    limit = current_app.config["PORTAL"].max_upload_bytes
    clean = clean_name(name)
    suffix = Path(clean).suffix.lower()
    if suffix not in ALLOWED:
        raise Refusal(
            "Ce type de fichier n’est pas accepté. Formats possibles : PDF, image, Word, Excel, ODT, ODS.", field
        )
    path, size, digest = _write(stream, limit, field)
    full = files_root() / path
    try:
        _check_content(full, suffix, field)
    except Refusal:
        full.unlink()
        raise
    return _row(path, clean, ALLOWED[suffix], size, digest)


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
    path = _fresh_path()
    full = files_root() / path
    with full.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return _row(path, clean_name(name), media_type, len(content), hashlib.sha256(content).hexdigest())


def attachment(stored: StoredFile) -> Response:
    """Answer with the file, always as an attachment and never interpreted by the browser."""
    response = send_file(
        files_root() / stored.path,
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=stored.original_name,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


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
    """Delete bytes that no row names, left by a cut upload; returns how many."""
    from portal.extensions import db

    known = set(db.session.scalars(sa.select(StoredFile.path)))
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
        path=path, original_name=name, media_type=media_type, size_bytes=size, sha256=digest, created_at=clock.now()
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


def _check_content(path: Path, suffix: str, field: str) -> None:
    """Compare the bytes with what the name promises."""
    try:
        found = {match.extension.lower() for match in puremagic.magic_file(str(path))}
    except (puremagic.PureError, ValueError):
        found = set()
    same = {".jpg", ".jpeg", ".jfif"} if suffix in {".jpg", ".jpeg"} else {suffix}
    zipped = suffix in {".docx", ".xlsx", ".odt", ".ods"}
    if not (found & same) and not (zipped and ".zip" in found):
        raise Refusal(
            "Le contenu du fichier ne correspond pas à son nom. Vérifiez qu’il s’ouvre, puis renvoyez-le.", field
        )
    if zipped:
        _check_archive(path, suffix, field)


def _check_archive(path: Path, suffix: str, field: str) -> None:
    import zipfile

    proof = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".odt": "content.xml", ".ods": "content.xml"}
    broken = Refusal("Ce document ne s’ouvre pas. Enregistrez-le à nouveau, puis renvoyez-le.", field)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile:
        raise broken from None
    if proof[suffix] not in {member.filename for member in members}:
        raise broken
    unpacked = sum(member.file_size for member in members)
    if unpacked > 200 * 1024 * 1024 or unpacked > 200 * max(path.stat().st_size, 1):
        raise Refusal("Ce document compressé est anormalement volumineux ; il n’est pas accepté.", field)

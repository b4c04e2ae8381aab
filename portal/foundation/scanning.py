"""The quarantine: an upload is asked about to the antivirus, by a job, before anybody may open it.

Whoever adds the row of an upload asks for its check without knowing (a listener on the session).
clamd away: the file waits, and the tick asks again. A virus: the bytes go, those concerned are told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.extensions import db
from portal.foundation import antivirus, clock, outbox, previews
from portal.foundation.actors import SYSTEM
from portal.foundation.antivirus import Unreachable, Verdict
from portal.foundation.database import after_commit, unit_of_work
from portal.foundation.events import record
from portal.foundation.files import StoredFile, files_root
from portal.foundation.scan_states import ScanState

log = structlog.get_logger()

MOST_ATTEMPTS = 10
"""After as many answers that say nothing of the file, it is told that it cannot be checked."""

AT_ONCE = 200
"""How many waiting files one job asks about."""


@dataclass(frozen=True)
class Place:
    """Where a file is joined: in words, and the page on which another may be sent."""

    label: str
    path: str


Forgetter = Callable[[StoredFile], Place | None]
Teller = Callable[[StoredFile, Place | None], None]
_forgetters: list[Forgetter] = []
_tellers: list[Teller] = []


def on_virus(forgetter: Forgetter) -> Forgetter:
    """Register what a room does with a file that has a virus; it answers where the file was joined."""
    if forgetter not in _forgetters:
        _forgetters.append(forgetter)
    return forgetter


def tell_with(teller: Teller) -> Teller:
    """Register how whoever sent a file that stays closed is told; the rooms that know people do."""
    _tellers[:] = [teller]
    return teller


@event.listens_for(Session, "after_flush")
def _ask_for_new_files(session: Session, _context: object) -> None:
    for stored in [item for item in session.new if isinstance(item, StoredFile)]:
        if stored.scan is ScanState.PENDING:
            outbox.enqueue("scan_file", key=f"scan:{stored.id}", label="Antivirus", file_id=stored.id)
        else:
            previews.ask_for(stored)


@outbox.job("scan_file")
def scan_file(*, task_id: int, file_id: int) -> None:
    """Ask about one file; clamd being away is no failure of the job."""
    _check(file_id)


@outbox.job("scan_waiting_files")
def scan_waiting_files(*, task_id: int) -> None:
    """Ask again about the files that wait, oldest first, until clamd does not answer."""
    waiting = list(db.session.scalars(_waiting().order_by(StoredFile.id).limit(AT_ONCE)))
    db.session.rollback()
    for file_id in waiting:
        if not _check(file_id):
            return


def ask_again() -> None:
    """The periodic part: one job a minute while files wait."""
    if current_app.config["PORTAL"].clamd is None:
        return
    now = clock.now()
    # A file that has just come has a job of its own.
    late = _waiting().where(StoredFile.created_at < now - timedelta(minutes=1)).limit(1)
    if db.session.scalar(late) is not None:
        outbox.enqueue("scan_waiting_files", key=f"scan-waiting:{now:%Y%m%d%H%M}", label="Antivirus")


def _waiting() -> sa.Select[tuple[int]]:
    return sa.select(StoredFile.id).where(StoredFile.scan == ScanState.PENDING)


def _check(file_id: int) -> bool:
    """Ask about a file that waits; False when clamd is away."""
    address = current_app.config["PORTAL"].clamd
    path = db.session.scalar(sa.select(StoredFile.path).where(StoredFile.id == file_id, StoredFile.scan == "pending"))
    # Seconds may pass: no transaction stays open meanwhile.
    db.session.rollback()
    if path is None:
        return True
    try:
        if address is None:
            raise Unreachable("PORTAL_CLAMD is not set")
        verdict = antivirus.ask(address, files_root() / path)
    except Unreachable as away:
        log.warning("antivirus.unreachable", file_id=file_id, why=str(away))
        return False
    except OSError:
        verdict = Verdict("error", "the file is not there")
    with unit_of_work():
        _settle(file_id, verdict)
    return True


def _settle(file_id: int, verdict: Verdict) -> None:
    stored = db.session.get_one(StoredFile, file_id, with_for_update=True)
    if stored.scan is not ScanState.PENDING:
        return
    stored.scanned_at = clock.now()
    if verdict.kind == "clean":
        stored.scan = ScanState.CLEAN
        previews.ask_for(stored)
    elif verdict.kind == "infected":
        _isolate(stored, verdict.told)
    else:
        _note_error(stored, verdict.told)


def _isolate(stored: StoredFile, virus: str) -> None:
    """Close the file for good, tell, and delete its bytes once that is written."""
    stored.scan = ScanState.INFECTED
    record(SYSTEM, "file.infected", stored, virus=virus[:200])
    _tell(stored)
    path = files_root() / stored.path
    after_commit(lambda: path.unlink(missing_ok=True))


def _note_error(stored: StoredFile, told: str) -> None:
    log.warning("antivirus.error", file_id=stored.id, told=told)
    stored.scan_attempts += 1
    if stored.scan_attempts >= MOST_ATTEMPTS:
        stored.scan = ScanState.FAILED
        record(SYSTEM, "file.not_scanned", stored, told=told[:200])
        _tell(stored)


def _tell(stored: StoredFile) -> None:
    places = [forget(stored) for forget in _forgetters]
    place = next((each for each in places if each is not None), None)
    for tell in _tellers:
        tell(stored, place)

"""The evening a call closes: 200 applicants whose pages save by themselves, 60 who file in the last minute.

    python -m bench.deadline                                        # SQLite and the bundled queue
    TEST_DATABASE_URL=… TEST_REDIS_URL=… python -m bench.deadline   # PostgreSQL and Redis; the database is emptied

A real `portal up` answers real connections of this machine. At the end the database is compared with
what each applicant was told: the exit code is 1 when a word told saved, or a filing told received, is
not there, when a filing was judged on another instant than its own, or when the server failed once.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lxml.html
import sqlalchemy as sa
from flask import Flask

from bench.traffic import Traffic, Visit, prepared, session_of
from portal.calls.models import Application, Call, SectionDraft, Submission
from portal.calls.states import ApplicationStatus, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from tests import factories
from tests.integration.calls.filing.scene import Scene, filer, scene, sections_of
from tests.integration.processes.running import RunningPortal

SAVING, FILING, IN_GRACE, TOO_LATE = 200, 60, 5, 5
BEFORE_CLOSING, AFTER_CLOSING, GRACE = 75.0, 12.0, 6
PAUSE = (6.0, 10.0)  # seconds between two saves of the same page


@dataclass
class Applicant:
    """Somebody at an application, with a session already open."""

    application_id: int
    visit: Visit
    projet: dict[str, Any]
    told_saved: str | None = None
    told_received: bool = False
    told_closed: bool = False
    sent_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass
class Evening(Traffic):
    """What happened, counted by all."""

    closes_at: float = 0.0

    def wait_until(self, after_closing: float) -> None:
        time.sleep(max(0.0, self.closes_at + after_closing - time.time()))


def main() -> int:
    with TemporaryDirectory() as folder:
        portal = RunningPortal(Path(folder) / "instance")
        app = prepared(portal)
        with app.app_context():
            it, savers, filers = _people(app)
            closes_at = _close_soon(it.call)
            db.session.remove()
            db.engine.dispose()
            portal.start()
            try:
                evening = Evening(portal.port, closes_at=closes_at)
                _run(evening, savers, filers)
                wrong = _compared(savers, filers)
            finally:
                portal.stop()
            _tell(evening, wrong)
            db.session.remove()
            db.engine.dispose()
    return 1 if wrong or evening.failed() else 0


# -- before --------------------------------------------------------------------------------------------


def _people(app: Flask) -> tuple[Scene, list[Applicant], list[Applicant]]:
    it = scene()
    savers = [_applicant(app, it, whole=False) for _ in range(SAVING)]
    filers = [_applicant(app, it, whole=True) for _ in range(FILING + IN_GRACE + TOO_LATE)]
    return it, savers, filers


def _applicant(app: Flask, it: Scene, *, whole: bool) -> Applicant:
    it.organisation = factories.organisation()
    person = factories.member(it.organisation)
    visitor = filer(app, person)
    draft = visitor.begin(it)
    if whole:
        it.extra["rna"] = f"W{draft:09d}"  # no two associations have the same
        visitor.fill(draft, it)
    return Applicant(draft, session_of(app, person), sections_of(it)["projet"])


def _close_soon(call: Call) -> float:
    closes_at = clock.now().replace(microsecond=0) + timedelta(seconds=BEFORE_CLOSING)
    with unit_of_work():
        call.closes_at, call.grace_seconds = closes_at, GRACE
    return closes_at.timestamp()


# -- the evening -----------------------------------------------------------------------------------------


def _run(evening: Evening, savers: list[Applicant], filers: list[Applicant]) -> None:
    in_time, rest = filers[:FILING], filers[FILING:]
    threads = [threading.Thread(target=_save, args=(evening, who)) for who in savers]
    threads += [threading.Thread(target=_file, args=(evening, who, -random.uniform(0.5, 60.0))) for who in in_time]  # noqa: S311 - a moment, no secret
    threads += [threading.Thread(target=_file, args=(evening, who, 1.0)) for who in rest[:IN_GRACE]]
    threads += [threading.Thread(target=_file, args=(evening, who, GRACE + 3.0)) for who in rest[IN_GRACE:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _save(evening: Evening, who: Applicant) -> None:
    """A page that saves by itself, a few words more each time, until after the closing."""
    version, sequence = 0, 0
    page = f"p{who.application_id}"
    # A moment, no secret.
    evening.wait_until(-BEFORE_CLOSING + 10 + random.uniform(0.0, PAUSE[1]))  # noqa: S311 - a moment, no secret
    while time.time() < evening.closes_at + AFTER_CLOSING - PAUSE[1]:
        sequence += 1
        words = f"Besoin {sequence} du dossier {who.application_id}"
        fields = {**who.projet, "need": words, "version": version, "page": page, "sequence": sequence}
        status, _, body = evening.ask(
            who.visit, "POST", f"/dossiers/{who.application_id}/projet/enregistrement", fields
        )
        if status == 200:
            version, who.told_saved = int(json.loads(body)["version"]), words
        # A pause, no secret.
        time.sleep(random.uniform(*PAUSE))  # noqa: S311 - a moment, no secret


def _file(evening: Evening, who: Applicant, after_closing: float) -> None:
    """Open the last page in time, tick, sign, press the button at a given moment of the clock."""
    path = f"/dossiers/{who.application_id}/depot"
    evening.wait_until(min(after_closing, 0.0) - 8.0)
    _, _, page = evening.ask(who.visit, "GET", path)
    if not page:
        return
    tree = lxml.html.fromstring(page)
    fields = {name: tree.xpath(f'//input[@name="{name}"]/@value')[0] for name in ("version", "page", "opened")}
    fields |= dict.fromkeys(tree.xpath('//input[starts-with(@name, "attest_")]/@name'), "y")
    fields |= {"signatory_name": "Dominique Martin", "signatory_role": "Présidente", "deposer": "1"}
    evening.wait_until(after_closing)
    who.sent_at = datetime.now(UTC)
    status, location, body = evening.ask(who.visit, "POST", path, fields)
    who.answered_at = datetime.now(UTC)
    who.told_received = status == 302 and location.endswith("/recepisse")
    who.told_closed = "est clos" in body


# -- after ---------------------------------------------------------------------------------------------------


def _compared(savers: list[Applicant], filers: list[Applicant]) -> list[str]:
    """Everything that differs between what applicants were told and what the database holds."""
    saved = {
        application_id: raw["typed"]["need"][0]
        for application_id, raw in db.session.execute(
            sa.select(SectionDraft.application_id, SectionDraft.raw).where(SectionDraft.section == Section.PROJECT)
        )
    }
    wrong = [
        f"draft {who.application_id}: told {who.told_saved!r}, holds {saved.get(who.application_id)!r}"
        for who in savers
        if who.told_saved is None or saved.get(who.application_id) != who.told_saved
    ]
    received: dict[int, list[Submission]] = {}
    for submission in db.session.scalars(sa.select(Submission)):
        received.setdefault(submission.application_id, []).append(submission)
    for place, who in enumerate(filers):
        wrong += _judged(who, received.get(who.application_id, []), is_late=place >= FILING + IN_GRACE)
    return wrong


def _judged(who: Applicant, found: list[Submission], *, is_late: bool) -> list[str]:
    name = f"application {who.application_id}"
    if is_late:
        draft = db.session.get_one(Application, who.application_id).status is ApplicationStatus.DRAFT
        return [] if not found and draft and who.told_closed else [f"{name}: filed after the grace"]
    if len(found) != 1 or not who.told_received:
        return [f"{name}: {len(found)} submissions, told received: {who.told_received}"]
    received_at = found[0].received_at
    if who.sent_at is None or who.answered_at is None or not who.sent_at <= received_at <= who.answered_at:
        return [f"{name}: received {received_at}, sent {who.sent_at}, answered {who.answered_at}"]
    return []


def _tell(evening: Evening, wrong: list[str]) -> None:
    print(f"{db.engine.dialect.name}: {SAVING} saving every {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s, {FILING} filing in the")
    print(f"last minute, {IN_GRACE} within the grace, {TOO_LATE} after it")
    evening.tell()
    for line in wrong[:20]:
        print("WRONG", line)
    print(f"{len(wrong)} differences between what was told and what is kept")


if __name__ == "__main__":
    sys.exit(main())

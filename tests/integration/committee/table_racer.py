"""One of several processes writing to the same things: reads a line to start, answers one.

Its argument is a list of steps, each {"kind", "subject_id", "cents"}; a proposal or a revision takes the
version it reads just before. Answer: a list of {"kind", "subject_id", "cents", "accepted", "words"}, and
"error" in place of them for what nobody should be told.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from portal import create_app
from portal.accounts.rules import Role
from portal.calls.models import Application, Envelope, FundingLine
from portal.calls.operations.envelopes import revise_envelope
from portal.calls.states import Section
from portal.committee.models import Sitting
from portal.committee.operations.acts import ActTerms, record_act, refuse_funding
from portal.committee.operations.convening import convene_usual
from portal.committee.operations.corrections import ask_changes
from portal.committee.operations.programme import propose
from portal.committee.states import ActKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM
from portal.foundation.database import in_unit_of_work
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.settings import Settings

MANAGER = {Role.MANAGER}


def main(folder: Path, database_url: str, steps: list[dict[str, Any]]) -> None:
    app = create_app(Settings(instance_path=folder, database_url=database_url, secret_key="race", testing=True))
    with app.app_context():
        _answer({"ready": True})
        sys.stdin.readline()
        _answer([{**step, **_taken(step)} for step in steps])


def _taken(step: dict[str, Any]) -> dict[str, Any]:
    try:
        in_unit_of_work(WRITERS[step["kind"]](step["subject_id"], step["cents"]))
    except Refusal as refusal:
        return {"accepted": False, "words": refusal.message}
    except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
        return {"error": repr(error)}
    return {"accepted": True, "words": ""}


def _propose(line_id: int, cents: int) -> Callable[[], object]:
    line = db.session.get_one(FundingLine, line_id, populate_existing=True)
    version = line.version
    db.session.rollback()
    return lambda: propose(
        db.session.get_one(FundingLine, line_id), cents, version=version, actor=SYSTEM, roles=MANAGER
    )


def _revise(envelope_id: int, cents: int) -> Callable[[], object]:
    envelope = db.session.get_one(Envelope, envelope_id, populate_existing=True)
    version, status = envelope.version, envelope.status
    db.session.rollback()
    return lambda: revise_envelope(
        db.session.get_one(Envelope, envelope_id),
        amount_cents=cents,
        status=status,
        reason="Révision d’essai",
        version=version,
        actor=SYSTEM,
    )


def _grant(line_id: int, cents: int) -> Callable[[], object]:
    def act() -> None:
        line = db.session.get_one(FundingLine, line_id)
        terms = ActTerms(ActKind.ORDER, f"acte-{os.getpid()}-{line_id}-{cents}", date(2026, 4, 3))
        record_act(line.application.call, line.funder, terms, {line_id: cents}, actor=SYSTEM, roles=MANAGER)

    return act


def _refuse(line_id: int, _cents: int) -> Callable[[], object]:
    return lambda: refuse_funding(
        db.session.get_one(FundingLine, line_id), "Enveloppe épuisée", actor=SYSTEM, roles=MANAGER
    )


def _ask(application_id: int, _cents: int) -> Callable[[], object]:
    return lambda: ask_changes(
        db.session.get_one(Application, application_id),
        [Section.PROJECT],
        [],
        "Précisez les lieux.",
        to_paris(clock.now()).date() + timedelta(days=10),
        actor=SYSTEM,
        roles=MANAGER,
    )


def _convene(sitting_id: int, _cents: int) -> Callable[[], object]:
    return lambda: convene_usual(db.session.get_one(Sitting, sitting_id), actor=SYSTEM)


WRITERS = {
    "propose": _propose,
    "revise": _revise,
    "grant": _grant,
    "refuse": _refuse,
    "ask": _ask,
    "convene": _convene,
}


def _answer(words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name), sys.argv[1], json.loads(sys.argv[2]))

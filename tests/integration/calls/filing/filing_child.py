"""A process that files an application, drains the outbox or makes a PDF, and may be killed at it.

It says « ready », waits for a line, works, and answers {"receipt": …} or {"refused": …}.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

from portal import create_app
from portal.accounts.models import Organisation
from portal.calls.models import Application, Call
from portal.calls.operations.exemptions import grant_exemption
from portal.calls.operations.submission import submit
from portal.calls.rules.sections import asked_attestations
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.database import in_unit_of_work
from portal.foundation.delivery import drain, run_task
from portal.foundation.refusals import Refusal
from portal.settings import Settings


def file_application(application_id: int, person_id: int) -> dict[str, str]:
    """What a press on « Déposer le dossier » runs."""
    actor = Actor.person(person_id, "Noa Membre")

    def file() -> str:
        application = db.session.get_one(Application, application_id)
        return submit(
            application,
            signatory_name="Dominique Martin",
            signatory_role="Présidente",
            attested=list(asked_attestations("association")),
            received_at=clock.now(),
            form_opened_at=None,
            actor=actor,
            roles={"applicant"},
        ).receipt_number

    try:
        return {"receipt": in_unit_of_work(file)}
    except Refusal as refusal:
        return {"refused": refusal.message}


def exempt(call_id: int, organisation_id: int) -> dict[str, str]:
    """What a manager's press on « Accorder la dérogation » runs."""

    def grant() -> str:
        call, organisation = db.session.get_one(Call, call_id), db.session.get_one(Organisation, organisation_id)
        until = clock.now() + timedelta(days=60)
        return grant_exemption(call, organisation, None, until, "Panne", actor=SYSTEM).reason

    return {"granted": in_unit_of_work(grant)}


def main(folder: str, database_url: str, act: str, *ids: str) -> None:
    settings = Settings(instance_path=Path(folder), database_url=database_url, secret_key="test", testing=True)
    with create_app(settings).app_context():
        _answer({"ready": True})
        sys.stdin.readline()
        if act == "file":
            _answer(file_application(int(ids[0]), int(ids[1])))
        elif act == "exempt":
            _answer(exempt(int(ids[0]), int(ids[1])))
        elif act == "drain":
            drain()
            _answer({"drained": True})
        else:
            run_task(int(ids[0]))
            _answer({"made": True})


def _answer(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

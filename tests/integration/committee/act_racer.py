"""One of two processes recording an act on the same envelope: reads a line to start, answers one.

Answer: {"done": true}, {"refused": words} or {"error": …}.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import date
from pathlib import Path

from portal import create_app
from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.committee.operations.acts import ActTerms, record_act
from portal.committee.states import ActKind
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal
from portal.settings import Settings


def main(folder: Path, database_url: str, line_id: int, cents: int) -> None:
    def act() -> None:
        line = db.session.get_one(FundingLine, line_id)
        record_act(
            line.application.call,
            line.funder,
            ActTerms(ActKind.ORDER, f"acte-{line_id}", date(2026, 4, 3)),
            {line_id: cents},
            actor=SYSTEM,
            roles={Role.MANAGER},
        )

    app = create_app(Settings(instance_path=folder, database_url=database_url, secret_key="race", testing=True))
    with app.app_context():
        _answer({"ready": True})
        sys.stdin.readline()
        try:
            in_unit_of_work(act)
            _answer({"done": True})
        except Refusal as refusal:
            _answer({"refused": refusal.message, "field": refusal.field})
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
            _answer({"error": repr(error)})


def _answer(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name), sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

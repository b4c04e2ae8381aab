"""One of two processes that write on the same funding line (a payment, a leftover): reads a line to start, answers one.

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
from portal.committee.operations.leftovers import LeftoverTerms, settle_leftover
from portal.committee.operations.payments import record_payment
from portal.committee.states import LeftoverFate
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal
from portal.settings import Settings


def pay(line: FundingLine, cents: int) -> None:
    record_payment(line, cents, date(2026, 5, 4), "M-1", actor=SYSTEM, roles={Role.MANAGER})


def settle(line: FundingLine, cents: int) -> None:
    terms = LeftoverTerms(cents, LeftoverFate.KEPT, "Un atelier n’a pas eu lieu.")
    settle_leftover(line, terms, file=None, actor=SYSTEM, roles={Role.MANAGER})


WRITES = {"pay": pay, "settle": settle}


def main(folder: Path, database_url: str, write: str, line_id: int, cents: int) -> None:
    def act() -> None:
        WRITES[write](db.session.get_one(FundingLine, line_id), cents)

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
        main(Path(name), sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

"""One of the two processes of the envelope race: takes orders on its input, answers on its output.

Order: {"do": "draw" | "set", "cents": n}. Answer: {"done": true}, {"refused": words} or {"error": …}.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from portal import create_app
from portal.calls.models import Envelope
from portal.calls.operations.envelopes import draw, revise_envelope
from portal.calls.states import EnvelopeStatus
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import in_unit_of_work
from portal.foundation.refusals import Refusal
from portal.settings import Settings


def main(folder: Path, database_url: str, envelope_id: int) -> None:
    def lower(cents: int) -> None:
        envelope = db.session.get_one(Envelope, envelope_id)
        revise_envelope(
            envelope, amount_cents=cents, status=EnvelopeStatus.NOTIFIED, reason="Notification revue", actor=SYSTEM
        )

    acts = {"draw": lambda cents: draw(envelope_id, cents), "set": lower}
    app = create_app(Settings(instance_path=folder, database_url=database_url, secret_key="race", testing=True))
    with app.app_context():
        _answer({"ready": True})
        for line in sys.stdin:
            order = json.loads(line)
            _answer(_outcome(lambda order=order: acts[order["do"]](order["cents"])))
            db.session.rollback()


def _outcome(operation) -> dict[str, object]:
    try:
        in_unit_of_work(operation)
    except Refusal as refusal:
        return {"refused": refusal.message}
    except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
        return {"error": repr(error)}
    return {"done": True}


def _answer(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name), sys.argv[1], int(sys.argv[2]))

"""Two processes on one notified envelope: whoever comes second is told, nothing is ever overdrawn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.calls.models import Envelope
from portal.calls.states import EnvelopeStatus
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests import factories

ROUNDS = 200
ROOT = Path(__file__).parents[3]
LEFT = "L’enveloppe notifiée n’y suffit pas\u00a0: il reste "
SHORT = "Dépassement à régulariser\u00a0: "

pytestmark = pytest.mark.processes


class Racer:
    """A process of its own, with its own connection."""

    def __init__(self, url, envelope_id):
        command = [sys.executable, "-m", "tests.integration.calls.envelope_racer", url, str(envelope_id)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def order(self, do, cents):
        self.process.stdin.write(json.dumps({"do": do, "cents": cents}) + "\n")
        self.process.stdin.flush()

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(timeout=20) == 0


@pytest.fixture
def envelope(app):
    call = factories.call(factories.contract())
    return factories.envelope(call, factories.funder(), 100_00, EnvelopeStatus.NOTIFIED)


@pytest.fixture
def racers(app, envelope):
    envelope_id = envelope.id
    db.session.rollback()
    url = db.engine.url.render_as_string(hide_password=False)
    pair = [Racer(url, envelope_id) for _ in range(2)]
    assert [racer.answer() for racer in pair] == [{"ready": True}] * 2
    yield pair
    for racer in pair:
        racer.end()


def fill(envelope_id):
    """The envelope as each round finds it: 100 € notified, nothing granted."""
    with unit_of_work() as session:
        session.execute(sa.update(Envelope).values(amount_cents=100_00, granted_cents=0))


def stored():
    row = db.session.execute(sa.select(Envelope.amount_cents, Envelope.granted_cents)).one()
    db.session.rollback()
    return tuple(row)


def test_two_processes_never_overdraw_an_envelope_nor_go_below_it(racers, envelope):
    first, second = racers
    seen = Counter()
    for number in range(ROUNDS):
        fill(envelope.id)
        # Each in turn speaks first, so that neither always wins.
        one, two = (first, second) if number % 4 < 2 else (second, first)
        one.order("draw", 60_00)
        two.order(*(("draw", 60_00) if number % 2 == 0 else ("set", 50_00)))
        answers = [one.answer(), two.answer()]
        done = [answer.get("done", False) for answer in answers]
        assert sorted(done) == [False, True], (number, answers)
        refusal = answers[done.index(False)]["refused"]
        if number % 2 == 0:
            assert (stored(), refusal) == ((100_00, 60_00), f"{LEFT}40,00\u00a0€.")
            seen["drew twice"] += 1
        elif done[0]:
            assert stored() == (100_00, 60_00)
            assert refusal == f"{SHORT}60,00\u00a0€ sont déjà attribués sur cette enveloppe."
            seen["drew, not lowered"] += 1
        else:
            assert (stored(), refusal) == ((50_00, 0), f"{LEFT}50,00\u00a0€.")
            seen["lowered, not drawn"] += 1
    assert seen["drew twice"] == ROUNDS // 2
    assert seen.total() == ROUNDS

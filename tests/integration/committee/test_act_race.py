"""Two acts recorded at once on one notified envelope: one is whole, of the other nothing is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.calls.models import Envelope, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import FundingAct, FundingActLine
from portal.extensions import db
from portal.foundation.database import unit_of_work
from portal.foundation.events import Event
from tests.integration.committee.deciding import make_scene

ROOT = Path(__file__).parents[3]
ROUNDS = 5

pytestmark = pytest.mark.processes


def racer(url, line_id, cents):
    command = [sys.executable, "-m", "tests.integration.committee.act_racer", url, str(line_id), str(cents)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def race(url, lines, cents):
    pair = [racer(url, line_id, cents) for line_id in lines]
    assert [json.loads(each.stdout.readline()) for each in pair] == [{"ready": True}] * 2
    for each in pair:
        each.stdin.write("go\n")
        each.stdin.flush()
    answers = [json.loads(each.stdout.readline()) for each in pair]
    for each in pair:
        each.stdin.close()
        each.stdout.close()
        assert each.wait(timeout=20) == 0
    return answers


def test_the_second_act_on_an_envelope_is_refused_whole(app):
    scene = make_scene(app)
    url = db.engine.url.render_as_string(hide_password=False)
    pairs = []
    for _ in range(ROUNDS):
        pair = [scene.application(city=0, state=8_000_00) for _ in range(2)]
        for each in pair:
            scene.arbitrate(each, state=6_000_00)
        pairs.append([scene.line(each, scene.state).id for each in pair])
    envelope_id = scene.state_envelope.id
    for number, lines in enumerate(pairs, 1):
        with unit_of_work() as session:
            session.execute(sa.update(Envelope).where(Envelope.id == envelope_id).values(granted_cents=0))
        answers = race(url, lines, 6_000_00)
        assert sorted(next(iter(answer)) for answer in answers) == ["done", "refused"]
        lost = lines[[next(iter(answer)) for answer in answers].index("refused")]
        told = next(answer for answer in answers if "refused" in answer)
        assert told == {
            "refused": "L’enveloppe notifiée n’y suffit pas\u00a0: il reste 4\u202f000,00\u00a0€.",
            "field": f"amount_{lost}",
        }
        db.session.rollback()
        assert db.session.get(Envelope, envelope_id).granted_cents == 6_000_00
        line = db.session.get(FundingLine, lost)
        assert (line.status, line.granted_cents) == (FundingStatus.ARBITRATED, None)
        assert db.session.query(FundingAct).count() == number
        assert db.session.query(FundingActLine).filter_by(funding_line_id=lost).count() == 0
        assert db.session.query(Event).filter_by(action="act.recorded").count() == number
        db.session.rollback()

"""Two people at once on one grant: payments never go beyond it together, one leftover is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from portal.calls.models import FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import Leftover, Payment
from portal.extensions import db
from portal.foundation.database import unit_of_work
from tests.integration.committee.deciding import make_scene

ROOT = Path(__file__).parents[3]
ROUNDS = 3

pytestmark = pytest.mark.processes


def racer(url, write, line_id, cents):
    command = [sys.executable, "-m", "tests.integration.committee.payment_racer", url, write, str(line_id), str(cents)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def race(url, write, line_id, cents):
    pair = [racer(url, write, line_id, cents) for _ in range(2)]
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


def test_two_payments_at_once_never_go_beyond_the_grant(app):
    scene = make_scene(app)
    url = db.engine.url.render_as_string(hide_password=False)
    lines = []
    for _ in range(ROUNDS):
        application = scene.application(state=0)
        scene.bank_account(application)
        line = scene.line(application)
        with unit_of_work():
            line.status, line.granted_cents = FundingStatus.NOTIFIED, 4_000_00
        lines.append(line.id)
    for line_id in lines:
        answers = race(url, "pay", line_id, 3_000_00)
        assert sorted(next(iter(answer)) for answer in answers) == ["done", "refused"]
        told = next(answer for answer in answers if "refused" in answer)
        assert told == {
            "refused": "Ce versement dépasse ce qui est attribué\u00a0: il reste 1\u202f000,00\u00a0€ à verser.",
            "field": "amount",
        }
        db.session.rollback()
        line = db.session.get(FundingLine, line_id)
        assert (line.status, line.paid_cents) == (FundingStatus.PAID_IN_PART, 3_000_00)
        assert db.session.query(Payment).filter_by(funding_line_id=line_id).count() == 1
        db.session.rollback()


def test_two_leftovers_settled_at_once_on_one_grant_leave_one(app):
    scene = make_scene(app)
    url = db.engine.url.render_as_string(hide_password=False)
    line = scene.line(scene.application(state=0))
    with unit_of_work():
        line.status, line.granted_cents, line.paid_cents = FundingStatus.PAID, 4_000_00, 4_000_00
    line_id = line.id
    for cents in (500_00, 700_00):
        assert race(url, "settle", line_id, cents) == [{"done": True}] * 2
        db.session.rollback()
        (leftover,) = db.session.query(Leftover).filter_by(funding_line_id=line_id)
        assert leftover.amount_cents == cents
        db.session.rollback()

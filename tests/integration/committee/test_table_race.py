"""Four processes on the same lines and envelope: nothing overdrawn, nothing lost, every refusal in words."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.accounts.rules import Role
from portal.calls.models import FundingLine
from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.models import ChangeRequest, SittingMember
from portal.committee.operations.acts import refuse_funding
from portal.committee.states import SittingStatus
from portal.extensions import db
from portal.foundation.actors import SYSTEM
from portal.foundation.database import BUSY_MESSAGE, in_unit_of_work
from portal.foundation.refusals import Refusal
from tests import factories
from tests.integration.committee.deciding import make_scene
from tests.integration.committee.shared_writes import Told, compared, overdrawn

ROOT = Path(__file__).parents[3]
WRITERS, ROUNDS = 4, 8

pytestmark = pytest.mark.processes


def racer(url, steps):
    command = [sys.executable, "-m", "tests.integration.committee.table_racer", url, json.dumps(steps)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def answers_of(racers):
    assert [json.loads(each.stdout.readline()) for each in racers] == [{"ready": True}] * len(racers)
    for each in racers:
        each.stdin.write("go\n")
        each.stdin.flush()
    found = [answer for each in racers for answer in json.loads(each.stdout.readline())]
    for each in racers:
        each.stdin.close()
        each.stdout.close()
        assert each.wait(timeout=60) == 0
    return found


def step(kind, subject_id, cents):
    return {"kind": kind, "subject_id": subject_id, "cents": cents}


class Watcher:
    """Looks at the envelopes again and again from a connection of its own, until told to stop."""

    def __init__(self):
        self.engine, self.over = db.engine, threading.Event()
        self.seen, self.looks = [], 0
        self.thread = threading.Thread(target=self._look)

    def _look(self):
        while not self.over.wait(0.002):
            with self.engine.connect() as connection:
                self.seen += overdrawn(connection)
            self.looks += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def test_agents_on_the_same_lines_lose_nothing_and_overdraw_nothing(app):
    scene = make_scene(app)
    shared = [scene.line(scene.application(city=0), scene.state).id for _ in range(2)]
    granted = []
    for _ in range(8):
        application = scene.application(city=0)
        scene.arbitrate(application, state=2_000_00)
        granted.append(scene.line(application, scene.state).id)
    envelope_id = scene.state_envelope.id
    url = db.engine.url.render_as_string(hide_password=False)
    random.seed(20)
    racers = []
    for writer in range(WRITERS):
        steps = []
        for number in range(ROUNDS):
            # No two writers propose the same amount: each write is known by its own.
            steps.append(step("propose", shared[number % 2], 1_000_00 + 100 * writer + number))
            steps.append(step("revise", envelope_id, random.randint(4_000_00, 16_000_00)))
        steps += [step("grant", line_id, 1_500_00 + writer) for line_id in granted[:6]]
        steps += [step("refuse", line_id, 0) for line_id in granted[4:]]
        random.shuffle(steps)
        racers.append(racer(url, steps))
    with Watcher() as watcher:
        found = answers_of(racers)
    assert [answer for answer in found if "error" in answer] == []
    assert (watcher.seen, watcher.looks > 0) == ([], True)
    told = [Told(**answer) for answer in found]
    assert compared(told) == []
    accepted = {each.kind for each in told if each.accepted}
    assert accepted == {"propose", "revise", "grant", "refuse"}
    assert any(not each.accepted for each in told)


def test_officers_who_ask_for_corrections_at_once_leave_one_request(app):
    scene = make_scene(app)
    filed = [scene.application(status=ApplicationStatus.SUBMITTED).id for _ in range(6)]
    url = db.engine.url.render_as_string(hide_password=False)
    found = answers_of([racer(url, [step("ask", each, 0) for each in filed]) for _ in range(WRITERS)])
    assert [answer for answer in found if "error" in answer] == []
    assert sorted(answer["subject_id"] for answer in found if answer["accepted"]) == filed
    db.session.rollback()
    assert sorted(db.session.scalars(sa.select(ChangeRequest.application_id))) == filed


def test_the_usual_members_convened_by_several_at_once_sit_once_each(app):
    scene = make_scene(app)
    people = sorted(factories.staff(Role.STEERING, scene.contract).id for _ in range(4))
    planned = [scene.sitting(status=SittingStatus.PLANNED).id for _ in range(4)]
    url = db.engine.url.render_as_string(hide_password=False)
    found = answers_of([racer(url, [step("convene", each, 0) for each in planned]) for _ in range(WRITERS)])
    assert [answer for answer in found if "error" in answer] == []
    db.session.rollback()
    for each in planned:
        members = sa.select(SittingMember.person_id).where(SittingMember.sitting_id == each)
        assert sorted(db.session.scalars(members)) == people


def crossed(line_id, times):
    """Refuse a line that somebody else writes just after it was read, that many times; how often it was tried."""
    tries = []

    def refuse():
        line = db.session.get_one(FundingLine, line_id)
        tries.append(line.version)
        if len(tries) <= times:
            db.session.execute(
                sa.update(FundingLine).values(version=FundingLine.version + 1),
                execution_options={"synchronize_session": False},
            )
        refuse_funding(line, "Crédits épuisés", actor=SYSTEM, roles={Role.MANAGER})

    try:
        in_unit_of_work(refuse)
    except Refusal as refusal:
        return len(tries), refusal.message
    return len(tries), None


def test_a_step_over_a_line_written_since_it_was_read_is_taken_again_on_what_is_there(app):
    scene = make_scene(app)
    line = scene.line(scene.application())
    assert crossed(line.id, times=1) == (2, None)
    assert db.session.get(FundingLine, line.id).status is FundingStatus.REFUSED


def test_a_line_written_again_and_again_is_refused_in_words_and_left_as_it_is(app):
    scene = make_scene(app)
    line = scene.line(scene.application())
    assert crossed(line.id, times=2) == (2, BUSY_MESSAGE)
    assert db.session.get(FundingLine, line.id).status is FundingStatus.REQUESTED

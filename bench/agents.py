"""Eight agents write to one programming table and its envelopes for half a minute, each as fast as answered.

    python -m bench.agents                                        # SQLite and the bundled queue
    TEST_DATABASE_URL=… TEST_REDIS_URL=… python -m bench.agents   # PostgreSQL and Redis; the database is emptied

A real `portal up` answers real connections of this machine, while a watcher samples the database. The
exit code is 1 when an envelope was overdrawn at any instant, when a write told accepted is not kept (or
one told refused is), when a refusal had no words, or when the server failed once.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html
import sqlalchemy as sa
from flask import Flask

from bench.traffic import Traffic, Visit, prepared, session_of
from portal.accounts.rules import Role
from portal.extensions import db
from tests import factories
from tests.integration.committee.deciding import Scene, make_scene
from tests.integration.committee.shared_writes import Told, compared, overdrawn
from tests.integration.processes.running import RunningPortal

SECONDS = 30.0
AGENTS = (Role.MANAGER, Role.MANAGER, Role.OFFICER, Role.OFFICER) + (Role.FUNDER_AGENT,) * 2 + (Role.STATE_OFFICER,) * 2
SHARED, GRANTABLE = 10, 160
SAMPLE_EVERY = 0.01
BOX = re.compile(r"([0-9]+)-([0-9]+)-([0-9]+)")


@dataclass
class Table:
    """The call that all write to: line and envelope ids by funder, « city » and « state »."""

    call_id: int
    funders: dict[str, int]
    shared: dict[str, list[int]]
    grantable: dict[str, list[int]]
    envelopes: dict[str, int]
    structures: list[int]
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))


@dataclass
class Agent:
    """One of the eight, with what they were told of each attempt; `versions` of lines as they last read them."""

    role: Role
    visit: Visit
    traffic: Traffic
    table: Table
    chance: random.Random
    told: list[Told] = field(default_factory=list)
    versions: dict[int, int] = field(default_factory=dict)

    @property
    def sides(self) -> list[str]:
        """The funders whose lines are theirs to write."""
        return {Role.FUNDER_AGENT: ["city"], Role.STATE_OFFICER: ["state"]}.get(self.role, ["city", "state"])

    def work(self, until: float) -> None:
        deeds: list[Callable[[], None]] = [self.propose, self.propose, self.propose, self.apply_tool]
        if self.role is Role.MANAGER:
            deeds += [self.revise, self.revise]
        if self.role is not Role.OFFICER:
            deeds += [self.grant, self.refuse]
        while time.monotonic() < until:
            self.chance.choice(deeds)()

    def _side(self) -> str:
        return self.chance.choice(self.sides)

    def _unlike(self, most: int) -> int:
        """An amount that nobody else sends: each write is known by its own."""
        return 1_00 + next(self.table.numbers) % (most - 1_00)

    def propose(self) -> None:
        """In place, as the table's script does, over the version last read: another's writing is a conflict."""
        line_id = self.chance.choice(self.table.shared[self._side()])
        cents = self._unlike(4_000_00)
        sent = {"amount": euros(cents), "version": self.versions.get(line_id, 1)}
        path = f"/programmation/lignes/{line_id}"
        status, _, body = self.traffic.ask(
            self.visit, "POST", path, sent, accept="application/json", kind="une proposition"
        )
        told = json.loads(body) if status in (200, 409, 422) else {}
        self.versions[line_id] = told.get("version", 1)
        self._hear("propose", line_id, cents, status == 200, told.get("message", ""))

    def apply_tool(self) -> None:
        """A rate on the lines of one structure: previewed, then applied as shown."""
        rate = f"{self.chance.randint(1_000, 9_999) / 100:.2f}".replace(".", ",")
        structure = self.chance.choice(self.table.structures)
        path = f"/programmation/{self.table.call_id}/outils/apercu?outil=taux&taux={rate}&structure={structure}"
        _, _, page = self.traffic.ask(self.visit, "GET", path, kind="aperçu d’un outil")
        boxes = BOX.findall(" ".join(lxml.html.fromstring(page).xpath("//input[@name='ligne']/@value"))) if page else []
        if not boxes:
            return
        sent = {"ligne": ["-".join(box) for box in boxes]}
        status, _, page = self.traffic.ask(self.visit, "POST", path, sent, kind="application d’un outil")
        for line_id, _version, cents in boxes:
            self._hear("propose", int(line_id), int(cents), status == 302, words_of(page))

    def revise(self) -> None:
        """Up or down, sometimes below what is granted."""
        envelope_id = self.table.envelopes[self._side()]
        path = f"/appels/{self.table.call_id}/enveloppes/{envelope_id}/reviser"
        _, _, page = self.traffic.ask(self.visit, "GET", path, kind="page d’une enveloppe")
        if not page:
            return
        tree = lxml.html.fromstring(page)
        cents = self.chance.randint(20_000, 120_000) * 1_00 + next(self.table.numbers) % 100
        sent = {
            "amount_cents": euros(cents),
            "status": tree.xpath("//input[@name='status'][@checked]/@value")[0],
            "reason": "Révision d’essai",
            "version": tree.xpath("//input[@name='version']/@value")[0],
        }
        status, _, page = self.traffic.ask(self.visit, "POST", path, sent, kind="une révision")
        self._hear("revise", envelope_id, cents, status == 302, words_of(page))

    def grant(self) -> None:
        """An act on two lines, which another may be granting or refusing at the same moment."""
        side = self._side()
        lines = self.chance.sample(self.table.grantable[side], 2)
        amounts = {line_id: self._unlike(1_000_00) + 500_00 for line_id in lines}
        sent = {"kind": "order", "number": f"A-{next(self.table.numbers)}", "decided_on": "03/04/2026"}
        sent |= {f"amount_{line_id}": euros(cents) for line_id, cents in amounts.items()}
        path = f"/programmation/{self.table.call_id}/actes/nouveau/{self.table.funders[side]}"
        status, _, page = self.traffic.ask(self.visit, "POST", path, sent, kind="un acte")
        for line_id, cents in amounts.items():
            self._hear("grant", line_id, cents, status == 302, words_of(page))

    def refuse(self) -> None:
        line_id = self.chance.choice(self.table.grantable[self._side()])
        path = f"/programmation/lignes/{line_id}/refuser"
        status, _, page = self.traffic.ask(self.visit, "POST", path, {"reason": "Crédits épuisés"}, kind="un refus")
        self._hear("refuse", line_id, None, status == 302, words_of(page))

    def _hear(self, kind: str, subject_id: int, cents: int | None, accepted: bool, words: str) -> None:
        self.told.append(Told(kind, subject_id, cents, accepted, words))


def euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def words_of(page: str) -> str:
    """What a page says of a refusal, above its form."""
    return " ".join(lxml.html.fromstring(page).xpath("//*[@role='alert']//li//text()")) if page.strip() else ""


@dataclass
class Watcher:
    """Samples the envelopes on connections of its own; everything wrong it saw, and how often it looked."""

    engine: sa.Engine
    over: threading.Event = field(default_factory=threading.Event)
    wrong: Counter[str] = field(default_factory=Counter)
    looks: int = 0

    def watch(self) -> None:
        while not self.over.wait(SAMPLE_EVERY):
            with self.engine.connect() as connection:
                self.wrong.update(overdrawn(connection))
            self.looks += 1


def main() -> int:
    with TemporaryDirectory() as folder:
        portal = RunningPortal(Path(folder) / "instance")
        app = prepared(portal)
        with app.app_context():
            table, people = _scene(app)
            db.session.remove()
            portal.start()
            traffic, watcher = Traffic(portal.port), Watcher(db.engine)
            agents = [
                Agent(role, visit, traffic, table, random.Random(number))  # noqa: S311 - a bench, no secret
                for number, (role, visit) in enumerate(people)
            ]
            try:
                _run(agents, watcher)
            finally:
                portal.stop()
            told = [each for agent in agents for each in agent.told]
            wrong = [f"{fault} ({count} looks)" for fault, count in watcher.wrong.items()] + compared(told)
            _tell(traffic, told, watcher, wrong)
            db.session.remove()
            db.engine.dispose()
    return 1 if wrong or traffic.failed() else 0


def _run(agents: Sequence[Agent], watcher: Watcher) -> None:
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=agent.work, args=(until,)) for agent in agents]
    looking = threading.Thread(target=watcher.watch)
    for thread in (looking, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    watcher.over.set()
    looking.join()


def _scene(app: Flask) -> tuple[Table, list[tuple[Role, Visit]]]:
    """A call with lines to propose on, and retained ones that wait for an act."""
    it = make_scene(app)
    shared = [it.application() for _ in range(SHARED)]
    waiting = [it.application() for _ in range(GRANTABLE)]
    for application in waiting:
        it.arbitrate(application, city=2_500_00, state=1_500_00)
    ids = {
        name: ([it.line(each, funder).id for each in shared], [it.line(each, funder).id for each in waiting])
        for name, funder in (("city", it.city), ("state", it.state))
    }
    table = Table(
        it.call.id,
        {"city": it.city.id, "state": it.state.id},
        {name: found[0] for name, found in ids.items()},
        {name: found[1] for name, found in ids.items()},
        {"city": it.city_envelope.id, "state": it.state_envelope.id},
        [each.organisation_id for each in shared],
    )
    return table, [(role, session_of(app, _holder(it, role))) for role in AGENTS]


def _holder(it: Scene, role: Role) -> factories.Person:
    scope = {Role.FUNDER_AGENT: it.city, Role.STATE_OFFICER: it.state}
    return factories.staff(role, scope.get(role, it.contract))


def _tell(traffic: Traffic, told: Sequence[Told], watcher: Watcher, wrong: Sequence[str]) -> None:
    print(
        f"{db.engine.dialect.name}: {len(AGENTS)} agents for {SECONDS:.0f} s on {SHARED * 2} shared lines, 2 envelopes,"
    )
    print(f"{GRANTABLE * 2} lines waiting for an act; {watcher.looks} looks at the envelopes meanwhile")
    traffic.tell()
    kinds = sorted({each.kind for each in told})
    for kind in kinds:
        accepted = sum(each.accepted for each in told if each.kind == kind)
        refused = sum(not each.accepted for each in told if each.kind == kind)
        print(f"{kind:10} accepted {accepted:>6}   refused in words {refused:>6}")
    for words, count in Counter(each.words for each in told if not each.accepted).most_common(8):
        print(f"  {count:>6} × {words[:100]}")
    for line in wrong[:20]:
        print("WRONG", line)
    print(f"{len(wrong)} differences between what was told and what is kept")


if __name__ == "__main__":
    sys.exit(main())

"""Whatever two members do in several tabs, whatever the network does: no accepted word is lost, one submission.

Random sequences of edits, saves that arrive, arrive late, twice or never, sessions that end, restarts,
conflicts and filings. What is checked says nothing of how it is done: the words in place change only by
a save of the same page typed later, or by somebody who had seen them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.accounts.rules import MemberLevel
from portal.calls.models import SectionDraft, Submission
from portal.calls.rules.submission import thawed
from portal.calls.states import ApplicationStatus, Section
from portal.extensions import db
from tests import factories
from tests.integration.calls.filing.scene import Filer, Scene, filer, fresh, scene, sections_of
from tests.visitors import Answer

PATH = "/dossiers/{}/projet"
FIELDS = ("need", "objectives", "starts_on")
WORDS = st.text(alphabet="abcé’ 12/\N{GRINNING FACE}<", min_size=1, max_size=12).map(str.strip).filter(bool)
_ticks = itertools.count(1)


@dataclass(frozen=True)
class Sent:
    """A save on its way: its words, when they were typed, what its page had shown."""

    writer: int
    page: str
    version: int
    sequence: int
    words: dict[str, str]
    typed_at: int
    seen: frozenset[int]


@dataclass
class Tab:
    writer: int
    page: str
    version: int
    words: dict[str, str]
    seen: set[int]
    typed_at: int = 0
    sequence: int = 0

    def leaving(self) -> Sent:
        self.sequence += 1
        return Sent(
            self.writer, self.page, self.version, self.sequence, dict(self.words), self.typed_at, frozenset(self.seen)
        )


@dataclass
class Place:
    """What every example starts from."""

    app: Flask
    it: Scene
    writers: list[Filer]
    filled: list[int] = field(default_factory=list)


class Filing(RuleBasedStateMachine):
    place: Place

    @initialize()
    def begin(self) -> None:
        owner = self.place.writers[0]
        for writer in self.place.writers:
            self._sign_in(writer)
        self.application = owner.begin(self.place.it)
        owner.fill(self.application, self.place.it)
        self.tabs: list[Tab] = []
        self.on_the_way: list[Sent] = []
        self.deliveries = 0
        # The revision of the words in place, their page and when they were typed.
        self.revision, self.page, self.typed_at = next(_ticks), "p", 0
        self.words = self._in_place()
        for writer in range(2):
            self.open_a_tab(writer)

    # -- what people and the network do ---------------------------------------------------------------

    @precondition(lambda self: len(self.tabs) < 4 and self._is_draft())
    @rule(writer=st.integers(0, 1))
    def open_a_tab(self, writer: int) -> None:
        page = self.place.writers[writer].get(PATH.format(self.application))
        if page.status_code == 200:
            self.tabs.append(self._tab(writer, page))

    @precondition(lambda self: self.tabs)
    @rule(
        data=st.data(),
        name=st.sampled_from(FIELDS),
        words=WORDS,
        fate=st.sampled_from(["arrives", "arrives", "answer lost", "lost", "delayed"]),
    )
    def type_and_save(self, data: st.DataObject, name: str, words: str, fate: str) -> None:
        tab = data.draw(st.sampled_from(self.tabs))
        tab.words[name], tab.typed_at = words, next(_ticks)
        sent = tab.leaving()
        if fate == "delayed":
            self.on_the_way.append(sent)
        elif fate != "lost":
            answer = self._deliver(sent)
            if fate == "arrives" and answer.status_code == 200:
                tab.version = answer.json["version"]
                tab.seen.add(self.revision)

    @precondition(lambda self: self.tabs)
    @rule(data=st.data(), words=st.lists(WORDS, min_size=2, max_size=2))
    def two_saves_cross_on_the_way(self, data: st.DataObject, words: list[str]) -> None:
        tab = data.draw(st.sampled_from(self.tabs))
        tab.words["need"], tab.typed_at = words[0], next(_ticks)
        first = tab.leaving()
        tab.words["need"], tab.typed_at = words[1], next(_ticks)
        self._deliver(tab.leaving())
        self._deliver(first)

    @precondition(lambda self: self.on_the_way)
    @rule(data=st.data())
    def a_late_save_arrives(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.on_the_way) - 1))
        self._deliver(self.on_the_way.pop(place))

    @precondition(lambda self: self.tabs)
    @rule(data=st.data(), keep_mine=st.booleans())
    def press_save(self, data: st.DataObject, keep_mine: bool, writer: int | None = None) -> None:
        tab = data.draw(st.sampled_from([tab for tab in self.tabs if writer in (None, tab.writer)]))
        self.tabs.remove(tab)
        answer = self._deliver(tab.leaving(), by_button=True)
        if answer.status_code == 401:
            answer = self._resume(tab, answer)
        if answer.status_code == 409 and answer.tree.xpath('//textarea[@name="need"]'):
            self._choose(tab, answer, keep_mine)

    @rule(data=st.data())
    def a_session_ends_before_saving(self, data: st.DataObject) -> None:
        writer = data.draw(st.integers(0, 1))
        who = self.place.writers[writer]
        with who.client.session_transaction() as session:
            session["seen_at"] = 0
        if any(tab.writer == writer for tab in self.tabs):
            self.press_save(data, data.draw(st.booleans()), writer)
        self._sign_in(who)

    @rule()
    def the_server_restarts(self) -> None:
        db.session.rollback()
        db.engine.dispose()

    # Filing ends the story: not before some of it was told.
    @precondition(lambda self: self.deliveries >= 10)
    @rule(writer=st.integers(0, 1), times=st.integers(1, 2))
    def file_it(self, writer: int, times: int) -> None:
        who = self.place.writers[writer]
        if who.get(f"/dossiers/{self.application}").status_code != 200:
            return
        was_draft, ready = self._is_draft(), self._is_readable()
        for _ in range(times):
            answer = who.post(
                f"/dossiers/{self.application}/depot", version="0", page="s", opened="", deposer="1",
                signatory_name="Dominique Martin", signatory_role="Présidente", **self._boxes(),
            )  # fmt: skip
            if was_draft:
                assert (answer.status_code == 302) == ready, (answer.errors, self.words)

    # -- what must hold -----------------------------------------------------------------------------------

    @invariant()
    def the_words_in_place_are_those_accepted(self) -> None:
        if hasattr(self, "application"):
            assert self._in_place() == self.words

    @invariant()
    def at_most_one_submission_with_the_words_in_place(self) -> None:
        if not hasattr(self, "application"):
            return
        found = db.session.scalars(sa.select(Submission).where(Submission.application_id == self.application)).all()
        assert len(found) == (0 if self._is_draft() else 1)
        for submission in found:
            assert thawed(submission.snapshot).project.need == self.words["need"]
        db.session.rollback()

    # -- how -------------------------------------------------------------------------------------------------

    def _deliver(self, sent: Sent, *, by_button: bool = False) -> Answer:
        """The request reaches the server; if it changed the words in place, it had the right to."""
        self.deliveries += 1
        path = PATH.format(self.application) + ("" if by_button else "/enregistrement")
        base = {"title": "Lire", "is_renewal": "non", "duration": "one_year", "ends_on": "30/11/2026"}
        whole = {**sections_of(self.place.it)["projet"], **base, **sent.words}
        answer = self.place.writers[sent.writer]._send(
            "POST",
            path,
            data={**whole, "version": sent.version, "page": sent.page, "sequence": sent.sequence},
            headers={"Origin": "http://localhost"},
        )
        assert answer.status_code < 500
        self._account_for(sent)
        accepted = answer.status_code == 200 if not by_button else answer.status_code == 302
        if accepted and answer.location is None:
            newer = self.page == sent.page and self.typed_at >= sent.typed_at
            assert self.words == sent.words or newer, "told saved, and it is not"
        return answer

    def _account_for(self, sent: Sent) -> None:
        now = self._in_place()
        if now == self.words:
            if now == sent.words:
                self.page, self.typed_at = self._page_in_place(), max(self.typed_at, sent.typed_at)
            return
        assert now == sent.words, "words that nobody sent"
        typed_later_in_the_same_page = sent.page == self.page and sent.typed_at >= self.typed_at
        assert typed_later_in_the_same_page or self.revision in sent.seen, "words replaced unseen"
        self.words, self.page, self.typed_at, self.revision = now, sent.page, sent.typed_at, next(_ticks)

    def _choose(self, tab: Tab, answer: Answer, keep_mine: bool) -> None:
        """The page of the two versions: both are shown; keep one."""
        shown = answer.text
        for name in FIELDS:
            if tab.words[name] != self.words[name]:
                assert " ".join(tab.words[name].split()) in shown
                assert " ".join(self.words[name].split()) in shown
        if keep_mine:
            tab.version = int(answer.tree.xpath('//input[@name="version"]/@value')[0])
            tab.sequence = int(answer.tree.xpath('//input[@name="sequence"]/@value')[0]) - 1
            tab.seen.add(self.revision)
            self._deliver(tab.leaving(), by_button=True)

    def _resume(self, tab: Tab, answer: Answer) -> Answer:
        """Sign in again from the page that kept the words, and send them."""
        kept = answer.tree.xpath('//input[@name="kept"]/@value')[0]
        writer = self.place.writers[tab.writer]
        self._sign_in(writer)
        page = writer.post("/connexion", kept=kept)
        words = {area.get("name"): area.text for area in page.tree.xpath('//textarea[@aria-hidden="true"]')}
        assert {name: words[name] for name in FIELDS} == tab.words
        return self._deliver(replace(tab.leaving(), sequence=int(words["sequence"])), by_button=True)

    def _tab(self, writer: int, page: Answer) -> Tab:
        def value(name: str) -> str:
            field = page.tree.xpath(f'//main//*[@name="{name}"]')[0]
            return str(field.get("value") if field.tag == "input" else field.text or "").strip()

        words = {name: value(name) for name in FIELDS}
        assert words == self.words, "the page shows other words than those saved"
        return Tab(writer, value("page"), int(value("version")), words, {self.revision})

    def _raw(self) -> dict[str, Any]:
        db.session.rollback()
        here = sa.and_(SectionDraft.application_id == self.application, SectionDraft.section == Section.PROJECT)
        raw = db.session.scalars(sa.select(SectionDraft.raw).where(here)).one()
        db.session.rollback()
        return dict(raw)

    def _in_place(self) -> dict[str, str]:
        return {name: self._raw()["typed"][name][0] for name in FIELDS}

    def _page_in_place(self) -> str:
        return str(self._raw()["page"])

    def _is_draft(self) -> bool:
        status = fresh(self.application).status
        db.session.rollback()
        return status is ApplicationStatus.DRAFT

    def _is_readable(self) -> bool:
        """Whether the dates typed are dates: otherwise the section is not complete."""
        from portal.calls.queries.filing_checklist import checklist_of

        unfinished = checklist_of(fresh(self.application)).unfinished
        db.session.rollback()
        return not unfinished

    def _boxes(self) -> dict[str, str]:
        from portal.calls.rules.sections import asked_attestations

        return {f"attest_{code}": "y" for code in asked_attestations("association")}

    @staticmethod
    def _sign_in(writer: Filer) -> None:
        import time

        with writer.client.session_transaction() as session:
            session["_user_id"] = writer.session_id  # type: ignore[attr-defined]
            session["second_factor"] = True
            session["seen_at"] = session["began_at"] = session["confirmed_at"] = int(time.time())


def test_no_accepted_word_is_lost_and_one_submission_is_made(app: Flask) -> None:
    it = scene()
    colleague = factories.member(it.organisation, MemberLevel.OWNER)
    writers = [filer(app, it.owner), filer(app, colleague)]
    for writer, person in zip(writers, (it.owner, colleague), strict=True):
        writer.session_id = person.get_id()  # type: ignore[attr-defined]
    Filing.place = Place(app, it, writers)
    run_state_machine_as_test(
        Filing,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

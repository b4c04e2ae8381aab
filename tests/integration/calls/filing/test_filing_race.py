"""What arrives while an application is being filed: it waits, then meets an application that is filed."""

from __future__ import annotations

import threading

import pytest

from portal.accounts.rules import Role
from portal.calls.models import Application
from portal.calls.operations.sections import save_section
from portal.calls.operations.submission import submit
from portal.calls.queries.sections import dossier_of, drafts_of
from portal.calls.queries.submission import submission_of
from portal.calls.rules.sections import asked_attestations
from portal.calls.rules.submission import thawed
from portal.calls.states import ApplicationStatus, Section
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import unit_of_work
from tests.integration.calls.filing.scene import fresh, sections_of
from tests.racing import until_somebody_waits


@pytest.fixture
def ready(owner, it, draft):
    """The id of an application that lacks only its signature, and was saved already."""
    owner.fill(draft, it)
    return draft


def answered_while_filing(owner, it, application_id, path, **typed):
    """The answer to what is sent once the filing has read everything and before it is committed."""
    answers = []
    sender = threading.Thread(target=lambda: answers.append(owner.client.post(path, data=typed).status_code))
    actor = Actor.person(it.owner.id, "Camille")
    kind = it.organisation.kind
    engine = db.engine
    with unit_of_work() as session:
        submit(
            session.get_one(Application, application_id),
            signatory_name="Dominique Martin",
            signatory_role="Présidente",
            attested=asked_attestations(kind),
            received_at=clock.now(),
            form_opened_at=None,
            actor=actor,
            roles={Role.APPLICANT},
        )
        session.flush()
        sender.start()
        until_somebody_waits(engine)
    sender.join()
    return answers[0]


@pytest.mark.parametrize("place", ["", "/enregistrement"])
def test_words_that_arrive_during_the_filing_do_not_change_what_was_filed(owner, it, ready, place):
    typed = {**sections_of(it)["projet"], "title": "Un autre titre", "version": "1", "page": "p", "sequence": "9"}
    answer = answered_while_filing(owner, it, ready, f"/dossiers/{ready}/projet{place}", **typed)
    assert answer == (422 if place else 200)
    filed = fresh(ready)
    assert filed.status is ApplicationStatus.SUBMITTED
    assert dossier_of(filed).project == thawed(submission_of(ready).snapshot).project
    assert filed.title == "Lire en bas des tours"
    db.session.rollback()


def test_a_draft_given_up_during_the_filing_stays_filed(owner, it, ready):
    answer = answered_while_filing(owner, it, ready, f"/dossiers/{ready}/abandon")
    assert answer == 409
    assert fresh(ready).status is ApplicationStatus.SUBMITTED
    db.session.rollback()


def test_a_page_opened_while_a_save_is_on_its_way_shows_what_it_saved(owner, it, ready):
    """Else the browser, told that the server has its words, would forget them beside a form without them."""
    pages = []
    reader = threading.Thread(target=lambda: pages.append(owner.client.get(f"/dossiers/{ready}/projet").get_data(True)))
    actor, engine = Actor.person(it.owner.id, "Camille"), db.engine
    version = drafts_of(ready)[Section.PROJECT].version
    with unit_of_work() as session:
        application = session.get_one(Application, ready)

        def write():
            application.title = "Écrit en descendant du bus"

        save_section(
            application, Section.PROJECT, {}, version=version, page="bus", sequence=3, actor=actor, write=write,
            is_autosave=True,
        )  # fmt: skip
        session.flush()
        reader.start()
        until_somebody_waits(engine)
    reader.join()
    shown = ("Écrit en descendant du bus" in pages[0], 'data-saved-page="bus"' in pages[0])
    # SQLite reads the page as the database was when it was asked: before or after, never a part of each.
    assert shown == (True, True) or (engine.dialect.name == "sqlite" and shown == (False, False))

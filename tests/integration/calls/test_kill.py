"""A process killed while filing: wholly filed or still the draft it was, acknowledged once."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.calls.models import Apportionment, Attestation, Submission
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import drain, recover_stale, run_task
from portal.foundation.events import history_of_application
from portal.foundation.files import StoredFile
from portal.foundation.outbox import Mail, MailState, Task, TaskState
from tests.integration.calls.filing.children import Child, run
from tests.integration.calls.filing.filing_child import file_application
from tests.integration.calls.filing.scene import filer, fresh, scene

KILLED = -signal.SIGKILL

pytestmark = pytest.mark.processes


@pytest.fixture
def it(app):
    return scene()


@pytest.fixture
def ready(app, it):
    """(application id, owner's id) of an application that lacks only its signature."""
    owner = filer(app, it.owner)
    draft = owner.begin(it)
    owner.fill(draft, it)
    return draft, owner.person_id


def count(table, *where):
    found = db.session.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()
    db.session.rollback()
    return found


def standing(draft):
    """What there is of a filing: (status, submissions, mails, jobs, attestations, « déposé » in the journal)."""
    application = fresh(draft)
    filed = [event for event in history_of_application(draft) if event.action == "application.submitted"]
    jobs = count(Task, Task.name.in_(["application_pdf", "acknowledgement_pdf"]))
    return (application.status, count(Submission), count(Mail), jobs, count(Attestation) > 0, len(filed))


DRAFT = (ApplicationStatus.DRAFT, 0, 0, 0, False, 0)
FILED = (ApplicationStatus.SUBMITTED, 1, 1, 2, True, 1)


@pytest.mark.parametrize(
    ("fault", "left"), [("before_write", DRAFT), ("before_commit", DRAFT), ("after_commit", FILED)]
)
def test_killed_while_filing_it_is_filed_whole_or_still_a_draft(app, ready, fault, left):
    draft, person = ready
    assert run(app, "file", draft, person, fault=fault) == (None, KILLED)
    assert standing(draft) == left
    # The person presses again, then the outbox is drained, twice.
    answer = file_application(draft, person)
    assert answer == {"receipt": db.session.execute(sa.select(Submission.receipt_number)).scalar_one()}
    assert standing(draft) == FILED
    for _ in range(2):
        drain()
    assert count(Mail, Mail.state == MailState.SENT) == 1
    assert sent_messages(app) == 1
    assert count(Apportionment) == 4


def sent_messages(app):
    folder = app.config["PORTAL"].instance_path / "mail"
    (mail,) = db.session.scalars(sa.select(Mail.id))
    db.session.rollback()
    return len(list(folder.glob(f"outbox-{mail}.eml")))


def test_killed_before_the_outbox_is_drained_the_acknowledgement_still_leaves_once(app, ready):
    draft, person = ready
    file_application(draft, person)
    assert run(app, "drain", fault="before_drain") == (None, KILLED)
    assert standing(draft) == FILED
    assert count(Mail, Mail.state == MailState.PENDING) == 1
    for _ in range(2):
        drain()
    assert count(Mail, Mail.state == MailState.SENT) == 1
    assert sent_messages(app) == 1


def test_killed_during_the_pdf_it_is_made_later_and_once(app, ready):
    draft, person = ready
    file_application(draft, person)
    task = db.session.execute(sa.select(Task.id).where(Task.name == "application_pdf")).scalar_one()
    assert run(app, "pdf", task, fault="during_pdf") == (None, KILLED)
    assert standing(draft) == FILED
    files_before = count(StoredFile)
    # What a killed worker held is given back once it is clearly dead.
    with unit_of_work() as session:
        session.execute(sa.update(Task).where(Task.id == task).values(started_at=clock.now() - timedelta(hours=1)))
    recover_stale()
    for _ in range(2):
        run_task(task)
    assert db.session.get_one(Task, task).state is TaskState.DONE
    assert db.session.execute(sa.select(Submission.pdf_file_id)).scalar_one() is not None
    assert count(StoredFile) == files_before + 1


def test_two_processes_file_the_same_application_once(app, ready):
    draft, person = ready
    racers = [Child(app, "file", draft, person) for _ in range(2)]
    for racer in racers:
        racer.go()
    answers = [racer.read() for racer in racers]
    assert [racer.end() for racer in racers] == [0, 0]
    assert answers[0] == answers[1]
    assert answers[0] == {"receipt": db.session.execute(sa.select(Submission.receipt_number)).scalar_one()}
    assert standing(draft) == FILED

"""The quarantine of uploads: closed until clamd has answered, whatever it answers."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import BankAccount, VaultDocument
from portal.accounts.rules import Role
from portal.calls.models import ApplicationDocument
from portal.calls.queries.filing_timeline import timeline_of
from portal.calls.states import ApplicationStatus
from portal.committee.queries.completeness import automatic_results
from portal.committee.states import CheckResult
from portal.extensions import db
from portal.foundation import antivirus, clock, files, scanning
from portal.foundation.database import unit_of_work
from portal.foundation.delivery import run_task, tick
from portal.foundation.files import StoredFile, files_root
from portal.foundation.outbox import Task, TaskState
from portal.foundation.scan_states import ScanState
from tests import clamd, factories
from tests.integration.calls.filing.scene import PDF, filer, fresh

VIRUS = PDF + clamd.EICAR


@pytest.fixture
def fake(app, tmp_path):
    """A clamd that the portal is set to ask."""
    settings = app.config["PORTAL"]
    with clamd.running(tmp_path) as running:
        app.config["PORTAL"] = replace(settings, clamd=running.address)
        yield running
    app.config["PORTAL"] = settings


def run_jobs():
    """What the worker does with what waits."""
    waiting = sa.select(Task.id).where(Task.state == TaskState.WAITING).order_by(Task.id)
    while (task := db.session.scalars(waiting.limit(1)).first()) is not None:
        db.session.rollback()
        run_task(task)
    db.session.rollback()


def minutes_later(minutes):
    """The tick and its jobs, some minutes from now."""
    with clock.held(clock.now() + timedelta(minutes=minutes)):
        tick()
        run_jobs()


def stored():
    row = db.session.execute(sa.select(StoredFile).order_by(StoredFile.id.desc()).limit(1)).scalar_one()
    found = (row.scan, (files_root() / row.path).exists())
    db.session.rollback()
    return found


def line(owner, draft):
    """What the page says where the file is."""
    return owner.get(f"/dossiers/{draft}/documents").texts('//div[contains(@class, "joined-words")]/p')


def piece(draft):
    document = db.session.execute(sa.select(sa.func.max(ApplicationDocument.id))).scalar_one()
    db.session.rollback()
    return f"/dossiers/{draft}/pieces/{document}"


def test_without_clamd_files_open_at_once(owner, it, draft):
    owner.add_document(draft, it.report.id)
    assert stored() == (ScanState.NOT_SCANNED, True)
    assert owner.get(piece(draft)).data == PDF


def test_a_file_stays_closed_to_everybody_until_it_was_checked(app, owner, it, draft, fake):
    owner.add_document(draft, it.report.id, name="rapport.pdf")
    with unit_of_work():
        fresh(draft).status = ApplicationStatus.SUBMITTED
    manager = filer(app, factories.staff(Role.MANAGER, it.contract))
    for reader in (owner, manager):
        answer = reader.get(piece(draft))
        assert answer.status_code == 409
        assert "L’antivirus vérifie ce fichier" in answer.text
        assert PDF not in answer.data
        assert reader.get(piece(draft) + "/apercu").status_code == 404
    assert "En cours de vérification" in manager.get(f"/dossiers/{draft}/instruction").text
    run_jobs()
    assert fake.received == [PDF]
    assert stored() == (ScanState.CLEAN, True)
    for reader in (owner, manager):
        assert reader.get(piece(draft)).data == PDF


def test_the_page_says_that_a_file_is_being_checked(owner, it, draft, fake):
    owner.add_document(draft, it.report.id, name="rapport.pdf")
    name, told = line(owner, draft)
    assert name.startswith("rapport.pdf (")
    assert told == (
        "→En cours de vérification L’antivirus vérifie ce fichier : il s’ouvrira dès que ce sera fait. "
        "Vous n’avez rien à faire."
    )
    run_jobs()
    assert len(line(owner, draft)) == 1


def test_a_virus_is_deleted_and_told_at_its_line_and_by_mail(owner, it, draft, fake, mailbox):
    owner.add_document(draft, it.report.id, content=VIRUS, name="rapport.pdf")
    run_jobs()
    assert stored() == (ScanState.INFECTED, False)
    assert line(owner, draft)[1].startswith("✕Virus détecté L’antivirus a trouvé un virus dans ce fichier")
    assert owner.get(piece(draft)).status_code == 409
    mail = mailbox.one()
    assert mail.to == it.owner.email
    assert "Un virus dans le fichier « rapport.pdf »" in mail.subject.replace("\u00a0", " ")
    assert f"/dossiers/{draft}" in mail.text
    # The document is asked for again, and the vault offers it no more.
    assert "Rapport d’activité" in " ".join(owner.get(f"/dossiers/{draft}/depot").text.split())
    assert db.session.scalars(sa.select(VaultDocument).where(VaultDocument.replaced_at.is_(None))).all() == []
    titles = [entry.title.replace("\u00a0", " ") for entry in timeline_of(fresh(draft))]
    assert titles[0] == "Document supprimé : l’antivirus y a trouvé un virus"
    db.session.rollback()
    owner.add_document(draft, it.report.id, name="rapport sain.pdf")
    run_jobs()
    assert stored() == (ScanState.CLEAN, True)


def test_a_file_asked_about_twice_is_told_once(owner, it, draft, fake, mailbox):
    owner.add_document(draft, it.report.id, content=VIRUS)
    file_id = db.session.scalar(sa.select(StoredFile.id))
    db.session.rollback()
    for _ in range(2):
        scanning.scan_file(task_id=0, file_id=file_id)
    assert mailbox.one().to == it.owner.email


def test_what_waits_for_the_antivirus_does_not_keep_from_filing(app, owner, it, ready, fake):
    owner.add_document(ready, it.report.id, content=VIRUS, name="rapport.pdf")
    told = "Un document est en cours de vérification par l’antivirus. Vous pouvez déposer sans attendre."
    assert told in owner.get(f"/dossiers/{ready}/depot").text
    assert owner.sign(ready).location == f"/dossiers/{ready}/recepisse"
    check = report_check(ready)
    assert (check.result, check.evidence.replace("\u00a0", " ")) == (
        CheckResult.TO_CHECK,
        "Déposé : a.pdf, rapport.pdf. rapport.pdf : en cours de vérification.",
    )
    remove_all_but_last(ready, it)
    run_jobs()
    check = report_check(ready)
    assert (check.result, check.evidence.replace("\u00a0", " ")) == (
        CheckResult.MISSING, "Le fichier déposé contenait un virus : il est supprimé."
    )  # fmt: skip


def report_check(application_id):
    (found,) = [check for check in automatic_results(fresh(application_id)) if check.code == "document.activity_report"]
    db.session.rollback()
    return found


def remove_all_but_last(application_id, it):
    with unit_of_work() as session:
        last = session.scalar(sa.select(sa.func.max(ApplicationDocument.id)))
        session.execute(
            sa.update(ApplicationDocument)
            .where(ApplicationDocument.requirement_id == it.report.id, ApplicationDocument.id != last)
            .values(removed_at=clock.now())
        )


@pytest.fixture
def ready(app, owner, it, draft):
    """An application that lacks only its signature, made before there was an antivirus."""
    owner.fill(draft, it)
    return draft


@pytest.mark.parametrize("behaviour", ["drop", "mute", "away"])
def test_while_clamd_does_not_answer_the_file_waits_and_is_asked_about_again(
    app, owner, it, draft, fake, behaviour, monkeypatch
):
    monkeypatch.setattr(antivirus, "TIMEOUT", 0.2)
    away = replace(app.config["PORTAL"], clamd=antivirus.Address(path="/nowhere/clamd.ctl"))
    here = app.config["PORTAL"]
    fake.behaviour = behaviour
    if behaviour == "away":
        app.config["PORTAL"] = away
    owner.add_document(draft, it.report.id)
    run_jobs()
    minutes_later(2)
    assert stored() == (ScanState.PENDING, True)
    assert owner.get(piece(draft)).status_code == 409
    app.config["PORTAL"], fake.behaviour = here, "check"
    minutes_later(5)
    assert stored() == (ScanState.CLEAN, True)


def test_clamd_away_is_asked_once_a_minute_whatever_waits(app, owner, it, draft, fake):
    fake.behaviour = "drop"
    for _ in range(3):
        owner.add_document(draft, it.report.id)
    run_jobs()
    asked = fake.asked
    # The same minute, however long the first takes.
    with clock.held(clock.now()):
        minutes_later(2)
        minutes_later(2)
    assert fake.asked == asked + 1


@pytest.mark.parametrize("behaviour", ["error", "limit"])
def test_a_file_that_clamd_cannot_read_is_told_after_some_attempts(owner, it, draft, fake, mailbox, behaviour):
    fake.behaviour = behaviour
    owner.add_document(draft, it.report.id, name="rapport.pdf")
    run_jobs()
    for minutes in range(2, 2 + scanning.MOST_ATTEMPTS):
        assert stored() == (ScanState.PENDING, True)
        assert mailbox.collect() == []
        minutes_later(minutes)
        if stored()[0] is not ScanState.PENDING:
            break
    assert stored() == (ScanState.FAILED, True)
    assert line(owner, draft)[1].startswith("!Non vérifiable L’antivirus n’a pas pu lire ce fichier")
    assert owner.get(piece(draft)).status_code == 409
    with clock.held(clock.now() + timedelta(hours=1)):
        mail = mailbox.one()
    assert "n’a pas pu être vérifié" in mail.subject


def test_what_waited_stays_closed_when_the_setting_is_taken_away(app, owner, it, draft, fake):
    owner.add_document(draft, it.report.id)
    app.config["PORTAL"] = replace(app.config["PORTAL"], clamd=None)
    run_jobs()
    minutes_later(3)
    assert stored() == (ScanState.PENDING, True)


def test_the_bytes_of_a_virus_left_by_a_crash_are_swept(owner, it, draft, fake):
    owner.add_document(draft, it.report.id, content=VIRUS)
    with unit_of_work() as session:
        session.execute(sa.update(StoredFile).values(scan=ScanState.INFECTED))
    assert stored() == (ScanState.INFECTED, True)
    with clock.held(clock.now() + timedelta(days=2)):
        files.sweep()
    assert stored() == (ScanState.INFECTED, False)


def test_a_bank_document_with_a_virus_leaves_the_account(app, owner, it, fake, mailbox):
    owner.give_bank_account(it)
    answer = owner.post(
        f"/structures/{it.organisation.id}/compte-bancaire", holder=it.organisation.name,
        iban="FR14 2004 1010 0505 0001 3M02 606", bic="PSSTFRPPMON", file=(io.BytesIO(VIRUS), "rib.pdf"),
    )  # fmt: skip
    assert answer.status_code == 302, answer.errors
    run_jobs()
    account = db.session.execute(sa.select(BankAccount).where(BankAccount.replaced_at.is_(None))).scalar_one()
    assert account.file_id is None
    db.session.rollback()
    told = [mail.text for mail in mailbox.collect() if "virus" in mail.subject]
    assert ["le compte bancaire de votre structure" in text for text in told] == [True]

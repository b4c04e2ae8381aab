"""Exemptions, drafts given up and taken again, applications taken back, and who may sign."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import VaultDocument
from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application, Exemption, Submission
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation import clock, files
from portal.foundation.database import unit_of_work
from portal.foundation.events import history_of
from portal.foundation.periods import to_paris
from tests import factories
from tests.integration.calls.filing.children import Child
from tests.integration.calls.filing.scene import Filer, filer, fresh
from tests.queries import counted


@pytest.fixture
def manager(app, it) -> Filer:
    return filer(app, factories.staff(Role.MANAGER, it.contract))


@pytest.fixture
def ready(owner, it, draft):
    owner.fill(draft, it)
    return draft


def close(it, ago=timedelta(minutes=10)):
    with unit_of_work():
        db.session.merge(it.call).closes_at = clock.now() - ago


def paris(instant):
    return f"{to_paris(instant):%d/%m/%Y %H:%M}"


def grant(manager, it, *, application="tout", until=None, reason="Panne du 20 novembre", organisation=None):
    until = until or clock.now() + timedelta(days=2)
    return manager.post(
        f"/appels/{it.call.id}/derogations/{(organisation or it.organisation).id}",
        application=application, until=paris(until), reason=reason,
    )  # fmt: skip


def submissions() -> int:
    found = db.session.execute(sa.select(sa.func.count()).select_from(Submission)).scalar_one()
    db.session.rollback()
    return found


def exemption() -> Exemption:
    found = db.session.execute(sa.select(Exemption).order_by(Exemption.id.desc()).limit(1)).scalar_one()
    db.session.rollback()
    return found


# -- exemptions --------------------------------------------------------------------------------------


def test_an_exempted_organisation_files_after_the_closing_and_is_told(owner, manager, it, ready, mailbox):
    close(it)
    assert "clos" in owner.sign(ready).text
    assert grant(manager, it).location == f"/appels/{it.call.id}/derogations"
    mail = mailbox.one()
    assert (mail.to, mail.link) == (it.owner.email, f"/appels/{it.call.id}/deposer")
    assert "Panne du 20 novembre" in mail.text
    for path in (f"/dossiers/{ready}", f"/dossiers/{ready}/depot"):
        assert "érogation" in owner.get(path).text
    assert "ne peut plus être déposé" not in owner.get("/dossiers").text
    assert owner.sign(ready).status_code == 302
    assert fresh(ready).status is ApplicationStatus.SUBMITTED


def test_an_exempted_organisation_begins_what_others_cannot(app, owner, manager, it):
    close(it)
    grant(manager, it)
    assert it.call.title in owner.get("/dossiers").text
    assert owner.begin(it) > 0
    stranger = filer(app, factories.member(factories.organisation("Une autre")))
    assert stranger.get(f"/appels/{it.call.id}/deposer").status_code == 404


def test_the_exemption_of_one_draft_reaches_no_other(owner, manager, it, ready):
    other = fresh(ready)
    close(it)
    sibling = factories.application(it.call, it.organisation, title="Un autre projet")
    assert grant(manager, it, application=str(sibling.id)).status_code == 302
    assert "clos" in owner.sign(other.id).text
    assert submissions() == 0
    page = manager.get(f"/appels/{it.call.id}/derogations")
    assert "Un autre projet" not in page.text, "what a draft holds is its own"


def test_a_revoked_exemption_no_longer_serves_and_stays_written(owner, manager, it, ready, mailbox):
    close(it)
    grant(manager, it)
    mailbox.collect()
    answer = manager.post(f"/derogations/{exemption().id}/fin", reason="Accordée par erreur")
    assert answer.status_code == 302
    assert "Accordée par erreur" in mailbox.one().text
    assert "clos" in owner.sign(ready).text
    assert "Accordée par erreur" in manager.get(f"/appels/{it.call.id}/derogations").text
    actions = [event.action for event in history_of("exemption", exemption().id)]
    assert actions == ["exemption.granted", "exemption.ended"]
    assert "déjà pris fin" in manager.post(f"/derogations/{exemption().id}/fin", reason="Encore").text


def test_a_past_exemption_no_longer_serves(owner, manager, it, ready):
    close(it)
    grant(manager, it)
    with unit_of_work():
        db.session.execute(sa.update(Exemption).values(until=clock.now() - timedelta(minutes=1)))
    assert "clos" in owner.sign(ready).text
    assert submissions() == 0


def test_another_exemption_replaces_the_running_one(manager, it):
    close(it)
    grant(manager, it)
    grant(manager, it, reason="Encore deux jours", until=clock.now() + timedelta(days=4))
    running = db.session.scalars(sa.select(Exemption.reason).where(Exemption.ended_at.is_(None))).all()
    assert running == ["Encore deux jours"]
    db.session.rollback()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"until": ""}, "until"), ({"until": "29/03/2026 02:30"}, "until"), ({"until": "01/01/2020 10:00"}, "until"),
        ({"reason": " "}, "reason"), ({"application": "999999"}, "application"),
    ],
)  # fmt: skip
def test_a_wrong_exemption_is_told_beside_its_field_and_nothing_is_granted(manager, it, draft, sent, field):
    values = {"application": "tout", "until": paris(clock.now() + timedelta(days=90)), "reason": "Panne"}
    answer = manager.post(f"/appels/{it.call.id}/derogations/{it.organisation.id}", **(values | sent))
    assert list(answer.errors) == [field]
    assert db.session.execute(sa.select(sa.func.count()).select_from(Exemption)).scalar_one() == 0
    db.session.rollback()


@pytest.mark.processes
def test_two_managers_at_the_same_instant_leave_one_exemption_running(app, it):
    racers = [Child(app, "exempt", it.call.id, it.organisation.id) for _ in range(2)]
    for racer in racers:
        racer.go()
    assert [racer.read() for racer in racers] == [{"granted": "Panne"}] * 2
    assert [racer.end() for racer in racers] == [0, 0]
    ended = db.session.scalars(sa.select(Exemption.ended_at).order_by(Exemption.id)).all()
    db.session.rollback()
    assert [each is None for each in ended] == [False, True]


def test_an_officer_reads_exemptions_and_grants_none(app, it):
    officer = filer(app, factories.staff(Role.OFFICER, it.contract))
    assert officer.get(f"/appels/{it.call.id}/derogations").status_code == 200
    assert officer.get(f"/appels/{it.call.id}/derogations/{it.organisation.id}").status_code == 404


def test_what_was_received_late_on_paper_is_filed_by_exemption(app, owner, manager, it):
    from tests.integration.calls.filing.test_reception import begin, fill

    officer = filer(app, factories.staff(Role.OFFICER, it.contract))
    close(it, timedelta(hours=5))
    application_id = begin(officer, it)
    fill(officer, application_id, it)
    assert "clos" in officer.sign(application_id).text
    grant(manager, it, application=str(application_id))
    assert officer.sign(application_id).status_code == 302


def test_the_page_runs_the_same_queries_for_one_exemption_and_for_many(app, manager, it):
    def queries_of_page() -> int:
        with counted() as run:
            assert manager.get(f"/appels/{it.call.id}/derogations").status_code == 200
        return len(run)

    grant(manager, it, until=clock.now() + timedelta(days=60))
    one = queries_of_page()
    for _ in range(6):
        organisation = factories.organisation()
        factories.application(it.call, organisation)
        grant(manager, it, organisation=organisation, until=clock.now() + timedelta(days=60))
    assert queries_of_page() == one


# -- giving up, taking again, taking back --------------------------------------------------------------


def test_a_draft_given_up_is_taken_again_whole(owner, it, ready):
    assert owner.post(f"/dossiers/{ready}/abandon").location == f"/dossiers/{ready}"
    page = owner.get(f"/dossiers/{ready}")
    assert page.tree.xpath(f'//form[@action="/dossiers/{ready}/reprise"]')
    owner.post(f"/dossiers/{ready}/reprise")
    assert fresh(ready).status is ApplicationStatus.DRAFT
    assert owner.sign(ready).status_code == 302


def test_a_draft_given_up_stays_hidden_from_the_direction_and_the_funders(app, owner, it, ready):
    owner.post(f"/dossiers/{ready}/abandon")
    for person in (factories.staff(Role.MANAGER, it.contract), factories.staff(Role.FUNDER_AGENT, it.city)):
        visitor = filer(app, person)
        assert visitor.get(f"/dossiers/{ready}/instruction").status_code == 404
    manager = filer(app, factories.staff(Role.MANAGER, it.contract))
    assert "Lire en bas des tours" not in manager.get(f"/appels/{it.call.id}/dossiers").text


def test_a_filed_application_taken_back_says_why_to_the_direction_and_to_its_other_writers(
    app, owner, it, ready, mailbox
):
    officer = factories.staff(Role.OFFICER, it.contract)
    colleague = factories.member(it.organisation, MemberLevel.EDITOR)
    recused = factories.staff(Role.OFFICER, it.contract)
    owner.sign(ready)
    factories.recusal(recused, fresh(ready))
    mailbox.collect()
    assert "reason" in owner.post(f"/dossiers/{ready}/retrait", reason=" ").errors
    assert mailbox.collect() == []
    owner.post(f"/dossiers/{ready}/retrait", reason="Le local est fermé.")
    told = mailbox.collect()
    assert sorted(mail.to for mail in told) == sorted([officer.email, colleague.email])
    assert all("Le local est fermé." in mail.text for mail in told)
    assert fresh(ready).status is ApplicationStatus.WITHDRAWN
    again = owner.post(f"/dossiers/{ready}/retrait", reason="Encore")
    assert "déjà fait" in again.text
    assert mailbox.collect() == []


# -- who signs -----------------------------------------------------------------------------------------


@pytest.fixture
def editor(app, it) -> Filer:
    return filer(app, factories.member(it.organisation, MemberLevel.EDITOR))


def test_who_only_writes_is_told_before_and_files_nothing(editor, owner, it, ready):
    page = editor.get(f"/dossiers/{ready}/depot")
    assert "Vous ne pouvez pas signer ce dossier" in page.text
    answer = editor.sign(ready)
    assert "Vous pouvez rédiger ce dossier, mais pas le signer" in answer.errors[""]
    assert it.owner.display_name in answer.errors[""]
    assert submissions() == 0
    assert "Vous ne pouvez pas signer" not in owner.get(f"/dossiers/{ready}/depot").text


def test_the_representative_of_the_sheet_signs_though_not_owner(editor, it, ready):
    with unit_of_work():
        db.session.merge(it.organisation).representative_name = "noa MEMBRE"
    assert editor.sign(ready).status_code == 302


@pytest.mark.parametrize(("expires_in", "status"), [(None, 302), (3, 302), (-1, 200)])
def test_a_delegation_kept_by_the_organisation_lets_a_member_sign_until_it_expires(
    editor, it, ready, expires_in, status
):
    with unit_of_work() as session:
        stored = files.keep(b"%PDF-1.4", "delegation.pdf", "application/pdf")
        session.add(stored)
        session.flush()
        day = to_paris(clock.now()).date()
        session.add(
            VaultDocument(
                organisation_id=it.organisation.id, kind="delegation", file_id=stored.id, created_at=clock.now(),
                expires_on=None if expires_in is None else day + timedelta(days=expires_in),
            )
        )  # fmt: skip
    assert editor.sign(ready).status_code == status
    assert submissions() == (status == 302)


def test_the_number_of_applications_stays_one_per_press(owner, it):
    assert owner.begin(it) == owner.begin(it)
    assert db.session.execute(sa.select(sa.func.count()).select_from(Application)).scalar_one() == 1
    db.session.rollback()

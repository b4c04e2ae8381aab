"""« Mes dossiers », beginning an application, abandoning and withdrawing it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts.rules import MemberLevel, Role
from portal.calls.models import Application
from portal.calls.states import ApplicationStatus, CallStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.database import unit_of_work
from portal.foundation.events import record
from tests import factories
from tests.integration.calls.filing.scene import filer, fresh
from tests.queries import counted


def test_an_association_begins_in_two_clicks_and_finds_its_draft_again(owner, it):
    page = owner.get("/dossiers")
    assert it.call.title in page.text
    draft = owner.begin(it)
    assert "Projet sans titre" in owner.get("/dossiers").text
    application = fresh(draft)
    assert (application.number, application.status) == (1, ApplicationStatus.DRAFT)


def test_a_double_click_begins_once(owner, it):
    assert owner.begin(it) == owner.begin(it)
    owner.save(owner.begin(it), "projet", title="Lire")
    assert db.session.scalars(sa.select(Application.number)).all() == [1]
    second = owner.begin(it)
    assert fresh(second).number == 2


@pytest.mark.parametrize(
    "change",
    [
        {"status": CallStatus.DRAFT},
        {"status": CallStatus.ARCHIVED},
        {"opens_at": timedelta(hours=1)},
        {"closes_at": timedelta(seconds=-1)},
    ],
)
def test_a_call_that_is_not_open_takes_no_application(owner, it, change):
    with unit_of_work():
        call = db.session.merge(it.call)
        for name, value in change.items():
            setattr(call, name, clock.now() + value if isinstance(value, timedelta) else value)
    assert owner.get(f"/appels/{it.call.id}/deposer").status_code == 404
    assert it.call.title not in owner.get("/dossiers").text


def test_one_begins_only_for_one_s_own_organisations(app, owner, it):
    other = factories.organisation("Une autre")
    answer = owner.post(f"/appels/{it.call.id}/deposer", organisation=other.id)
    assert answer.status_code == 200
    reader = filer(app, factories.member(it.organisation, MemberLevel.READER))
    assert reader.post(f"/appels/{it.call.id}/deposer", organisation=it.organisation.id).status_code == 200
    assert db.session.scalars(sa.select(Application.id)).all() == []


def test_numbers_follow_each_other_when_many_begin_at_once(app, it):
    visitors = [filer(app, factories.member(factories.organisation())) for _ in range(6)]
    scopes = [visitor.get("/dossiers") for visitor in visitors]
    assert all(page.status_code == 200 for page in scopes)
    db.session.remove()
    ids = {visitor: _organisation_of(app, visitor) for visitor in visitors}
    call_id = it.call.id if it.call in db.session else _call_id()
    start = threading.Barrier(len(visitors))
    statuses = []

    def begin(visitor):
        start.wait()
        answer = visitor.client.post(f"/appels/{call_id}/deposer", data={"organisation": ids[visitor]})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=begin, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * 6
    numbers = db.session.scalars(sa.select(Application.number).order_by(Application.number)).all()
    assert numbers == [1, 2, 3, 4, 5, 6]
    db.session.rollback()


def _organisation_of(app, visitor):
    from portal.accounts.models import Grant

    found = db.session.execute(sa.select(Grant.scope_id).where(Grant.person_id == visitor.person_id)).scalar_one()
    db.session.rollback()
    return found


def _call_id():
    from portal.calls.models import Call

    found = db.session.execute(sa.select(Call.id)).scalar_one()
    db.session.rollback()
    return found


def test_the_list_costs_the_same_for_one_application_and_for_two_hundred(owner, it):
    factories.application(it.call, it.organisation)
    owner.get("/dossiers")
    with counted() as one:
        owner.get("/dossiers")
    with unit_of_work() as session:
        session.add_all(
            Application(
                call_id=it.call.id, organisation_id=it.organisation.id, number=1000 + n, origin="online",
                status=ApplicationStatus.SUBMITTED, title=f"Projet {n}", title_fold="", created_at=clock.now(),
            )
            for n in range(200)
        )  # fmt: skip
    with counted() as many:
        page = owner.get("/dossiers")
    assert "201 dossiers" in page.text.replace("\u00a0", " ")
    assert len(many) == len(one)


def test_an_abandoned_draft_is_no_longer_written(owner, draft):
    assert owner.post(f"/dossiers/{draft}/abandon").status_code == 302
    assert fresh(draft).status is ApplicationStatus.ABANDONED
    assert "Abandonné" in owner.get("/dossiers").text
    assert owner.post(f"/dossiers/{draft}/abandon").status_code == 409


def test_a_withdrawal_needs_its_reason_and_happens_once(owner, draft):
    with unit_of_work():
        fresh(draft).status = ApplicationStatus.SUBMITTED
    path = f"/dossiers/{draft}/retrait"
    assert "Indiquez le motif." in owner.post(path, reason=" ").errors["reason"]
    assert owner.post(path, reason="Le projet est reporté.").status_code == 302
    assert fresh(draft).status is ApplicationStatus.WITHDRAWN
    assert (
        "n’est pas possible" in owner.post(path, reason="Encore").text
        or "déjà fait" in owner.post(path, reason="x").text
    )


def test_a_draft_cannot_be_withdrawn(owner, draft):
    assert "n’est pas possible" in owner.post(f"/dossiers/{draft}/retrait", reason="x").text
    assert fresh(draft).status is ApplicationStatus.DRAFT


def test_the_timeline_shows_the_steps_and_hides_the_inside_work(owner, it, draft):
    reviewer = factories.staff(Role.REVIEWER, it.call)
    with unit_of_work():
        application = fresh(draft)
        application.status = ApplicationStatus.SUBMITTED
        actor = Actor.person(reviewer.id, reviewer.display_name)
        record(actor, "application.submitted", application)
        record(actor, "assessment.scored", application, score=12, note="trop cher")
    page = owner.get(f"/dossiers/{draft}")
    assert "Dossier déposé" in page.text
    assert "trop cher" not in page.text
    assert reviewer.display_name not in page.text


def test_two_funders_notified_at_one_instant_are_told_in_one_line(owner, it, draft):
    funders = [factories.funder(name) for name in ("Ville d’Aix", "CAF")]
    with unit_of_work(), time_machine.travel(clock.now(), tick=False):
        application = fresh(draft)
        application.status = ApplicationStatus.SUBMITTED
        for funder in funders:
            record(SYSTEM, "funding.notified", application, funder=funder.id)
    told = owner.get(f"/dossiers/{draft}").texts('//ol[@class="timeline"]/li')
    assert told[0].endswith("Décisions de financeurs notifiéesCAF, Ville d’Aix")


def test_a_decision_stays_unsaid_until_it_is_notified(owner, draft):
    with unit_of_work():
        fresh(draft).status = ApplicationStatus.DECIDED
    page = owner.get(f"/dossiers/{draft}")
    assert "À l’étude" in page.text
    assert "Décision" not in page.text
    assert "À l’étude" in owner.get("/dossiers").text


def test_a_draft_left_after_the_closing_says_so(owner, it, draft):
    with unit_of_work():
        db.session.merge(it.call).closes_at = clock.now() - timedelta(minutes=1)
    assert "ne peut plus être déposé" in owner.get("/dossiers").text
    assert "ne peut plus être déposé" in owner.get(f"/dossiers/{draft}").text

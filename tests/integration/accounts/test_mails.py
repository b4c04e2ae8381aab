"""« Courriels non partis »: an admin sees them and sends them again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.accounts.rules import INSTANCE_ID, Role, ScopeKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.events import history_of
from portal.foundation.outbox import Mail, MailState
from tests import factories
from tests.queries import counted
from tests.visitors import Visitor


def a_mail(state, number=1, **values):
    return factories.save(
        Mail(
            key=f"account_erased:{number}", template="account_erased", recipient=f"a{number}@exemple.test", context={},
            state=state, attempts=12, error="NotConnected", not_before=clock.now(), created_at=clock.now(), **values,
        )
    )  # fmt: skip


@pytest.fixture
def admin(app):
    person = factories.person()
    factories.grant(person, Role.ADMIN, ScopeKind.INSTANCE, INSTANCE_ID)
    return Visitor(app, person)


def states():
    found = list(db.session.scalars(sa.select(Mail.state).order_by(Mail.id)))
    db.session.rollback()
    return found


def test_a_mail_that_did_not_leave_is_told_and_sent_again(admin, mailbox):
    mail = a_mail(MailState.FAILED)
    assert "1 courriel à renvoyer" in admin.get("/personnes").text
    assert "Courriels non partis" in admin.get("/accueil").text
    page = admin.get("/personnes/courriels")
    assert ("a1@exemple.test" in page.text, "Pas parti" in page.text) == (True, True)
    assert mailbox.collect() == []
    answer = admin.post(f"/personnes/courriels/{mail.id}/renvoyer")
    assert admin.follow(answer).flashes == ["Le courriel repart."]
    assert mailbox.one().to == "a1@exemple.test"
    assert states() == [MailState.SENT]
    assert [event.action for event in history_of("outbox_mail", mail.id)] == ["mail.sent_again"]
    assert "Tous les courriels sont partis" in admin.get("/personnes/courriels").text


def test_all_that_did_not_leave_leave_at_once_and_those_that_perhaps_did_wait(admin, mailbox):
    for number, state in enumerate([MailState.FAILED, MailState.UNCERTAIN, MailState.FAILED, MailState.SENT]):
        a_mail(state, number)
    answer = admin.post("/personnes/courriels/renvoyer")
    assert admin.follow(answer).flashes == ["2 courriels repartent."]
    assert [mail.to for mail in mailbox.collect()] == ["a0@exemple.test", "a2@exemple.test"]
    assert states() == [MailState.SENT, MailState.UNCERTAIN, MailState.SENT, MailState.SENT]


def test_a_mail_that_left_is_not_sent_twice(admin, mailbox):
    mail = a_mail(MailState.SENT)
    answer = admin.post(f"/personnes/courriels/{mail.id}/renvoyer")
    assert (answer.status_code, "Ce courriel est parti" in answer.text) == (409, True)
    assert admin.post("/personnes/courriels/999/renvoyer").status_code == 404
    assert mailbox.collect() == []


def test_a_mail_tried_again_says_when(admin):
    a_mail(MailState.PENDING)
    page = admin.get("/personnes/courriels")
    assert ("nouvel essai" in page.text, page.texts("//td//button")) == (True, [])


def test_the_direction_does_not_find_the_page(app):
    manager = Visitor(app, factories.staff(Role.MANAGER, factories.contract()))
    assert manager.get("/personnes/courriels").status_code == 404
    assert "Courriels non partis" not in manager.get("/personnes").text


def test_the_page_costs_the_same_for_one_mail_and_for_many(admin):
    a_mail(MailState.FAILED)
    with counted() as one:
        admin.get("/personnes/courriels")
    for number in range(2, 12):
        a_mail(MailState.FAILED, number)
    with counted() as many:
        admin.get("/personnes/courriels")
    assert len(one) == len(many)

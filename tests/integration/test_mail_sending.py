"""Mails over a real socket: what the portal makes of a mail server that goes wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from portal.extensions import db
from portal.foundation import clock, delivery, outbox
from portal.foundation.database import unit_of_work
from portal.foundation.outbox import Mail, MailState
from tests.mail_server import fake_mail_server


@pytest.fixture
def server(app, monkeypatch):
    with fake_mail_server() as server:
        monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], smtp_url=server.url))
        yield server


@pytest.fixture
def asked(server):
    """A mail that is due: the word left after an account was deleted, which needs nobody's account."""
    with unit_of_work():
        outbox.mail("account_erased", to="a@exemple.test", key="account_erased:1")


def standing():
    db.session.rollback()
    return db.session.execute(sa.select(Mail.state, Mail.error)).one()


def later(**delay):
    return clock.held(clock.now() + timedelta(**delay))


def test_a_mail_that_leaves_leaves_once(server, asked):
    assert (delivery.send_due_mails(), delivery.send_due_mails()) == (1, 0)
    assert standing() == (MailState.SENT, None)
    assert len(server.taken) == 1


@pytest.mark.parametrize("place", ["connect", "ehlo"])
def test_a_server_that_does_not_let_us_in_is_asked_again(server, asked, place):
    server.hangs_up_at = place
    assert delivery.send_due_mails() == 0
    assert standing() == (MailState.PENDING, "serveur de messagerie injoignable")
    server.hangs_up_at = None
    with later(minutes=3):
        assert delivery.send_due_mails() == 1
    assert (standing().state, len(server.taken)) == (MailState.SENT, 1)


def test_an_address_that_the_server_refuses_stays_out_of_the_log(server, asked):
    server.refuses = True
    with capture_logs() as told:
        delivery.send_due_mails()
    assert standing() == (MailState.PENDING, "adresse refusée par le serveur de messagerie")
    assert [each["event"] for each in told] == ["mail.failed"]
    assert "a@exemple.test" not in repr(told)


def test_a_server_away_for_a_night_loses_no_mail(server, asked):
    server.hangs_up_at = "connect"
    for hours in range(16):
        with later(hours=hours):
            delivery.send_due_mails()
    assert standing().state is MailState.PENDING
    server.hangs_up_at = None
    with later(hours=24):
        assert delivery.send_due_mails() == 1


def test_a_server_that_hangs_up_once_it_has_the_mail_gets_it_once(server, asked):
    server.hangs_up_at = "quit"
    delivery.send_due_mails()
    assert standing() == (MailState.SENT, None)
    with later(days=2):
        assert delivery.send_due_mails() == 0
    assert len(server.taken) == 1


def test_a_mail_whose_answer_was_lost_is_told_uncertain_and_not_sent_twice(server, asked):
    server.hangs_up_at = "data"
    delivery.send_due_mails()
    assert standing().state is MailState.UNCERTAIN
    with later(days=2):
        assert delivery.send_due_mails() == 0
    assert len(server.taken) == 1

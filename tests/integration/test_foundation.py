"""The unit of work, the journal, the outbox."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.foundation import events, outbox
from portal.foundation.actors import SYSTEM
from portal.foundation.database import WriteOutsideUnitOfWork, unit_of_work
from portal.foundation.outbox import Mail
from tests import factories


def test_a_write_outside_the_unit_of_work_is_refused(app):
    db.session.add(factories.Person(email="a", email_fold="a", given_name="", family_name="", created_at=None))
    with pytest.raises(WriteOutsideUnitOfWork):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("statement", [sa.delete(events.Event), sa.update(events.Event).values(action="x")])
def test_the_journal_refuses_changes(app, statement):
    contract = factories.contract()
    with unit_of_work():
        events.record(SYSTEM, "contract.created", contract, name="x")
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(statement)
    assert [event.action for event in events.history_of("contract", contract.id)] == ["contract.created"]


def test_a_mail_asked_twice_leaves_once(app):
    for _ in range(2):
        with unit_of_work():
            outbox.mail("hello", to="a@exemple.test", key="hello:1")
    assert db.session.execute(sa.select(sa.func.count()).select_from(Mail)).scalar_one() == 1


def test_what_a_failed_unit_wrote_is_gone(app):
    def half_done() -> None:
        with unit_of_work():
            outbox.mail("hello", to="a@exemple.test", key="hello:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert db.session.execute(sa.select(sa.func.count()).select_from(Mail)).scalar_one() == 0


def test_a_sum_of_integers_is_an_integer_on_both_databases(app):
    numbers = sa.union_all(
        sa.select(sa.literal(2**40).label("cents")), sa.select(sa.literal(3).label("cents"))
    ).subquery()
    total = db.session.execute(sa.select(sa.func.sum(numbers.c.cents))).scalar_one()
    assert (total, type(total)) == (2**40 + 3, int)

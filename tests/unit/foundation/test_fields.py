from datetime import UTC, date, datetime

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from portal.foundation.fields import DayField, EurosField, InstantField, ShareField


class Sample(Form):
    amount = EurosField("Montant")
    share = ShareField("Part")
    day = DayField("Jour")
    closing = InstantField("Clôture")


def typed(**values):
    return MultiDict(values)


def test_typed_values_become_what_the_database_keeps():
    form = Sample(typed(amount="1 234,50 €", share="12,5", day="01/02/2026", closing="20/11/2026 18:00"))
    assert form.validate()
    assert form.data == {
        "amount": 123_450,
        "share": 1_250,
        "day": date(2026, 2, 1),
        "closing": datetime(2026, 11, 20, 17, tzinfo=UTC),
    }


def test_kept_values_are_shown_as_they_would_be_typed():
    form = Sample(data={"amount": 123_450, "share": 1_250, "day": date(2026, 2, 1),
                        "closing": datetime(2026, 11, 20, 17, tzinfo=UTC)})  # fmt: skip
    assert [field._value() for field in form] == ["1 234,50", "12,5", "01/02/2026", "20/11/2026 18:00"]


def test_empty_fields_hold_nothing():
    form = Sample(typed(amount="", share=" ", day="", closing=""), data={"amount": 5})
    assert form.validate()
    assert form.data == {"amount": None, "share": None, "day": None, "closing": None}


@pytest.mark.parametrize(
    ("name", "typed"), [("amount", "beaucoup"), ("share", "120"), ("day", "hier"), ("closing", "?")]
)
def test_what_cannot_be_read_is_shown_back_with_a_message(name, typed):
    form = Sample(MultiDict({name: typed}))
    assert not form.validate()
    assert list(form.errors) == [name]
    assert form[name]._value() == typed

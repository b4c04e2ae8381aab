"""What is still to be paid of a grant, when, and what it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal.committee.rules import payments as rules
from portal.committee.rules.payments import Expected, Grant, Part
from portal.committee.states import TrancheCondition as T
from portal.contracts.rules.settings import reminder_days
from portal.foundation.refusals import Refusal

TOLD = Grant(granted_cents=10_000_00, paid_cents=0, days=60, notified_on=date(2026, 3, 27))
PARTS = (Part(T.SIGNATURE, 8_000_00), Part(T.BILAN, 2_000_00))
SIGNED = replace(TOLD, parts=PARTS, needs_convention=True, signed_on=date(2026, 4, 20))


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        (TOLD, [Expected("Versement", 10_000_00, date(2026, 5, 26), None)]),
        (replace(TOLD, paid_cents=4_000_00), [Expected("Versement", 6_000_00, date(2026, 5, 26), None)]),
        (replace(TOLD, notified_on=None), [Expected("Versement", 10_000_00, None, rules.NOT_NOTIFIED)]),
        (replace(TOLD, needs_convention=True), [Expected("Versement", 10_000_00, None, rules.NOT_SIGNED)]),
        (replace(TOLD, frozen="Compte à vérifier."), [Expected("Versement", 10_000_00, None, "Compte à vérifier.")]),
        (replace(TOLD, paid_cents=10_000_00), []),
        (replace(TOLD, is_over=True), []),
        (
            SIGNED,
            [
                Expected("Premier versement", 8_000_00, date(2026, 6, 19), None),
                Expected("Solde", 2_000_00, None, rules.NO_BILAN),
            ],
        ),
        (
            replace(SIGNED, paid_cents=8_000_00, bilan_accepted_on=date(2027, 1, 10)),
            [Expected("Solde", 2_000_00, date(2027, 3, 11), None)],
        ),
        (
            replace(SIGNED, signed_on=date(2026, 1, 5), paid_cents=9_000_00),
            [Expected("Solde", 1_000_00, None, rules.NO_BILAN)],
        ),
    ],
)
def test_what_is_to_come_follows_the_letter_the_convention_and_the_bilan(grant, expected):
    assert rules.expected(grant) == expected


def test_days_are_counted_until_the_day_and_beyond():
    each = Expected("Versement", 1, date(2026, 5, 26), None)
    assert [each.days_left(day) for day in (date(2026, 5, 20), date(2026, 5, 26), date(2026, 5, 30))] == [6, 0, -4]
    assert replace(each, due_on=None).days_left(date(2026, 5, 20)) is None


@pytest.mark.parametrize(
    ("cents", "share", "parts"),
    [
        (10_000_01, 8_000, [8_000_00, 2_000_01]),
        (1, 8_000, [1]),
        (10_000_00, 10_000, [10_000_00]),
        (10_000_00, 0, [10_000_00]),
        (0, 8_000, []),
    ],
)
def test_the_parts_of_a_grant_add_up_to_the_cent(cents, share, parts):
    assert [part.amount_cents for part in rules.split(cents, share)] == parts


@pytest.mark.parametrize(("cents", "paid", "refused"), [(1, 99, False), (2, 99, True), (100, 0, False), (0, 0, True)])
def test_payments_never_go_beyond_the_grant(cents, paid, refused):
    def check():
        day = date(2026, 5, 1)
        rules.check_payment(cents, day, granted_cents=100, paid_cents=paid, decided_on=day, today=day)

    if refused:
        with pytest.raises(Refusal) as told:
            check()
        assert told.value.field == "amount"
    else:
        check()


@pytest.mark.parametrize(
    ("text", "days"),
    [("", ()), ("-30, -7, 7", (-30, -7, 7)), (" 7,7 , -1,", (-1, 7)), ("\u22123", (-3,))],
)
def test_the_days_of_reminders_are_read_in_order(text, days):
    assert reminder_days(text) == days


@pytest.mark.parametrize("text", ["bientôt", "7;8", "-400", "1.5"])
def test_what_is_no_list_of_days_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        reminder_days(text)

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.periods import (
    PARIS,
    from_paris_input,
    months_after,
    parse_date,
    parse_instant,
    to_paris,
    year_bounds,
)


def test_a_typed_time_is_the_time_of_paris():
    assert from_paris_input(datetime(2026, 11, 20, 18, 0)) == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert from_paris_input(datetime(2026, 7, 1, 18, 0)) == datetime(2026, 7, 1, 16, 0, tzinfo=UTC)


def test_the_hour_that_comes_twice_means_the_later_instant():
    assert from_paris_input(datetime(2026, 10, 25, 2, 30)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_hour_that_does_not_exist_is_refused():
    with pytest.raises(ValueError) as refusal:
        from_paris_input(datetime(2026, 3, 29, 2, 30))
    assert str(refusal.value) == "Cette heure n’existe pas : les horloges avancent d’une heure cette nuit-là."


def test_times_are_never_confused_about_their_zone():
    with pytest.raises(ValueError):
        to_paris(datetime(2026, 1, 1))
    with pytest.raises(ValueError):
        from_paris_input(datetime(2026, 1, 1, tzinfo=UTC))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_a_typed_time_is_shown_back_as_typed_or_refused(local):
    try:
        instant = from_paris_input(local)
    except ValueError:
        return
    assert to_paris(instant).replace(tzinfo=None, fold=0) == local


@pytest.mark.parametrize("typed", ["21/11/2026", "21.11.2026", " 21-11-2026 ", "2026-11-21"])
def test_dates_are_read_in_french_and_iso_order(typed):
    assert parse_date(typed) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("21/11/26", "Indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026."),
        ("demain", "Indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026."),
        ("31/02/2026", "Cette date n’existe pas dans le calendrier."),
        ("01/01/0000", "Vérifiez l’année : de 1800 à 2100."),
        ("31/12/9999", "Vérifiez l’année : de 1800 à 2100."),
    ],
)
def test_any_other_date_is_refused_in_french(typed, message):
    with pytest.raises(ValueError) as refusal:
        parse_date(typed)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    "typed",
    ["20/11/2026 18:00", "20/11/2026 à 18 h 00", "20/11/2026 18h", "2026-11-20T18:00", "2026-11-20 18:00:00"],
)
def test_a_date_and_time_is_read_by_the_clocks_of_paris(typed):
    assert parse_instant(typed) == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("20/11/2026", "Indiquez une date et une heure, par exemple 21/11/2026 18:00."),
        ("20/11/2026 25:00", "Cette heure n’existe pas : de 0:00 à 23:59."),
        ("31/11/2026 18:00", "Cette date n’existe pas dans le calendrier."),
        ("jeudi 18:00", "Indiquez une date sous la forme jj/mm/aaaa, par exemple 21/11/2026."),
    ],
)
def test_any_other_date_and_time_is_refused_in_french(typed, message):
    with pytest.raises(ValueError) as refusal:
        parse_instant(typed)
    assert str(refusal.value) == message


def test_a_year_begins_at_midnight_in_paris():
    assert year_bounds(2026) == (
        datetime(2026, 1, 1, tzinfo=PARIS).astimezone(UTC),
        datetime(2027, 1, 1, tzinfo=PARIS).astimezone(UTC),
    )


def test_months_are_counted_to_the_last_day_of_a_short_month():
    assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_after(date(2026, 6, 30), 6) == date(2026, 12, 30)
    assert months_after(date(2026, 1, 15), -1) == date(2025, 12, 15)

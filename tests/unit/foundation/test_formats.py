from datetime import UTC, date, datetime

from flask import Flask, render_template_string

from portal.foundation.web import formats


def test_an_unknown_figure_is_said_unknown_and_never_zero():
    unknown = "non\u00a0communiqué"
    assert [f(None) for f in (formats.euros, formats.euros_round, formats.number, formats.percent)] == [unknown] * 4
    assert formats.filesize_fr(None) == unknown
    assert formats.date_fr(None) == formats.datetime_fr(None) == "date non\u00a0communiquée"
    assert formats.date_short(None) == ""


def test_dates_are_written_in_french():
    assert formats.date_fr(date(2026, 11, 21)) == "21\u00a0novembre 2026"
    assert formats.date_fr(date(2026, 8, 1)) == "1er\u00a0août 2026"
    assert formats.date_short(date(2026, 8, 1)) == "01/08/2026"


def test_instants_are_written_by_the_clocks_of_paris():
    instant = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)
    assert formats.datetime_fr(instant) == "1er\u00a0janvier 2027 à 0\u00a0h\u00a005"
    assert formats.date_short(instant) == "01/01/2027"
    assert formats.time_fr(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)) == "18\u00a0h"


def test_the_plural_begins_at_two():
    assert [formats.plural(n, "dossier", "dossiers") for n in (0, 1, 2, 1_500)] == [
        "0\u00a0dossier", "1\u00a0dossier", "2\u00a0dossiers", "1\u202f500\u00a0dossiers",
    ]  # fmt: skip


def test_sizes_are_in_french_units():
    assert [formats.filesize_fr(n) for n in (1, 512, 38_200, 999_600, 2_440_000)] == [
        "1\u00a0octet", "512\u00a0octets", "38\u00a0Ko", "1\u00a0Mo", "2,4\u00a0Mo",
    ]  # fmt: skip


def test_numbers_have_french_decimals():
    assert [formats.number(n) for n in (1_234_567, 3.14, -0.5)] == [
        "1\u202f234\u202f567",
        "3,14",
        "\u22120,5",
    ]
    assert formats.percent(3_333) == "33,33\u00a0%"


def test_templates_have_the_formats_as_filters_and_functions():
    app = Flask(__name__)
    formats.register(app)
    with app.app_context():
        page = render_template_string("{{ 123456 | euros }} · {{ 150 | euros_round }} · {{ plural(2, 'an', 'ans') }}")
    assert page == "1\u202f234,56\u00a0€ · 2\u00a0€ · 2\u00a0ans"

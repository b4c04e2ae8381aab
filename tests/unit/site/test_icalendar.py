"""The calendar file of a closing date."""

from datetime import UTC, datetime

from portal.site.rules.icalendar import closing_event

AT = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def event(title="Clôture"):
    return closing_event("appel-1@essai", title, "Dernier jour ; soyez à l’heure, merci", AT, "http://x.test/1", AT)


def test_lines_end_as_the_format_asks_and_none_is_too_long():
    text = event("Clôture : un titre si long qu’il ne tient pas sur une seule ligne de soixante-quinze octets")
    assert text.endswith("END:VCALENDAR\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    unfolded = text.replace("\r\n ", "")
    assert (
        "SUMMARY:Clôture : un titre si long qu’il ne tient pas sur une seule ligne de soixante-quinze octets"
        in unfolded
    )


def test_separators_in_words_are_escaped():
    assert "DESCRIPTION:Dernier jour \\; soyez à l’heure\\, merci" in event().replace("\r\n ", "")

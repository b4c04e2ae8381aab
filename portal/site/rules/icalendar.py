"""One event as an iCalendar file (RFC 5545), in UTC so that no time zone has to be described."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

_LINE_OCTETS = 75


def closing_event(uid: str, title: str, description: str, at: datetime, url: str, now: datetime) -> str:
    """The instant `at` with a reminder three days before. Lines end with CRLF, as the format asks."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Contrat de ville//Portail//FR",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(at)}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(description)}",
        f"URL:{url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}",
        "TRIGGER:-P3D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for char in ("\\", ";", ","):
        text = text.replace(char, f"\\{char}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line cut so that none exceeds 75 octets; what follows begins with a space."""
    part = ""
    for char in line:
        if len((part + char).encode()) > _LINE_OCTETS:
            yield part
            part = " "
        part += char
    yield part

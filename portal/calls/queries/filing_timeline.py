"""What happened to an application, as its applicant may read it: never scores, reviewers or internal notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from portal.calls.models import Application
from portal.foundation.events import PastEvent, history_of_application

TIMELINE_WORDS: dict[str, str] = {
    "application.created": "Dossier commencé",
    "application.submitted": "Dossier déposé",
    "application.document_added": "Document ajouté",
    "application.document_removed": "Document retiré",
    "application.admitted": "Dossier déclaré recevable",
    "application.refused_admission": "Dossier déclaré irrecevable",
    "application.withdrawn": "Dossier retiré",
    "application.abandoned": "Brouillon abandonné",
    "application.not_carried_out": "Action déclarée non réalisée",
    "application.closed": "Dossier clos",
    "funding.notified": "Décision d’un financeur notifiée",
}
"""The events an applicant may read. A higher room adds the words of its own; what is not here stays hidden."""


SEVERAL_WORDS = {
    "application.document_added": "Documents ajoutés",
    "application.document_removed": "Documents retirés",
}
"""What a volunteer does ten times in a row, in one line."""


@dataclass(frozen=True)
class TimelineEntry:
    when: datetime
    title: str
    text: str = ""
    by: str = ""


def timeline_of(application: Application) -> list[TimelineEntry]:
    """The application's public history, the latest first."""
    shown = [event for event in reversed(history_of_application(application.id)) if event.action in TIMELINE_WORDS]
    return [_entry(list(events)) for _run, events in groupby(shown, key=_run_of)]


def _run_of(event: PastEvent) -> tuple[str, datetime | None]:
    """Documents joined one after the other are told together; any other event stands alone."""
    return event.action, None if event.action in SEVERAL_WORDS else event.at


def _entry(events: list[PastEvent]) -> TimelineEntry:
    """One line, dated by the last of its events."""
    action = events[0].action
    words = TIMELINE_WORDS[action] if len(events) == 1 else SEVERAL_WORDS[action]
    return TimelineEntry(events[0].at, words, ", ".join(filter(None, (_detail(event.details) for event in events))))


def _detail(details: dict[str, Any]) -> str:
    return str(details.get("label", ""))

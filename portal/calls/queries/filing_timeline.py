"""What happened to an application, as its applicant may read it: never scores, reviewers or internal notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.calls.models import Application
from portal.foundation.events import history_of_application

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


@dataclass(frozen=True)
class TimelineEntry:
    when: datetime
    title: str
    text: str = ""
    by: str = ""


def timeline_of(application: Application) -> list[TimelineEntry]:
    """The application's public history, the latest first."""
    return [
        TimelineEntry(event.at, TIMELINE_WORDS[event.action], _detail(event.details))
        for event in reversed(history_of_application(application.id))
        if event.action in TIMELINE_WORDS
    ]


def _detail(details: dict[str, Any]) -> str:
    return str(details.get("label", ""))

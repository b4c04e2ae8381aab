"""What happened to an application, as its applicant may read it: never scores, reviewers or internal notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from portal.calls.models import Application
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation.events import PastEvent, history_of_application

TIMELINE_WORDS: dict[str, str] = {
    "application.created": "Dossier commencé",
    "application.submitted": "Dossier déposé",
    "application.document_added": "Document ajouté",
    "application.document_removed": "Document retiré",
    "application.document_infected": "Document supprimé : l’antivirus y a trouvé un virus",
    "application.document_failed": "Document que l’antivirus n’a pas pu lire",
    "application.admitted": "Dossier déclaré recevable",
    "application.refused_admission": "Dossier déclaré irrecevable",
    "reception.described": "Réception du dossier notée par la Direction",
    "reception.confirmation_asked": "Confirmation demandée à la structure",
    "reception.confirmed": "Dossier confirmé par la structure",
    "reception.correction_asked": "Correction demandée par la structure",
    "reception.refused": "Dossier non reconnu par la structure",
    "application.withdrawn": "Dossier retiré",
    "application.abandoned": "Brouillon abandonné",
    "application.agreement_continued": "Année suivante de la convention commencée",
    "application.carried_over": "Rubriques reprises d’un dossier précédent",
    "application.recovered": "Brouillon repris",
    "exemption.granted": "Dérogation accordée",
    "exemption.ended": "Fin d’une dérogation",
    "application.not_carried_out": "Action déclarée non réalisée",
    "application.closed": "Dossier clos",
    "funding.notified": "Décision d’un financeur notifiée",
}
"""The events an applicant may read. A higher room adds the words of its own; what is not here stays hidden."""

TIMELINE_TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {}
"""What an event adds to its words, from its details; filled like the words."""

SEVERAL_WORDS = {
    "application.document_added": "Documents ajoutés",
    "application.document_removed": "Documents retirés",
    "funding.notified": "Décisions de financeurs notifiées",
}
"""The same for several events told in one line."""

RUNS = frozenset({"application.document_added", "application.document_removed"})
"""What a volunteer does ten times in a row, whatever the time between."""


@dataclass(frozen=True)
class TimelineEntry:
    when: datetime
    title: str
    text: str = ""
    by: str = ""


def timeline_of(application: Application) -> list[TimelineEntry]:
    """The application's public history, the latest first: two queries."""
    shown = [event for event in reversed(history_of_application(application.id)) if event.action in TIMELINE_WORDS]
    funders = _funder_names(shown)
    return [_entry(list(events), funders) for _run, events in groupby(shown, key=_run_of)]


def _run_of(event: PastEvent) -> tuple[str, datetime | None]:
    """Documents joined one after the other are told together, as is what happened at one same instant."""
    return event.action, None if event.action in RUNS else event.at


def _entry(events: list[PastEvent], funders: Mapping[int, str]) -> TimelineEntry:
    """One line, dated by the last of its events."""
    action = events[0].action
    words = TIMELINE_WORDS[action]
    if len(events) > 1:
        words = SEVERAL_WORDS.get(action, words)
    return TimelineEntry(events[0].at, words, ", ".join(filter(None, (_detail(event, funders) for event in events))))


def _detail(event: PastEvent, funders: Mapping[int, str]) -> str:
    if event.action == "funding.notified":
        return funders.get(event.details.get("funder", 0), "")
    tell = TIMELINE_TEXTS.get(event.action)
    return tell(event.details) if tell else str(event.details.get("label", ""))


def _funder_names(events: Iterable[PastEvent]) -> dict[int, str]:
    """The names of the funders that the notifications are of."""
    wanted = {event.details.get("funder") for event in events if event.action == "funding.notified"}
    rows = db.session.execute(sa.select(Funder.id, Funder.name).where(Funder.id.in_(wanted)))
    return {row.id: row.name for row in rows}

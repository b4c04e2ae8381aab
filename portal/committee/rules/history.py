"""The words of a file's history: what each event says to the people who instruct."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import chain
from typing import Any

from portal.calls.rules.cycle import APPLICATION, FUNDING
from portal.calls.rules.reception import RECEPTION
from portal.committee.rules.corrections import CHANGE_REQUEST
from portal.committee.rules.scoring import ASSESSMENT
from portal.committee.rules.visits import VISIT
from portal.foundation.dates import date_fr

_TOLD = {
    "application.created": "Brouillon commencé",
    "application.begun": "Brouillon commencé",
    "application.submitted": "Dossier déposé",
    "application.admitted": "Recevabilité prononcée",
    "application.refused_admission": "Irrecevabilité prononcée",
    "application.decided": "Décision enregistrée",
    "application.closed": "Dossier clos",
    "application.agreement_continued": "Année suivante d’une convention",
    "application.carried_over": "Rubriques reprises d’un dossier précédent",
    "reception.described": "Réception notée",
    "exemption.granted": "Dérogation accordée",
    "exemption.ended": "Fin d’une dérogation",
    "application.withdrawn": "Dossier retiré",
    "application.imported": "Dossier repris d’une programmation passée",
    "admissibility.proposed": "Recevabilité proposée",
    "assessment.finalised": "Analyse rendue",
    "assessment.reopened": "Analyse rouverte",
    "adjustment.asked": "Projet ajusté demandé",
    "assignment.given": "Analyse confiée",
    "assignment.ended": "Analyse retirée",
    "change_request.asked": "Corrections demandées",
    "change_request.answered": "Corrections reçues",
    "change_request.accepted": "Corrections acceptées",
    "change_request.asked_again": "Corrections demandées à nouveau",
    "change_request.extended": "Délai de correction prolongé",
    "change_request.reminded": "Rappel des corrections attendues",
    "checklist.settled": "Complétude contrôlée",
    "decision.recorded": "Décision portée au relevé",
    "funding.opinion_given": "Avis rendu sur un financement",
    "funding.filed_elsewhere": "Demande signalée comme déposée ailleurs",
    "funding.number_given": "Numéro DAUPHIN donné",
    "funding.status_told": "État de la demande dans DAUPHIN",
    "opinion.given": "Avis enregistré",
    "opinion.asked": "Avis demandé",
    "opinion_request.answered": "Demande d’avis satisfaite",
    "opinion_request.declined": "Avis décliné",
    "opinion_request.withdrawn": "Demande d’avis retirée",
    "opinion_request.expired": "Demande d’avis sans réponse",
    "opinion_request.asked_again": "Avis demandé à nouveau",
    "recusal.recorded": "Déport enregistré",
    "recusal.ended": "Fin d’un déport",
    "note.written": "Note interne",
    "visit.planned": "Visite prévue",
    "visit.changed": "Visite déplacée ou précisée",
}

TOLD_TO_APPLICANTS = {
    "change_request.asked": "Corrections demandées",
    "change_request.answered": "Corrections envoyées",
    "change_request.accepted": "Corrections acceptées",
    "change_request.asked_again": "Corrections demandées à nouveau",
    "change_request.extended": "Délai de correction prolongé",
    "adjustment.asked": "Projet à ajuster aux montants attribués",
    "adjustment.submitted": "Projet ajusté envoyé",
    "adjustment.asked_again": "Projet ajusté à reprendre",
    "adjustment.reopened": "Projet ajusté à reprendre",
    "adjustment.accepted": "Projet ajusté accepté",
    "adjustment.renounced": "Renoncement à la subvention",
    "payment.recorded": "Versement fait par un financeur",
}
"""What this room adds to the timeline that an applicant reads."""


def _due(details: Mapping[str, Any]) -> str:
    return f"Réponse attendue au plus tard le {date_fr(date.fromisoformat(details['due_on']))}"


def _version(details: Mapping[str, Any]) -> str:
    """Empty for an answer of the time before versions were kept."""
    return f"Version corrigée n° {details['version']}" if "version" in details else ""


TEXTS_FOR_APPLICANTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "change_request.asked": _due,
    "change_request.asked_again": _due,
    "change_request.extended": _due,
    "change_request.answered": _version,
}
"""What these events add to their words."""

_TABLES = {step.event: step.label for step in chain(APPLICATION, FUNDING, CHANGE_REQUEST, ASSESSMENT, RECEPTION, VISIT)}


def words_of(action: str) -> str | None:
    """What an event is called in a file's history; None for what would only be noise there."""
    return _TOLD.get(action) or _TABLES.get(action)

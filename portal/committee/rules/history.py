"""The words of a file's history: what each event says to the people who instruct."""

from __future__ import annotations

from itertools import chain

from portal.calls.rules.cycle import APPLICATION, FUNDING
from portal.committee.rules.corrections import CHANGE_REQUEST
from portal.committee.rules.scoring import ASSESSMENT

_TOLD = {
    "application.created": "Brouillon commencé",
    "application.begun": "Brouillon commencé",
    "application.submitted": "Dossier déposé",
    "application.admitted": "Recevabilité prononcée",
    "application.refused_admission": "Irrecevabilité prononcée",
    "application.decided": "Décision enregistrée",
    "application.closed": "Dossier clos",
    "application.withdrawn": "Dossier retiré",
    "application.imported": "Dossier repris d’une programmation passée",
    "admissibility.proposed": "Recevabilité proposée",
    "assessment.finalised": "Analyse rendue",
    "assessment.reopened": "Analyse rouverte",
    "assignment.given": "Analyse confiée",
    "assignment.ended": "Analyse retirée",
    "change_request.asked": "Corrections demandées",
    "change_request.answered": "Corrections reçues",
    "change_request.accepted": "Corrections acceptées",
    "change_request.asked_again": "Corrections demandées à nouveau",
    "checklist.settled": "Complétude contrôlée",
    "decision.recorded": "Décision portée au relevé",
    "funding.opinion_given": "Avis rendu sur un financement",
    "opinion.given": "Avis enregistré",
    "recusal.recorded": "Déport enregistré",
    "recusal.ended": "Fin d’un déport",
}

TOLD_TO_APPLICANTS = {
    "change_request.asked": "Corrections demandées",
    "change_request.answered": "Corrections envoyées",
    "change_request.accepted": "Corrections acceptées",
    "change_request.asked_again": "Corrections demandées à nouveau",
}
"""What this room adds to the timeline that an applicant reads."""

_TABLES = {step.event: step.label for step in chain(APPLICATION, FUNDING, CHANGE_REQUEST, ASSESSMENT)}


def words_of(action: str) -> str | None:
    """What an event is called in a file's history; None for what would only be noise there."""
    return _TOLD.get(action) or _TABLES.get(action)

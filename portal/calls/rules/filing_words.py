"""What an applicant is told of a status, and what there is to do next."""

from __future__ import annotations

from dataclasses import dataclass

from portal.calls.states import ApplicationStatus as A


@dataclass(frozen=True)
class StatusWords:
    """A status for the applicant: the tag, its tone, and one sentence on what comes next."""

    label: str
    tone: str
    next: str


_WORDS = {
    A.DRAFT: StatusWords("Brouillon", "info", "Complétez les rubriques, puis déposez le dossier avant la clôture."),
    A.SUBMITTED: StatusWords("Déposé", "success", "La Direction vérifie que le dossier est complet."),
    A.ADMISSIBLE: StatusWords("Recevable", "success", "Les financeurs étudient votre projet."),
    A.INADMISSIBLE: StatusWords("Irrecevable", "danger", "Le dossier n’a pas pu être étudié."),
    A.DECIDED: StatusWords("Décision rendue", "success", "Lisez la décision et les montants attribués."),
    A.CLOSED: StatusWords("Clos", "neutral", "Ce dossier est terminé."),
    A.WITHDRAWN: StatusWords("Retiré", "neutral", "Vous avez retiré ce dossier."),
    A.ABANDONED: StatusWords("Abandonné", "neutral", "Ce brouillon a été abandonné."),
    A.NOT_CARRIED_OUT: StatusWords("Non réalisé", "neutral", "L’action n’a pas eu lieu."),
}


def status_words(status: A, outcome_known: bool) -> StatusWords:
    """The words for a status; a decision stays « à l’étude » until the funders have notified it."""
    if status is A.DECIDED and not outcome_known:
        return StatusWords(
            "À l’étude", "info", "Les financeurs étudient votre projet. La réponse vous parviendra par courrier."
        )
    return _WORDS[status]

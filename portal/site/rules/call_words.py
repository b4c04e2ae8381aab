"""How the public page of a call says the cases of its documents."""

from __future__ import annotations

from portal.calls.states import DocumentCase
from portal.foundation.money import NBSP, format_euros_round

_WORDS = {
    DocumentCase.ALWAYS: "Dans tous les cas",
    DocumentCase.PRIVATE: "Si vous êtes une association ou un organisme privé",
    DocumentCase.ESTABLISHED: "Si vous êtes un organisme privé de plus d’un an",
    DocumentCase.YOUNG: "Si vous êtes un organisme privé de moins d’un an",
    DocumentCase.DELEGATED: "Si quelqu’un d’autre que le représentant légal signe",
    DocumentCase.FIRST: "Si un organisme privé dépose pour la première fois (ou si le document a changé)",
    DocumentCase.RENEWAL: "Si vous renouvelez une action déjà soutenue",
    DocumentCase.MULTI_YEAR: "Si vous demandez un financement sur plusieurs années (CPO)",
    DocumentCase.PUBLIC_BODY: "Si vous êtes un organisme public",
    DocumentCase.SCHOOL: "Si vous êtes un établissement scolaire",
    DocumentCase.LOCAL_BODY: "Si vous êtes une commune, un CCAS, une intercommunalité, un bailleur",
}


def words_of_case(case: DocumentCase, auditor_threshold_cents: int) -> str:
    """When a document is asked, said to the reader; the threshold is that of the contract, in cents."""
    if case is DocumentCase.OVER_THRESHOLD:
        threshold = format_euros_round(auditor_threshold_cents)
        return f"Si vous recevez plus de{NBSP}{threshold} de subventions publiques dans l’année"
    return _WORDS.get(case, case.label)

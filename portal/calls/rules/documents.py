"""Which documents of the call's list an application must join, and why, in words.

The cases follow the list of the form Cerfa 12156*06 and its notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.accounts.rules.organisation import PRIVATE_KINDS
from portal.calls.rules.filing import JoinedDocument, Requirement
from portal.calls.states import DocumentCase
from portal.foundation.folding import fold
from portal.foundation.money import format_euros_round
from portal.foundation.periods import months_after
from portal.foundation.refusals import Refusal
from portal.foundation.scan_states import ScanState

MOST_FILES = 10
"""How many files one document may be made of (the pages of a report, photographed)."""

_NOUNS = {
    "association": "une association",
    "foundation": "une fondation",
    "mutual": "une mutuelle",
    "esus": "une entreprise solidaire",
    "eple": "un établissement scolaire",
    "landlord": "un bailleur social",
    "commune": "une commune",
    "ccas": "un CCAS",
    "epci": "une intercommunalité",
}
UNKNOWN_KIND = "unknown"
SCHOOL = "eple"


@dataclass(frozen=True)
class Situation:
    """What of an application decides its list of documents. None is not known yet.

    `kind` is the organisation's; `born_on` the day it was created or published; `on` the day of the
    closing, on which its age is counted; `subsidies_year` the year of the public subsidies.
    """

    kind: str
    is_renewal: bool | None
    is_multi_year: bool
    public_subsidies_cents: int | None
    threshold_cents: int
    subsidies_year: int
    on: date
    born_on: date | None = None
    representative: str | None = None
    signatory: str | None = None

    @property
    def is_private(self) -> bool:
        return self.kind in PRIVATE_KINDS

    @property
    def is_public(self) -> bool:
        return not self.is_private and self.kind != UNKNOWN_KIND

    @property
    def is_young(self) -> bool:
        """Under one year old: it has closed no accounts yet. An age not known counts as more."""
        return self.is_private and self.born_on is not None and months_after(self.born_on, 12) > self.on

    @property
    def is_over_threshold(self) -> bool:
        return self.public_subsidies_cents is not None and self.public_subsidies_cents > self.threshold_cents

    @property
    def is_delegated(self) -> bool:
        return bool(self.signatory) and fold(self.signatory or "") != fold(self.representative or "")

    @property
    def noun(self) -> str:
        return _NOUNS.get(self.kind, "un organisme public")


_HOLDS: dict[DocumentCase, Callable[[Situation], bool]] = {
    DocumentCase.ALWAYS: lambda _it: True,
    DocumentCase.DELEGATED: lambda it: it.is_delegated,
    DocumentCase.PRIVATE: lambda it: it.is_private,
    DocumentCase.ESTABLISHED: lambda it: it.is_private and not it.is_young,
    DocumentCase.YOUNG: lambda it: it.is_young,
    # At a renewal only what has changed is sent again: `_as_asked` says so.
    DocumentCase.FIRST: lambda it: it.is_private and it.is_renewal is not None,
    DocumentCase.RENEWAL: lambda it: it.is_renewal is True,
    DocumentCase.OVER_THRESHOLD: lambda it: it.is_over_threshold,
    DocumentCase.MULTI_YEAR: lambda it: it.is_multi_year,
    DocumentCase.PUBLIC_BODY: lambda it: it.is_public,
    DocumentCase.SCHOOL: lambda it: it.kind == SCHOOL,
    DocumentCase.LOCAL_BODY: lambda it: it.is_public and it.kind != SCHOOL,
}


def _why_established(it: Situation) -> str:
    if it.born_on is not None:
        return "Demandé parce que votre structure a plus d’un an."
    return (
        "Demandé aux structures de plus d’un an. Si la vôtre est plus récente, indiquez sa date de création dans la "
        "rubrique « Votre structure »."
    )


_WHY: dict[DocumentCase, Callable[[Situation], str]] = {
    DocumentCase.ALWAYS: lambda _it: "Demandé à toutes les structures.",
    DocumentCase.DELEGATED: lambda it: (
        f"Demandé parce que {it.signatory} signe à la place de la personne qui représente la structure."
    ),
    DocumentCase.PRIVATE: lambda it: f"Demandé parce que votre structure est {it.noun}.",
    DocumentCase.ESTABLISHED: _why_established,
    DocumentCase.YOUNG: lambda it: (
        f"Demandé parce que votre structure a moins d’un an (créée le {it.born_on:%d/%m/%Y}) : "
        "il tient lieu de comptes et de rapport d’activité."
    ),
    DocumentCase.FIRST: lambda it: (
        "À joindre seulement s’il a changé depuis votre dernière demande."
        if it.is_renewal
        else "Demandé parce que c’est une première demande."
    ),
    DocumentCase.RENEWAL: lambda _it: "Demandé parce que le projet renouvelle une action déjà soutenue.",
    DocumentCase.OVER_THRESHOLD: lambda it: (
        f"Demandé parce que la structure a reçu {format_euros_round(it.public_subsidies_cents or 0)} de subventions "
        f"publiques en {it.subsidies_year}, plus que le seuil de {format_euros_round(it.threshold_cents)}."
    ),
    DocumentCase.MULTI_YEAR: lambda _it: "Demandé parce que le projet est pluriannuel (CPO).",
    DocumentCase.PUBLIC_BODY: lambda it: f"Demandé parce que votre structure est {it.noun}.",
    DocumentCase.SCHOOL: lambda it: f"Demandé parce que votre structure est {it.noun}.",
    DocumentCase.LOCAL_BODY: lambda it: f"Demandé parce que votre structure est {it.noun}.",
}


def asked_of(requirements: Iterable[Requirement], situation: Situation) -> tuple[Requirement, ...]:
    """The documents asked in that situation, in the call's order, each with why."""
    return tuple(_as_asked(each, situation) for each in requirements if _HOLDS[each.case](situation))


def _as_asked(requirement: Requirement, situation: Situation) -> Requirement:
    kept = requirement.case is DocumentCase.FIRST and bool(situation.is_renewal)
    return replace(
        requirement,
        why=_WHY[requirement.case](situation),
        is_compulsory=requirement.is_compulsory and not kept,
    )


def lacking(requirements: Sequence[Requirement], joined: Sequence[JoinedDocument]) -> tuple[Requirement, ...]:
    """The compulsory documents not joined yet. One that had a virus is not there; one being checked is."""
    there = {document.requirement_id for document in joined if document.scan is not ScanState.INFECTED}
    return tuple(asked for asked in requirements if asked.is_compulsory and asked.id not in there)


def warnings(joined: Sequence[JoinedDocument]) -> list[str]:
    """What the antivirus has not said, or could not: it prevents nothing."""
    pending = sum(document.scan is ScanState.PENDING for document in joined)
    told = []
    if pending:
        files = "Un document est" if pending == 1 else f"{pending} documents sont"
        told.append(f"{files} en cours de vérification par l’antivirus. Vous pouvez déposer sans attendre.")
    return told + [
        f"{document.label} : l’antivirus n’a pas pu lire « {document.file_name} ». Envoyez-le sous une autre forme."
        for document in joined
        if document.scan is ScanState.FAILED
    ]


def expiry_of(sent_on: date, dated_on: date | None, valid_months: int | None) -> date | None:
    """The last day on which a document serves; None when it never expires."""
    return months_after(dated_on or sent_on, valid_months) if valid_months else None


def check_date(dated_on: date | None, valid_months: int | None, today: date) -> None:
    """Refuse, on `dated_on`, a date to come or so old that the document does not serve any more."""
    if dated_on is None:
        return
    if dated_on > today:
        raise Refusal("Cette date est à venir : indiquez celle qui est écrite sur le document.", "dated_on")
    expires_on = expiry_of(today, dated_on, valid_months)
    if expires_on is not None and expires_on < today:
        raise Refusal(
            f"Ce document n’est plus valable depuis le {expires_on:%d/%m/%Y} : joignez-en un plus récent.", "dated_on"
        )

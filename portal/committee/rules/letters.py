"""The letters to applicants, as the blocks of a document: plain values in, plain values out.

Our own plain French: what is decided, by which act, why, on what conditions, and how to contest it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.foundation.money import format_euros

Block = dict[str, Any]

APPEALS = (
    "Si vous contestez cette décision, vous pouvez, dans les deux mois qui suivent la réception de ce courrier, "
    "demander à son auteur de la réexaminer (recours gracieux) ou saisir le tribunal administratif compétent, "
    "par courrier ou sur www.telerecours.fr. Un recours gracieux présenté dans ce délai le fait repartir "
    "à compter de la réponse qui y est donnée."
)


@dataclass(frozen=True)
class Heading:
    """Who writes to whom about what; dates already written in French."""

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    place_date: str
    reference: str
    title: str
    call: str
    contact: str
    appeals: str
    signatory: str


@dataclass(frozen=True)
class Grant:
    """What an act gives. `act` reads « délibération n° 12 du 3 avril 2026 »."""

    funder: str
    act: str
    lines: tuple[tuple[str, int], ...]
    requested_cents: int | None
    bilan_due: str
    payment_days: int
    convention: bool

    @property
    def total_cents(self) -> int:
        return sum(cents for _label, cents in self.lines)


@dataclass(frozen=True)
class Rejection:
    """What is refused: `by` reads « le comité de pilotage du 12 mars 2026 »."""

    by: str
    reason: str
    request: str = "votre projet"


def grant_letter(heading: Heading, grant: Grant) -> list[Block]:
    """The notification of a grant."""
    total = format_euros(grant.total_cents)
    return [
        *_opening(heading, f"Attribution d’une subvention de {total}"),
        _text(
            f"Vous avez demandé le soutien de {grant.funder} pour le projet « {heading.title} ». "
            f"Par {grant.act}, une subvention de {total} vous est attribuée."
        ),
        *_shares(grant),
        *_cut(grant),
        {"kind": "heading", "text": "Les conditions de cette subvention"},
        {"kind": "list", "items": _conditions(grant)},
        *_closing(heading),
    ]


def _shares(grant: Grant) -> list[Block]:
    if len(grant.lines) < 2:
        return []
    rows = [[label, format_euros(cents)] for label, cents in grant.lines]
    columns = [{"label": "Crédits"}, {"label": "Montant", "align": "right"}]
    return [{"kind": "table", "columns": columns, "rows": rows, "total": ["Total", format_euros(grant.total_cents)]}]


def _cut(grant: Grant) -> list[Block]:
    if grant.requested_cents is None or grant.total_cents >= grant.requested_cents:
        return []
    return [
        _text(
            f"Vous aviez demandé {format_euros(grant.requested_cents)}. Le montant attribué étant inférieur, "
            "il vous appartient d’adapter le projet et son budget, ou de renoncer à la subvention en nous l’écrivant."
        )
    ]


def _conditions(grant: Grant) -> list[str]:
    asked = [
        "La subvention sert uniquement à l’action décrite dans votre dossier. "
        "Un changement de contenu, de lieu, de public ou de calendrier nous est soumis avant d’être décidé.",
        f"Le bilan qualitatif et le compte rendu financier sont attendus {grant.bilan_due}.",
        "Ce qui n’a pas été employé conformément à son objet peut être demandé en retour.",
        f"Votre communication sur l’action nomme ceux qui la soutiennent : {grant.funder}, contrat de ville.",
    ]
    if grant.convention:
        return [*asked, "Une convention est signée avant tout versement : elle vous sera adressée."]
    return [*asked, f"Le versement intervient dans les {grant.payment_days} jours qui suivent cette notification."]


def rejection_letter(heading: Heading, rejection: Rejection) -> list[Block]:
    """The rejection of an application, or of what was asked of one funder."""
    return [
        *_opening(heading, "Suite donnée à votre demande"),
        _text(
            f"Vous avez déposé le projet « {heading.title} » en réponse à l’appel à projets « {heading.call} ». "
            f"Après examen, {rejection.by} n’a pas retenu {rejection.request}."
        ),
        *_reason(rejection.reason),
        _text(
            "Cette réponse ne préjuge pas des suites d’une prochaine demande. "
            "L’équipe du contrat de ville reste à votre disposition pour en parler."
        ),
        *_closing(heading),
    ]


def inadmissibility_letter(heading: Heading, rejection: Rejection) -> list[Block]:
    """The application could not be examined."""
    return [
        *_opening(heading, "Irrecevabilité de votre demande"),
        _text(
            f"Vous avez déposé le projet « {heading.title} » en réponse à l’appel à projets « {heading.call} ». "
            f"Sur décision prise par {rejection.by}, ce dossier est irrecevable : il ne sera pas examiné."
        ),
        *_reason(rejection.reason),
        *_closing(heading),
    ]


def _opening(heading: Heading, subject: str) -> list[Block]:
    return [
        {
            "kind": "letterhead",
            "sender": list(heading.sender),
            "recipient": list(heading.recipient),
            "place_date": heading.place_date,
        },
        {"kind": "key_values", "rows": [["Objet", subject], ["Dossier", f"{heading.reference} — {heading.title}"]]},
        _text("Madame, Monsieur,"),
    ]


def _reason(reason: str) -> list[Block]:
    return [
        {"kind": "heading", "text": "Les raisons de cette décision"},
        _text(reason),
    ]


def _closing(heading: Heading) -> list[Block]:
    return [
        {"kind": "heading", "text": "Contester cette décision"},
        _text(heading.appeals or APPEALS),
        _text(f"Pour toute question : {heading.contact}."),
        _text("Je vous prie d’agréer, Madame, Monsieur, l’expression de ma considération distinguée."),
        {"kind": "signature", "role": heading.signatory},
    ]


def _text(words: str) -> Block:
    return {"kind": "paragraph", "text": words}

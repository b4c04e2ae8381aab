"""A convention: when one is needed, what moves it, and the words it is made of. Cents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION
from portal.committee.rules import wording
from portal.committee.rules.wording import Block, Model, Placeholder, paragraph
from portal.committee.states import ConventionStatus as C
from portal.foundation.money import format_euros, format_share
from portal.foundation.transitions import TransitionTable, step

KEEPERS = DIRECTION | {Role.FUNDER_AGENT, Role.STATE_OFFICER}
"""Who prepares and follows conventions: the Direction, and each funder its own."""

CONVENTION = TransitionTable(
    "la convention",
    C,
    [
        step(
            "send",
            {C.DRAFTED},
            C.SENT,
            KEEPERS,
            "Envoyer à la structure",
            "convention.sent",
            ("document_made",),
            "convention_sent",
        ),
        step(
            "revise",
            {C.SENT},
            C.DRAFTED,
            KEEPERS,
            "Reprendre la convention",
            "convention.revised",
            ("reason_given",),
        ),
        step(
            "return",
            {C.SENT},
            C.RETURNED,
            {Role.APPLICANT, *KEEPERS},
            "Remettre la convention signée",
            "convention.returned",
            ("signed_copy_joined",),
        ),
        step(
            "ask_again",
            {C.RETURNED},
            C.SENT,
            KEEPERS,
            "Redemander un exemplaire signé",
            "convention.asked_again",
            ("reason_given",),
            "convention_asked_again",
        ),
        step(
            "accept",
            {C.RETURNED},
            C.ACTIVE,
            KEEPERS,
            "Accepter l’exemplaire signé",
            "convention.accepted",
            ("signature_dated",),
            "convention_accepted",
        ),
        step(
            "end",
            {C.DRAFTED, C.SENT, C.RETURNED, C.ACTIVE},
            C.ENDED,
            KEEPERS,
            "Mettre fin à la convention",
            "convention.ended",
            ("reason_given",),
        ),
        # Its actions are in no other convention: one ended by mistake would leave them without any.
        step(
            "resume",
            {C.ENDED},
            C.DRAFTED,
            KEEPERS,
            "Remettre la convention en préparation",
            "convention.resumed",
            ("never_in_force", "reason_given"),
        ),
    ],
)


IN_KIND = frozenset({"tfpb", "post"})
"""Natures of credit by which no money is paid: a tax given up, a post."""


def counts(nature: str, *, in_kind: bool) -> bool:
    """Whether credits of a nature count towards the threshold."""
    return in_kind or nature not in IN_KIND


def is_needed(*, private: bool, total_cents: int, threshold_cents: int) -> bool:
    """Above the threshold, never at it; public bodies sign none."""
    return private and total_cents > threshold_cents


# -- words --------------------------------------------------------------------------------------

PLACEHOLDERS = {
    "numero": Placeholder("le numéro de la convention", "2026-C004"),
    "contrat": Placeholder("le nom du contrat de ville", "Contrat de ville 2024-2030"),
    "financeur": Placeholder("le nom du financeur", "État"),
    "structure": Placeholder("le nom de la structure", "Les Tisseurs"),
    "siret": Placeholder("son SIRET", "123 456 789 00012"),
    "adresse": Placeholder("son adresse", "12 rue des Tisserands, 13100 Aix-en-Provence"),
    "representant": Placeholder("son représentant légal et sa fonction", "Nadia Roche, présidente"),
    "annees": Placeholder("l’année ou les années couvertes", "2026 à 2028"),
    "montant": Placeholder("le montant total attribué", "25 000,00 €"),
    "actions": Placeholder("la liste des actions, une par ligne", "2026-014 – Cuisines d’été : 25 000,00 €"),
    "premier_versement": Placeholder("la part versée à la signature", "80 %, soit 20 000,00 €"),
    "delai": Placeholder("le délai de versement, en jours", "60"),
    "echeance_bilan": Placeholder("la date des bilans", "30 juin 2027"),
}
"""What a convention may name between braces."""

DEFAULT_BODY = """Entre {financeur} et {structure}, SIRET {siret}, {adresse}, représentée par {representant}.

# Article 1 – Objet
{financeur} soutient, dans le cadre de « {contrat} » ({annees}), les actions suivantes, décrites dans l’annexe :
{actions}

# Article 2 – Montant et versements
Le montant total attribué est de {montant}. Une première part de {premier_versement} est versée dans les {delai} jours \
qui suivent la signature ; le solde l’est après acceptation du bilan final de chaque action.

# Article 3 – Engagements de la structure
La structure emploie la subvention aux seules actions décrites, prévient de tout changement avant de l’engager, \
tient une comptabilité à jour et nomme ses financeurs dans sa communication.

# Article 4 – Bilan et compte rendu financier
Le bilan qualitatif et le compte rendu financier de chaque action sont remis sur le portail pour le {echeance_bilan}. \
Les sommes non employées, ou employées à autre chose, peuvent être demandées en retour.

# Article 5 – Contrôle
La structure facilite à tout moment le contrôle de l’emploi des fonds, sur pièces et sur place.

# Article 6 – Durée et fin
La convention prend effet à sa signature et s’achève à l’acceptation du dernier bilan. En cas de manquement, \
le financeur peut y mettre fin un mois après une lettre restée sans effet."""


MODEL = Model(DEFAULT_BODY, PLACEHOLDERS, {"montant": "la convention dit le montant attribué"})


@dataclass(frozen=True)
class AnnexedAction:
    """An action as the annex describes it; `budget` holds (label, cents) of its totals,
    `tranches` (year, what it waits for, cents)."""

    reference: str
    title: str
    granted_cents: int
    description: str
    dates: str
    quartiers: str
    public: str
    budget: tuple[tuple[str, int], ...]
    tranches: tuple[tuple[str, str, int], ...] = ()
    adjusted_on: str | None = None


def blocks(
    body: str, *, title: str, number: str, actions: Iterable[AnnexedAction], signatures: list[str]
) -> list[Block]:
    """The document: its articles, the places to sign, the annex of actions."""
    made: list[Block] = [{"kind": "heading", "text": title}, paragraph(f"Convention n°\u00a0{number}")]
    made += wording.blocks(body)
    made += [{"kind": "signature", "role": f"Pour {name}, date et signature :"} for name in signatures]
    told = list(actions)
    made += _schedule(told)
    made.append({"kind": "heading", "text": "Annexe : les actions soutenues"})
    for action in told:
        made += _annexed(action)
    return made


def _schedule(actions: Sequence[AnnexedAction]) -> list[Block]:
    """What is paid when, action by action."""
    parts = [(action, part) for action in actions for part in action.tranches]
    if not parts:
        return []
    return [
        {"kind": "heading", "text": "Annexe : les versements prévus"},
        {
            "kind": "table",
            "columns": [
                {"label": "Action", "width": 5},
                {"label": "Année", "width": 1.2},
                {"label": "Versement", "width": 3},
                {"label": "Montant", "width": 2, "align": "right"},
            ],
            "rows": [
                [f"{action.reference} – {action.title}", year, waits, format_euros(cents)]
                for action, (year, waits, cents) in parts
            ],
            "total": ["Total", "", "", format_euros(sum(part[2] for _action, part in parts))],
        },
    ]


def _annexed(action: AnnexedAction) -> list[Block]:
    rows = [
        ["Montant attribué", format_euros(action.granted_cents)],
        ["Dates", action.dates],
        ["Quartiers", action.quartiers],
        ["Public", action.public],
        *[[label, format_euros(cents)] for label, cents in action.budget],
    ]
    if action.adjusted_on:
        rows.append(["Projet ajusté", f"accepté le {action.adjusted_on} ; il remplace le projet déposé"])
    return [
        {"kind": "heading", "text": f"{action.reference} – {action.title}"},
        {"kind": "key_values", "rows": [row for row in rows if row[1]]},
        *([paragraph(action.description)] if action.description else []),
    ]


def first_payment_words(first_bp: int, first_cents: int) -> str:
    """« 80 %, soit 12 000,00 € »: the sum of what the annex says, action by action, to the cent."""
    return f"{format_share(first_bp)}, soit {format_euros(first_cents)}"

"""The letters to applicants: our own plain words for each kind, what they may name, and their document.

What is decided, by which act, why, on what conditions, and how to contest it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.committee.rules import wording
from portal.committee.rules.wording import Block, Model, Placeholder, Value
from portal.committee.states import LetterKind, Outcome, TemplateKind

TELLING = {
    Outcome.NOT_RETAINED: LetterKind.REJECTION,
    Outcome.INADMISSIBLE: LetterKind.INADMISSIBILITY,
    Outcome.WAITING_LIST: LetterKind.WAITING_LIST,
    Outcome.ADJOURNED: LetterKind.ADJOURNMENT,
}
"""The decisions that the Direction tells by a letter of its own; a grant is told by its funder."""

APPEALS = (
    "Si vous contestez cette décision, vous pouvez, dans les deux mois qui suivent la réception de ce courrier, "
    "demander à son auteur de la réexaminer (recours gracieux) ou saisir le tribunal administratif compétent, "
    "par courrier ou sur www.telerecours.fr. Un recours gracieux présenté dans ce délai le fait repartir "
    "à compter de la réponse qui y est donnée."
)

SIGNED_FIRST = "Une convention est signée avant tout versement : elle vous sera adressée."


REFUSAL = "refusal"


def refusal_key(application_id: int, funder_id: int, line_ids: Iterable[int]) -> str:
    """What makes the letter of a funder's refusals one: the lines it tells of. What is refused later makes another."""
    return f"{REFUSAL}:{application_id}:{funder_id}:{'-'.join(map(str, sorted(line_ids)))}"


def lines_refused(key: str) -> frozenset[int]:
    """The lines of which a letter of refusal tells, by its key; none for any other letter."""
    kind, _, rest = key.partition(":")
    return frozenset(map(int, rest.rpartition(":")[2].split("-"))) if kind == REFUSAL else frozenset()


def paid_within(days: int) -> str:
    return f"Le versement intervient dans les {days} jours qui suivent cette notification."


# -- what a letter may name -----------------------------------------------------------------------

COMMON = {
    "reference": Placeholder("le numéro du dossier", "2026-014"),
    "titre": Placeholder("l’intitulé du projet", "Cuisines d’été"),
    "structure": Placeholder("le nom de la structure", "Les Tisseurs"),
    "siret": Placeholder("son SIRET", "123 456 789 00012"),
    "representant": Placeholder("son représentant légal", "Nadia Roche, présidente"),
    "quartiers": Placeholder("les quartiers d’intervention", "Encagnane, Jas de Bouffan"),
    "appel": Placeholder("l’intitulé de l’appel à projets", "Appel à projets 2026"),
    "annee": Placeholder("l’année de l’appel", "2026"),
    "contrat": Placeholder("le nom du contrat de ville", "Contrat de ville 2024-2030"),
    "date": Placeholder("la date du courrier", "3 avril 2026"),
    "montant_demande": Placeholder("le montant demandé", "5 000,00 €"),
    "contact": Placeholder("le service à joindre, son adresse, son téléphone", "Direction Politique de la Ville"),
    "voies_de_recours": Placeholder("les voies et délais de recours réglés sur le contrat", "Si vous contestez…"),
}
_SCENARIO = {
    "mention_scenario": Placeholder(
        "la mention d’un traitement algorithmique, vide si aucun scénario n’a été employé", "(vide)"
    ),
}
_FUNDER = {"financeur": Placeholder("le financeur", "Ville d’Aix-en-Provence")}
_GRANT = {
    **_FUNDER,
    "acte": Placeholder("l’acte, son numéro et sa date", "délibération n° 2026-12 du 3 avril 2026"),
    "montant": Placeholder("le montant attribué", "3 500,00 €"),
    "detail": Placeholder("le détail par nature de crédits, quand il y en a plusieurs", "Crédits spécifiques…"),
    "versement": Placeholder("la convention à signer, ou le délai de versement", SIGNED_FIRST),
    "bilan": Placeholder("quand le bilan est attendu", "au plus tard le 30 juin 2027"),
}
_REASON = {"motif": Placeholder("les raisons de la décision", "Le projet double une action existante.")}
_DECISION = {
    "decideur": Placeholder("qui a décidé, et quand", "le comité de pilotage du 12 mars 2026"),
    **_REASON,
}
_RANK = {"rang": Placeholder("le rang sur la liste complémentaire", "2")}

# -- what it must name ----------------------------------------------------------------------------

_APPEALS_NEEDED = {"voies_de_recours": "le courrier dit comment contester la décision, et dans quel délai"}
_REASON_NEEDED = {"motif": "un refus, une baisse ou un ajournement dit ses raisons"}
_SCENARIO_NEEDED = {"mention_scenario": "un scénario employé doit être dit au porteur"}
_GRANT_NEEDED = {
    "acte": "une attribution nomme son acte, avec son numéro et sa date",
    "montant": "le courrier dit le montant attribué",
    "versement": "le courrier dit la convention à signer, ou le délai de versement",
    **_SCENARIO_NEEDED,
    **_APPEALS_NEEDED,
}

# -- the usual words ------------------------------------------------------------------------------

_HEAD = "Dossier : {reference} – {titre}\n\nMadame, Monsieur,\n\n"
_FILED = "Vous avez déposé le projet « {titre} » en réponse à l’appel à projets « {appel} ». "
_WHY = "\n\n# Les raisons de cette décision\n{motif}\n{mention_scenario}\n\n"
_CONTEST = "# Contester cette décision\n{voies_de_recours}\n\n"
_END = (
    "Pour toute question : {contact}.\n\n"
    "Je vous prie d’agréer, Madame, Monsieur, l’expression de ma considération distinguée."
)
_ASKED = "Vous avez déposé une demande de subvention pour le projet « {titre} » (financeur : {financeur}). "
_CONDITIONS = (
    "# Les conditions de cette subvention\n"
    "- La subvention sert uniquement à l’action décrite dans votre dossier. Un changement de contenu, de lieu, "
    "de public ou de calendrier nous est soumis avant d’être décidé.\n"
    "- Le bilan qualitatif et le compte rendu financier sont attendus {bilan}.\n"
    "- Ce qui n’a pas été employé conformément à son objet peut être demandé en retour.\n"
    "- Votre communication sur l’action nomme ceux qui la soutiennent : {financeur}, contrat de ville.\n"
    "- {versement}\n\n"
)

MODELS = {
    TemplateKind.GRANT: Model(
        "Objet : attribution d’une subvention de {montant}\n"
        + _HEAD
        + _ASKED
        + "Par {acte}, une subvention de {montant} vous est attribuée.\n{detail}\n{mention_scenario}\n\n"
        + _CONDITIONS
        + _CONTEST
        + _END,
        COMMON | _GRANT | _SCENARIO,
        _GRANT_NEEDED,
    ),
    TemplateKind.GRANT_LOWER: Model(
        "Objet : attribution d’une subvention de {montant}\n"
        + _HEAD
        + _ASKED
        + "Par {acte}, une subvention de {montant} vous est attribuée.\n{detail}\n\n"
        "# Un montant inférieur à votre demande\n"
        "Vous aviez demandé {montant_demande}. Les raisons de ce montant sont les suivantes.\n{motif}\n"
        "{mention_scenario}\n"
        "Adaptez le projet et son budget sur le portail, dans « Ajuster mon projet », "
        "ou renoncez-y au même endroit.\n\n" + _CONDITIONS + _CONTEST + _END,
        COMMON | _GRANT | _REASON | _SCENARIO,
        _GRANT_NEEDED | _REASON_NEEDED,
    ),
    TemplateKind.REJECTION: Model(
        "Objet : suite donnée à votre demande\n"
        + _HEAD
        + _FILED
        + "Après examen, {decideur} n’a pas retenu votre projet."
        + _WHY
        + "Cette réponse ne préjuge pas des suites d’une prochaine demande. "
        "L’équipe du contrat de ville reste à votre disposition pour en parler.\n\n" + _CONTEST + _END,
        COMMON | _DECISION | _SCENARIO,
        _REASON_NEEDED | _SCENARIO_NEEDED | _APPEALS_NEEDED,
    ),
    TemplateKind.INADMISSIBILITY: Model(
        "Objet : irrecevabilité de votre demande\n"
        + _HEAD
        + _FILED
        + "Sur décision prise par {decideur}, ce dossier est irrecevable : il ne sera pas examiné.\n\n"
        "# Les raisons de cette décision\n{motif}\n\n" + _CONTEST + _END,
        COMMON | _DECISION,
        _REASON_NEEDED | _APPEALS_NEEDED,
    ),
    TemplateKind.WAITING_LIST: Model(
        "Objet : votre projet est sur la liste complémentaire\n"
        + _HEAD
        + _FILED
        + "Après examen, {decideur} l’a inscrit sur la liste complémentaire, au rang {rang} : il sera soutenu si "
        "des crédits se libèrent. À ce jour, aucune subvention ne vous est attribuée." + _WHY + _CONTEST + _END,
        COMMON | _DECISION | _RANK | _SCENARIO,
        _REASON_NEEDED | _SCENARIO_NEEDED | _APPEALS_NEEDED,
    ),
    TemplateKind.ADJOURNMENT: Model(
        "Objet : votre demande est ajournée\n"
        + _HEAD
        + _FILED
        + "Après examen, {decideur} a remis sa décision à une prochaine séance."
        + _WHY
        + "Vous serez informé de la suite "
        "donnée à votre demande dès qu’elle sera connue.\n\n" + _END,
        COMMON | _DECISION | _SCENARIO,
        _REASON_NEEDED | _SCENARIO_NEEDED,
    ),
    TemplateKind.FUNDER_REFUSAL: Model(
        "Objet : suite donnée à votre demande\n"
        + _HEAD
        + _FILED
        + "Après examen, {financeur} n’a pas retenu la demande de subvention de {montant_demande}."
        + _WHY
        + "Cette réponse ne préjuge pas de celle des autres financeurs, ni des suites d’une prochaine demande.\n\n"
        + _CONTEST
        + _END,
        COMMON | _FUNDER | _REASON | _SCENARIO,
        _REASON_NEEDED | _SCENARIO_NEEDED | _APPEALS_NEEDED,
    ),
}


# -- the document ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """What stands around the words: who writes to whom, where and when, who signs."""

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    place_date: str
    signatory: str


def letter(text: str, values: Mapping[str, Value], frame: Frame) -> list[Block]:
    """The blocks of a letter: its frame, and the words of a template filled with `values`."""
    head, rest = _head(wording.filled(text, values))
    return [
        {
            "kind": "letterhead",
            "sender": list(frame.sender),
            "recipient": list(frame.recipient),
            "place_date": frame.place_date,
        },
        *([{"kind": "key_values", "rows": head}] if head else []),
        *wording.blocks(rest),
        {"kind": "signature", "role": frame.signatory},
    ]


_HEAD_LINE = re.compile(r"(Objet|Dossier|Réf(?:érence)?|N/Réf|V/Réf|Affaire suivie par)[\s\u00a0]*:[\s\u00a0]*(.+)")


def _head(text: str) -> tuple[list[list[str]], str]:
    """The lines « Objet : … » that open a letter, told apart from its text."""
    lines, rows = text.split("\n"), []
    while lines and (found := _HEAD_LINE.fullmatch(lines[0].strip())):
        rows.append([found[1], found[2]])
        lines.pop(0)
    return rows, "\n".join(lines)

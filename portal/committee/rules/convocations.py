"""The convocation to a sitting: its words with placeholders, and the letter they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.committee.rules import wording
from portal.committee.rules.wording import Block, Model, Placeholder, Value

USUAL = """À l’attention de {nom}
Madame, Monsieur,
Nous avons l’honneur de vous convier, en qualité de {qualite}, à la séance « {seance} » :
- date : {date}
- heure : {heure}
- lieu : {lieu}
# Ordre du jour
{ordre_du_jour}
Si vous avez un lien avec une structure dont le dossier est à l’ordre du jour, déclarez votre déport avant la séance.
En cas d’empêchement, merci de nous prévenir dès que possible.
{service}"""

MODEL = Model(
    words=USUAL,
    placeholders={
        "nom": Placeholder("le nom de la personne convoquée", "Awa Diallo"),
        "qualite": Placeholder("à quel titre elle siège", "représentante de la CAF"),
        "seance": Placeholder("l’intitulé de la séance", "COPIL de février"),
        "instance": Placeholder("la nature de la séance", "Comité de pilotage"),
        "date": Placeholder("le jour de la séance", "24 février 2027"),
        "heure": Placeholder("l’heure, si elle est connue", "9 h 30"),
        "lieu": Placeholder("le lieu", "Hôtel de Ville"),
        "ordre_du_jour": Placeholder("les points de l’ordre du jour, un par ligne", "Examen de 42 dossiers"),
        "contrat": Placeholder("le nom du contrat de ville", "Contrat de ville 2024-2030"),
        "service": Placeholder("le service qui convoque", "Direction Politique de la Ville"),
    },
    required={"date": "chacun doit savoir quand", "ordre_du_jour": "chacun doit savoir de quoi"},
)


def checked_words(words: str) -> str:
    """The words of a convocation, or Refusals on `body`. Empty words mean the usual ones."""
    return wording.checked(words, MODEL) if words.strip() else ""


def letter(words: str, values: Mapping[str, Value], *, items: Sequence[Sequence[str]]) -> list[Block]:
    """The blocks of one convocation; `items` are (reference, structure, action) of the annex."""
    made = wording.blocks(wording.filled(words or USUAL, values))
    if items:
        made += [
            {"kind": "heading", "text": "Annexe : dossiers à l’ordre du jour"},
            {
                "kind": "table",
                "columns": [
                    {"label": "N°", "width": 1.3},
                    {"label": "Structure", "width": 3},
                    {"label": "Action", "width": 4},
                ],
                "rows": [list(item) for item in items],
            },
        ]
    return made


def agenda_lines(first: Sequence[str], count: int, verbs: Sequence[str], others: Sequence[str]) -> list[str]:
    """The points of an agenda: what comes first, the applications, the other points."""
    examined = []
    if count:
        what = f" ({', '.join(verbs)})" if verbs else ""
        examined = [f"Examen de {count} dossier{'s' if count > 1 else ''}{what}, dont la liste est jointe"]
    return [*first, *examined, *others] or ["L’ordre du jour sera communiqué."]

"""The relevé de décisions of a sitting, as the blocks of a document: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.committee.rules.cahier import euros, signed
from portal.committee.rules.votes import Votes, votes_words
from portal.foundation.money import NBSP

Block = dict[str, Any]


@dataclass(frozen=True)
class Attendee:
    """Somebody convened; `attendance` is already in words."""

    name: str
    capacity: str
    is_voting: bool
    attendance: str


@dataclass(frozen=True)
class Amount:
    """What a sitting says for one funder, beside what was asked and proposed before it. Cents."""

    funder: str
    requested: int | None
    proposed: int | None
    arbitrated: int


@dataclass(frozen=True)
class Former:
    """The decision that one of this sitting replaces; `where` names its sitting or its delegation."""

    outcome: str
    where: str
    decided_on: str
    letter_sent_on: str | None = None


@dataclass(frozen=True)
class Item:
    """One application as the minutes tell it. `outcome` is None when the sitting did not decide of it.

    `voters` are the voting members who took part; `replaced_on` is set once a later decision replaced it.
    """

    reference: str
    title: str
    organisation: str
    recused: tuple[str, ...]
    outcome: str | None
    reason: str
    waiting_rank: int | None = None
    amounts: tuple[Amount, ...] = ()
    voters: int | None = None
    votes: Votes | None = None
    former: Former | None = None
    replaced_on: str | None = None


@dataclass(frozen=True)
class Topic:
    """A point that is not an application, and what was said of it."""

    words: str
    conclusion: str
    comes_first: bool


@dataclass(frozen=True)
class Minutes:
    """What a sitting leaves in writing; `terms` are its first lines, already in French."""

    terms: tuple[tuple[str, str], ...]
    quorum: int | None
    arbitrates: bool
    decision_word: str
    attendees: tuple[Attendee, ...]
    items: tuple[Item, ...]
    topics: tuple[Topic, ...] = ()
    draft: bool = False
    number: int = 1


def blocks(minutes: Minutes) -> list[Block]:
    """The whole document, first heading of level 1."""
    return [
        *_state(minutes),
        {"kind": "key_values", "rows": _terms(minutes)},
        {"kind": "heading", "text": "Présence"},
        _attendance(minutes.attendees),
        {"kind": "heading", "text": "Déports"},
        *_recusals(minutes.items),
        *_topics("Points préalables", [topic for topic in minutes.topics if topic.comes_first]),
        {"kind": "heading", "text": minutes.decision_word if minutes.arbitrates else "Décisions"},
        *_summary(minutes.items),
        _decisions(minutes),
        *(_sums(minutes.items) if minutes.arbitrates else []),
        *_waiting(minutes.items),
        *_superseded(minutes.items),
        *_topics("Points divers", [topic for topic in minutes.topics if not topic.comes_first]),
        {"kind": "signature", "role": "La présidente ou le président de séance"},
    ]


def _state(minutes: Minutes) -> list[Block]:
    if minutes.draft:
        words = "Ce document n’a pas de valeur : la séance n’est pas close, et ses décisions peuvent encore changer."
        return [{"kind": "callout", "tone": "warning", "title": "Projet de relevé", "text": words}]
    if minutes.number > 1:
        words = f"Version {minutes.number} : elle remplace les précédentes, qui sont conservées."
        return [{"kind": "callout", "title": "Relevé réédité", "text": words}]
    return []


def _terms(minutes: Minutes) -> list[list[str]]:
    needed = "aucun quorum exigé" if minutes.quorum is None else f"{minutes.quorum} membres votants, hors déports"
    return [*([name, value] for name, value in minutes.terms), ["Quorum", needed]]


def _attendance(attendees: Sequence[Attendee]) -> Block:
    return {
        "kind": "table",
        "columns": [
            {"label": "Nom", "width": 3},
            {"label": "Qualité", "width": 4},
            {"label": "Voix", "width": 2},
            {"label": "Présence", "width": 3},
        ],
        "rows": [
            [
                each.name,
                each.capacity,
                "délibérative" if each.is_voting else "consultative",
                each.attendance or "non pointée",
            ]
            for each in attendees
        ],
        "empty": "Aucun membre convoqué.",
    }


def _recusals(items: Sequence[Item]) -> list[Block]:
    told = [f"{item.reference} : {', '.join(item.recused)}" for item in items if item.recused]
    if not told:
        return [{"kind": "paragraph", "text": "Aucun membre ne s’est déporté."}]
    words = "Les personnes suivantes n’ont pris part ni à l’examen ni à la décision des dossiers indiqués."
    return [{"kind": "paragraph", "text": words}, {"kind": "list", "items": told}]


def _topics(heading: str, topics: Sequence[Topic]) -> list[Block]:
    if not topics:
        return []
    rows = [[topic.words, topic.conclusion or "Sans suite notée."] for topic in topics]
    return [{"kind": "heading", "text": heading}, {"kind": "key_values", "rows": rows}]


def _summary(items: Iterable[Item]) -> list[Block]:
    """How many of each outcome, in the order they came."""
    counts: dict[str, int] = {}
    for item in items:
        told = item.outcome or "Sans décision"
        counts[told] = counts.get(told, 0) + 1
    if not counts:
        return []
    return [{"kind": "paragraph", "text": f"{', '.join(f'{name} : {count}' for name, count in counts.items())}."}]


def _decisions(minutes: Minutes) -> Block:
    columns = [
        {"label": "Dossier", "width": 3.2},
        {"label": "Décision", "width": 2.4},
        *([{"label": "Par financeur", "width": 3.6}] if minutes.arbitrates else []),
        {"label": "Motif", "width": 3.6},
    ]
    return {
        "kind": "table",
        "columns": columns,
        "rows": [
            [
                [{"text": f"{item.reference} {item.organisation}", "bold": True}, f"\n{item.title}"],
                _outcome(item),
                *([_amounts(item)] if minutes.arbitrates else []),
                item.reason or "–",
            ]
            for item in minutes.items
        ],
        "empty": "Aucun dossier à l’ordre du jour.",
    }


def _outcome(item: Item) -> str:
    if item.outcome is None:
        return "Pas de décision"
    lines = [item.outcome if item.waiting_rank is None else f"{item.outcome}, rang {item.waiting_rank}"]
    if item.votes is not None:
        lines.append(votes_words(item.votes))
    if item.voters is not None:
        lines.append(f"{item.voters} votant{'s' if item.voters > 1 else ''} hors déports")
    if item.replaced_on:
        lines.append(f"Remplacée le {item.replaced_on}")
    return "\n".join(lines)


def _amounts(item: Item) -> str:
    """What each funder is arbitrated at, and how it differs from what the COTECH proposed."""
    lines = []
    for amount in item.amounts:
        told = f"{amount.funder} : {euros(amount.arbitrated)}"
        if amount.proposed is not None and amount.proposed != amount.arbitrated:
            told += f" (COTECH {euros(amount.proposed)}, {signed(amount.arbitrated - amount.proposed)})"
        lines.append(told)
    if len(lines) > 1:
        lines.append(f"Total : {euros(sum(amount.arbitrated for amount in item.amounts))}")
    return "\n".join(lines) or "–"


def _sums(items: Sequence[Item]) -> list[Block]:
    """What is asked, proposed and arbitrated by funder, over what the sitting decided."""
    funders: dict[str, list[int]] = {}
    for item in items:
        for amount in item.amounts:
            sums = funders.setdefault(amount.funder, [0, 0, 0])
            for place, cents in enumerate((amount.requested, amount.proposed, amount.arbitrated)):
                sums[place] += cents or 0
    whole = [sum(sums[place] for sums in funders.values()) for place in range(3)]
    return [
        {"kind": "heading", "text": "Montants arbitrés"},
        {
            "kind": "table",
            "columns": [
                {"label": "Financeur", "width": 4},
                {"label": "Demandé", "width": 2, "align": "right"},
                {"label": "COTECH", "width": 2, "align": "right"},
                {"label": "Arbitré", "width": 2, "align": "right"},
            ],
            "rows": [[funder, *map(euros, sums)] for funder, sums in funders.items()],
            "total": ["Ensemble", *map(euros, whole)] if funders else None,
            "empty": "Aucun montant arbitré.",
        },
        {
            "kind": "paragraph",
            "style": "muted",
            "text": "L’arbitrage ne vaut pas attribution : chaque financeur décide ensuite par son propre acte.",
        },
    ]


def _waiting(items: Sequence[Item]) -> list[Block]:
    waiting = sorted((item for item in items if item.waiting_rank is not None), key=lambda item: item.waiting_rank or 0)
    if not waiting:
        return []
    return [
        {"kind": "heading", "text": "Liste complémentaire, dans l’ordre"},
        {
            "kind": "list",
            "items": [
                f"Rang{NBSP}{item.waiting_rank} : {item.reference} — {item.title} ({item.organisation})"
                for item in waiting
            ],
        },
    ]


def _superseded(items: Sequence[Item]) -> list[Block]:
    told = [_replaces(item, item.former) for item in items if item.former is not None]
    if not told:
        return []
    return [
        {"kind": "heading", "text": "Décisions remplacées"},
        {
            "kind": "paragraph",
            "text": "Elles restent au dossier ; celles de la séance les remplacent.",
        },
        {"kind": "list", "items": told},
    ]


def _replaces(item: Item, former: Former) -> str:
    told = f"{item.reference} : « {former.outcome} » du {former.decided_on} ({former.where})"
    if former.letter_sent_on:
        return f"{told}, déjà notifiée le {former.letter_sent_on} : un nouveau courrier informe le porteur"
    return told

"""The relevé de décisions of a sitting, as the blocks of a document: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.foundation.money import format_euros

Block = dict[str, Any]


@dataclass(frozen=True)
class Attendee:
    name: str
    capacity: str
    is_voting: bool
    is_present: bool


@dataclass(frozen=True)
class Item:
    """One application as the minutes tell it; `amounts` are (funder, cents), already in order.

    `outcome` is None when the sitting did not decide of it.
    """

    reference: str
    title: str
    organisation: str
    recused: tuple[str, ...]
    outcome: str | None
    reason: str
    waiting_rank: int | None = None
    amounts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Minutes:
    """What a closed sitting leaves in writing; `held_on` already written in French."""

    kind: str
    held_on: str
    place: str
    call: str
    quorum: int | None
    arbitrates: bool
    attendees: tuple[Attendee, ...]
    items: tuple[Item, ...]


def blocks(minutes: Minutes) -> list[Block]:
    """The whole document, first heading of level 1."""
    return [
        {"kind": "key_values", "rows": _terms(minutes)},
        {"kind": "heading", "text": "Présence"},
        _attendance(minutes.attendees),
        {"kind": "heading", "text": "Déports"},
        *_recusals(minutes.items),
        {"kind": "heading", "text": "Décisions"},
        _decisions(minutes.items),
        *(_amounts(minutes.items) if minutes.arbitrates else []),
        *_waiting(minutes.items),
    ]


def _terms(minutes: Minutes) -> list[list[str]]:
    rows = [["Nature de la séance", minutes.kind], ["Date", minutes.held_on]]
    rows += [["Lieu", minutes.place]] if minutes.place else []
    rows += [["Appel à projets", minutes.call]] if minutes.call else []
    needed = "aucun quorum exigé" if minutes.quorum is None else f"{minutes.quorum} membres votants, hors déports"
    return [*rows, ["Quorum", needed]]


def _attendance(attendees: Sequence[Attendee]) -> Block:
    return {
        "kind": "table",
        "columns": [
            {"label": "Nom", "width": 3},
            {"label": "Qualité", "width": 4},
            {"label": "Voix", "width": 2},
            {"label": "Présence", "width": 2},
        ],
        "rows": [
            [
                each.name,
                each.capacity,
                "délibérative" if each.is_voting else "consultative",
                "présent·e" if each.is_present else "absent·e",
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


def _decisions(items: Sequence[Item]) -> Block:
    return {
        "kind": "table",
        "columns": [
            {"label": "Dossier", "width": 4},
            {"label": "Structure", "width": 3},
            {"label": "Décision", "width": 2.6},
            {"label": "Motif", "width": 4},
        ],
        "rows": [
            [f"{item.reference}\n{item.title}", item.organisation, _outcome(item), item.reason or "–"] for item in items
        ],
        "empty": "Aucun dossier à l’ordre du jour.",
    }


def _outcome(item: Item) -> str:
    if item.outcome is None:
        return "Pas de décision"
    return item.outcome if item.waiting_rank is None else f"{item.outcome}, rang {item.waiting_rank}"


def _amounts(items: Sequence[Item]) -> list[Block]:
    """What was arbitrated by funder, and the total: one line per application that has amounts."""
    rows = [(item, [pair for pair in item.amounts if pair[1] > 0]) for item in items]
    kept = [(item, amounts) for item, amounts in rows if amounts]
    total = sum(cents for _item, amounts in kept for _funder, cents in amounts)
    return [
        {"kind": "heading", "text": "Montants arbitrés"},
        {
            "kind": "table",
            "columns": [
                {"label": "Dossier", "width": 3},
                {"label": "Par financeur", "width": 5},
                {"label": "Total", "width": 2, "align": "right"},
            ],
            "rows": [
                [
                    f"{item.reference}\n{item.organisation}",
                    "\n".join(f"{funder} : {format_euros(cents)}" for funder, cents in amounts),
                    format_euros(sum(cents for _funder, cents in amounts)),
                ]
                for item, amounts in kept
            ],
            "total": ["Ensemble", "", format_euros(total)] if kept else None,
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
            "ordered": True,
            "items": [f"{item.reference} — {item.title} ({item.organisation})" for item in waiting],
        },
    ]

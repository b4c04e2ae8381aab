"""The cahier de séance: the programming table by quartier, for the paper of a sitting. Cents.

An action in several quartiers is told once, in the first of them, and referred to in the others: the
amounts of the sections add up to the whole. What falls to each quartier stands beside, shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.calls.rules.apportioning import parts
from portal.committee.states import Verdict
from portal.foundation.money import NARROW_NBSP, NBSP, format_euros, format_share, group_thousands

Row = dict[str, Any]
NO_QUARTIER = "Sans quartier indiqué"
NO_PILLAR = "Sans pilier"
MARKS = {Verdict.FAVOURABLE: "F", Verdict.RESERVED: "R", Verdict.UNFAVOURABLE: "D", Verdict.NONE: "–"}
RECAP_NOTE = (
    "Par quartier, les montants d’une action commune à plusieurs quartiers sont répartis selon la part du public : "
    "chaque action compte une seule fois, et les trois tableaux donnent le même total."
)
LONGEST_PUBLIC = 90
LONGEST_REMARK = 420


@dataclass(frozen=True)
class Line:
    """A funding line of an action; None = not said yet."""

    funder: str
    requested: int | None
    previous: int | None
    previous_unknown: bool
    proposed: int | None
    arbitrated: int | None
    opinion: Verdict | None
    reserve: str


@dataclass(frozen=True)
class Action:
    """An action of the agenda. `places` are (quartier, share in basis points) in the contract's order.

    `hidden` is an action that the reader stepped out of: its title alone is told, and counts nowhere.
    """

    reference: str
    title: str
    organisation: str
    pillar: str | None
    theme: str | None
    people: int | None
    public: str
    places: tuple[tuple[str, int | None], ...]
    lines: tuple[Line, ...]
    score: str | None = None
    partners: tuple[tuple[str, Verdict], ...] = ()
    outcome: str | None = None
    rank: int | None = None
    reason: str = ""
    remarks: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Sums:
    """What a group of actions adds up to."""

    actions: int = 0
    requested: int = 0
    previous: int = 0
    proposed: int = 0
    arbitrated: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.actions + other.actions,
            self.requested + other.requested,
            self.previous + other.previous,
            self.proposed + other.proposed,
            self.arbitrated + other.arbitrated,
        )

    def cells(self) -> list[str]:
        """The four sums in words; a year before of which nothing is known stays a dash."""
        return [
            euros(self.requested),
            euros(self.previous) if self.previous else "–",
            euros(self.proposed),
            euros(self.arbitrated),
        ]


def sums_of(actions: Iterable[Action]) -> Sums:
    return sum((_sums(action) for action in actions if not action.hidden), Sums())


def _sums(action: Action) -> Sums:
    return Sums(
        1,
        sum(line.requested or 0 for line in action.lines),
        sum(line.previous or 0 for line in action.lines),
        sum(line.proposed or 0 for line in action.lines),
        sum(line.arbitrated or 0 for line in action.lines),
    )


# -- the document -------------------------------------------------------------------------------


def sections(actions: Sequence[Action], quartiers: Sequence[str], *, scores: bool) -> list[Row]:
    """One section a quartier that has actions, in the given order, what has no quartier last."""
    shared = shared_sums(actions)
    found = []
    for quartier in [*quartiers, NO_QUARTIER]:
        own = [action for action in actions if home(action) == quartier]
        also = [action for action in actions if home(action) != quartier and quartier in dict(action.places)]
        if own or also:
            found.append(_section(quartier, own, also, shared.get(quartier), scores=scores))
    return found


def home(action: Action) -> str:
    """The quartier where an action is told: the first of its own."""
    return action.places[0][0] if action.places else NO_QUARTIER


def shared_sums(actions: Iterable[Action]) -> dict[str, Sums]:
    """What falls to each quartier once each line is shared; what cannot be shared stands where it is told."""
    found: dict[str, Sums] = {}
    for action in actions:
        if action.hidden:
            continue
        shares = [share for _name, share in action.places]
        for line in action.lines:
            columns = [
                parts(cents or 0, shares) for cents in (line.requested, line.previous, line.proposed, line.arbitrated)
            ]
            if not action.places or None in columns[0]:
                place = home(action)
                found[place] = found.get(place, Sums()) + Sums(
                    0, line.requested or 0, line.previous or 0, line.proposed or 0, line.arbitrated or 0
                )
                continue
            for index, (name, _share) in enumerate(action.places):
                found[name] = found.get(name, Sums()) + Sums(0, *(column[index] or 0 for column in columns))
    return found


def _section(quartier: str, own: Sequence[Action], also: Sequence[Action], share: Sums | None, *, scores: bool) -> Row:
    told = sums_of(own)
    return {
        "quartier": quartier,
        "groups": [
            {
                "pillar": pillar,
                "rows": [_row(action, scores=scores) for action in own if (action.pillar or NO_PILLAR) == pillar],
                "sums": sums_of(action for action in own if (action.pillar or NO_PILLAR) == pillar).cells(),
            }
            for pillar in dict.fromkeys(action.pillar or NO_PILLAR for action in own)
        ],
        "also": [_elsewhere(action, quartier) for action in also],
        "count": told.actions,
        "sums": told.cells(),
        "share": share.cells() if share is not None and also_differs(told, share) else None,
    }


def also_differs(told: Sums, share: Sums) -> bool:
    """Whether what falls to a quartier is not simply what is told there."""
    return told.cells() != share.cells()


def _elsewhere(action: Action, quartier: str) -> Row:
    share = dict(action.places)[quartier]
    told = f"{action.reference} {action.title} ({action.organisation}) : voir {home(action)}"
    if action.hidden:
        return {"text": f"{told}, déport."}
    return {"text": told + (f", {format_share(share)} du public ici." if share is not None else ".")}


def _row(action: Action, *, scores: bool) -> Row:
    if action.hidden:
        return {
            "reference": action.reference,
            "organisation": action.organisation,
            "title": action.title,
            "hidden": True,
        }
    return {
        "reference": action.reference,
        "organisation": action.organisation,
        "title": action.title,
        "theme": action.theme if action.theme != action.pillar else "",
        "public": _public(action),
        "lines": [_line(line) for line in action.lines],
        "total": _total(action.lines) if len(action.lines) > 1 else None,
        "score": (action.score or "–") if scores else "",
        "remarks": _remarks(action),
        "hidden": False,
    }


def _public(action: Action) -> str:
    people = "" if action.people is None else f"{group_thousands(action.people)}{NBSP}pers."
    return "\n".join(text for text in (people, shortened(action.public, LONGEST_PUBLIC)) if text)


def _line(line: Line) -> Row:
    previous = "n. c." if line.previous_unknown and line.previous is None else written(line.previous)
    return {
        "funder": line.funder,
        "requested": written(line.requested),
        "previous": previous,
        "proposed": written(line.proposed),
        "arbitrated": written(line.arbitrated),
        "mark": MARKS[line.opinion] if line.opinion else "",
    }


def _total(lines: Sequence[Line]) -> list[str]:
    """The sum of each column, empty where nobody said anything yet."""
    columns = [
        [line.requested for line in lines],
        [line.previous for line in lines],
        [line.proposed for line in lines],
        [line.arbitrated for line in lines],
    ]
    known = [[cents for cents in column if cents is not None] for column in columns]
    return [euros(sum(column)) if column else "" for column in known]


def _remarks(action: Action) -> list[Row]:
    """The observations of an action, each with its heading; the difference of the two committees first."""
    found = []
    if action.outcome:
        rank = f", rang {action.rank}" if action.rank is not None else ""
        found.append({"head": "Décision", "text": f"{action.outcome}{rank}."})
    if told := difference(action):
        found.append({"head": "COTECH/COPIL", "text": told})
    elif action.reason:
        found.append({"head": "Motif", "text": shortened(action.reason, LONGEST_REMARK)})
    if action.recused:
        found.append({"head": "Déport", "text": ", ".join(action.recused) + "."})
    if len(action.places) > 1:
        shares = [name + (f" {format_share(share)}" if share is not None else "") for name, share in action.places]
        found.append({"head": "Quartiers", "text": ", ".join(shares) + "."})
    found += [
        {"head": f"Réserve, {line.funder}", "text": shortened(line.reserve, LONGEST_REMARK)}
        for line in action.lines
        if line.reserve
    ]
    if action.partners:
        marks = [f"{name} {MARKS[verdict]}" for name, verdict in action.partners]
        found.append({"head": "Avis", "text": ", ".join(marks) + "."})
    return [*found, *({"head": "", "text": remark} for remark in action.remarks)]


def difference(action: Action) -> str:
    """What the COPIL changed of what the COTECH proposed, funder by funder, and why; empty when nothing."""
    moved = [
        f"{line.funder} {signed((line.arbitrated or 0) - line.proposed)}"
        for line in action.lines
        if line.arbitrated is not None and line.proposed is not None and line.arbitrated != line.proposed
    ]
    if not moved:
        return ""
    why = f" ; motif : {shortened(action.reason, LONGEST_REMARK)}" if action.reason else " ; motif non indiqué"
    return ", ".join(moved) + why


# -- the whole ----------------------------------------------------------------------------------


def recap(actions: Sequence[Action], quartiers: Sequence[str]) -> Row:
    """The whole by quartier (shared), by pillar and by funder; parts add up to the whole, to the cent."""
    shared = shared_sums(actions)
    counted = [action for action in actions if not action.hidden]
    homes = {name: sum(home(action) == name for action in counted) for name in [*quartiers, NO_QUARTIER]}
    pillars: dict[str, Sums] = {}
    for action in counted:
        pillar = action.pillar or NO_PILLAR
        pillars[pillar] = pillars.get(pillar, Sums()) + _sums(action)
    return {
        "quartiers": [
            [name, str(homes[name]), *shared.get(name, Sums()).cells()]
            for name in [*quartiers, NO_QUARTIER]
            if homes[name] or name in shared
        ],
        "pillars": [[name, str(sums.actions), *sums.cells()] for name, sums in pillars.items()],
        "funders": [[name, str(sums.actions), *sums.cells()] for name, sums in _by_funder(counted).items()],
        "total": ["Ensemble", str(len(counted)), *sums_of(counted).cells()],
    }


def _by_funder(actions: Iterable[Action]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for action in actions:
        seen = set()
        for line in action.lines:
            count = 0 if line.funder in seen else 1
            seen.add(line.funder)
            found[line.funder] = found.get(line.funder, Sums()) + Sums(
                count, line.requested or 0, line.previous or 0, line.proposed or 0, line.arbitrated or 0
            )
    return found


def recusals(actions: Iterable[Action]) -> list[Row]:
    """Who stepped out of which actions, by name: {name, references}."""
    found: dict[str, list[str]] = {}
    for action in actions:
        for name in action.recused:
            found.setdefault(name, []).append(action.reference)
    return [{"name": name, "references": ", ".join(found[name])} for name in sorted(found)]


def envelope_rows(envelopes: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Amounts and what would be left: (name, status, amount, requested, proposed, left, arbitrated, left)."""
    return [
        [
            each["name"],
            each["status"],
            euros(each["amount"]),
            euros(each["requested"]),
            euros(each["proposed"]),
            euros(each["amount"] - each["proposed"]),
            euros(each["arbitrated"]),
            euros(each["amount"] - each["arbitrated"]),
        ]
        for each in envelopes
    ]


def legend(*, scores: bool) -> list[str]:
    """How to read the table, for whoever only has the paper."""
    return [
        "COTECH : montant proposé par le comité technique. COPIL : montant arbitré par le comité de pilotage ; "
        "une case vide reste à remplir en séance.",
        "N-1 : montant attribué l’an passé à la même action ; « n. c. » : non communiqué.",
        "Avis de chaque financeur : F favorable, R favorable sous réserve, D défavorable, – sans avis.",
        *(["Note : moyenne des analyses, sur 100. Elle éclaire, elle ne décide pas."] if scores else []),
        "Une action présente dans plusieurs quartiers est détaillée une seule fois, dans le premier, "
        "et rappelée dans les autres : ses montants ne sont jamais comptés deux fois.",
        "L’arbitrage ne vaut pas attribution : chaque financeur décide ensuite par son propre acte.",
    ]


# -- words --------------------------------------------------------------------------------------


def euros(cents: int) -> str:
    """« 4 500 € », with its cents only when it has some: columns stay narrow."""
    if cents % 100:
        return format_euros(cents)
    return f"{group_thousands(cents // 100)}{NBSP}€"


def written(cents: int | None) -> str:
    return "" if cents is None else euros(cents)


def signed(cents: int) -> str:
    return euros(cents) if cents < 0 else f"+{NARROW_NBSP}{euros(cents)}"


def shortened(text: str, longest: int) -> str:
    """The beginning of a text on one line, cut between two words."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0].rstrip(",;:.") + "…"

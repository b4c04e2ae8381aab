"""Past actions printed in a table: which rows make one application, what an import would change."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.exchange.rules.tables import BadLine, Line
from portal.foundation.folding import fold, printed_key

REQUIRED = ("quartier", "thematique", "association", "action", "order")
OPTIONAL = ("thematique_source", "descriptif")
LONGEST = {"association": 300, "action": 500, "descriptif": 10_000}
LARGEST_ORDER = 1_000_000

ActionKey = tuple[int | str, str]
"""What makes two rows one application: the association (its id, or the compared form of a name not
known yet) and the compared form of the action."""


class Finding(StrEnum):
    """What a row of the file is for the portal."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REPEATED = "repeated"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            "new": "Nouvelle",
            "changed": "Modifiée",
            "same": "Déjà présente",
            "repeated": "Imprimée deux fois",
            "refused": "À corriger",
        }[self.value]


@dataclass(frozen=True)
class Named:
    """A quartier or theme of the contract."""

    id: int
    name: str


@dataclass(frozen=True)
class Reference:
    """What the contract knows, by folded name."""

    quartiers: Mapping[str, Named]
    themes: Mapping[str, Named]


@dataclass(frozen=True)
class ExistingPlacement:
    id: int
    theme_id: int | None
    description: str | None
    printed_order: int | None


@dataclass(frozen=True)
class Existing:
    """What the portal already holds of this contract and year."""

    # By the compared form of the name; two names may lead to one organisation (a merger).
    organisations: Mapping[str, int] = field(default_factory=dict)
    # Of these, the registered ones that no import had met before.
    met_by_name: Mapping[str, int] = field(default_factory=dict)
    applications: Mapping[tuple[int, str], int] = field(default_factory=dict)
    placements: Mapping[tuple[int, int], ExistingPlacement] = field(default_factory=dict)

    def key_of(self, row: PrintedAction) -> ActionKey:
        name = printed_key(row.organisation)
        return self.organisations.get(name, name), printed_key(row.action)

    def application_of(self, key: ActionKey) -> int | None:
        organisation, action = key
        return self.applications.get((organisation, action)) if isinstance(organisation, int) else None


@dataclass(frozen=True)
class PrintedAction:
    """A row that can be read: an action of an association in a quartier."""

    line: int
    quartier: Named
    theme: Named
    organisation: str
    action: str
    description: str | None
    order: int


@dataclass(frozen=True)
class RowReport:
    """What is said of one row. The texts are as printed, even when they cannot be used."""

    line: int
    finding: Finding
    quartier: str = ""
    theme: str = ""
    organisation: str = ""
    action: str = ""
    message: str = ""


@dataclass(frozen=True)
class PlannedPlacement:
    """A placement to write: `existing` is None for a new one."""

    key: ActionKey
    row: PrintedAction
    existing: ExistingPlacement | None


@dataclass
class Plan:
    """All that an import would do, and what it says row by row."""

    existing: Existing = field(default_factory=Existing)
    reports: list[RowReport] = field(default_factory=list)
    new_actions: dict[ActionKey, PrintedAction] = field(default_factory=dict)
    placements: list[PlannedPlacement] = field(default_factory=list)
    actions: set[ActionKey] = field(default_factory=set)
    by_quartier: Counter[str] = field(default_factory=Counter)

    @property
    def mistakes(self) -> list[RowReport]:
        return self._found(Finding.REFUSED)

    @property
    def duplicates(self) -> list[RowReport]:
        return self._found(Finding.REPEATED)

    @property
    def changes_nothing(self) -> bool:
        return not self.placements and not self.mistakes

    def _found(self, finding: Finding) -> list[RowReport]:
        return [report for report in self.reports if report.finding is finding]

    def counts(self) -> dict[str, object]:
        """The figures told and kept: rows, actions, organisations, placements per quartier, duplicates."""
        found = Counter(report.finding for report in self.reports)
        return {
            "rows": len(self.reports),
            "actions": len(self.actions),
            "organisations": len({organisation for organisation, _ in self.actions}),
            "placements": dict(sorted(self.by_quartier.items())),
            "duplicates": found[Finding.REPEATED],
            "new": found[Finding.NEW],
            "changed": found[Finding.CHANGED],
            "same": found[Finding.SAME],
        }


def plan(lines: Iterable[Line | BadLine], reference: Reference, existing: Existing) -> Plan:
    """Compare the rows of a file with what the portal holds. Nothing is written."""
    made = Plan(existing)
    first_lines: dict[tuple[ActionKey, int], int] = {}
    for line in lines:
        row = _read(line, reference)
        if isinstance(row, RowReport):
            made.reports.append(row)
            continue
        key = existing.key_of(row)
        made.actions.add(key)
        place = (key, row.quartier.id)
        if place in first_lines:
            message = f"même quartier, même association et même action qu’à la ligne {first_lines[place]}"
            made.reports.append(_report(row, Finding.REPEATED, message))
            continue
        first_lines[place] = row.line
        made.by_quartier[row.quartier.name] += 1
        made.reports.append(_placed(made, key, row))
    return made


def _placed(made: Plan, key: ActionKey, row: PrintedAction) -> RowReport:
    application_id = made.existing.application_of(key)
    if application_id is None:
        made.new_actions.setdefault(key, row)
        known = None
    else:
        known = made.existing.placements.get((application_id, row.quartier.id))
    if known is not None and not _differs(row, known):
        return _report(row, Finding.SAME)
    made.placements.append(PlannedPlacement(key, row, known))
    return _report(row, Finding.NEW if known is None else Finding.CHANGED)


def _differs(row: PrintedAction, known: ExistingPlacement) -> bool:
    """An empty description says nothing, and erases nothing."""
    described = row.description is not None and row.description != known.description
    return described or row.theme.id != known.theme_id or row.order != known.printed_order


def _report(row: PrintedAction, finding: Finding, message: str = "") -> RowReport:
    return RowReport(row.line, finding, row.quartier.name, row.theme.name, row.organisation, row.action, message)


# -- reading one row ----------------------------------------------------------------------------


def _read(line: Line | BadLine, reference: Reference) -> PrintedAction | RowReport:
    if isinstance(line, BadLine):
        return RowReport(line.number, Finding.REFUSED, message=line.message)
    quartier = reference.quartiers.get(fold(line["quartier"]))
    theme = reference.themes.get(fold(line["thematique"] or line["thematique_source"]))
    order = _order(line["order"])
    mistakes = [*_text_mistakes(line)]
    if quartier is None:
        mistakes.insert(0, _unknown("quartier", line["quartier"], reference.quartiers))
    if theme is None:
        printed = line["thematique"] or line["thematique_source"]
        mistakes.append(_unknown("thématique", printed, reference.themes))
    if isinstance(order, str):
        mistakes.append(order)
    if mistakes or quartier is None or theme is None or isinstance(order, str):
        return RowReport(
            line.number,
            Finding.REFUSED,
            line["quartier"],
            line["thematique"],
            line["association"],
            line["action"],
            " ; ".join(mistakes),
        )
    return PrintedAction(
        line=line.number,
        quartier=quartier,
        theme=theme,
        organisation=_one_line(line["association"]),
        action=_one_line(line["action"]),
        description=line["descriptif"] or None,
        order=order,
    )


def _text_mistakes(line: Line) -> Iterable[str]:
    for column in ("association", "action"):
        if not line[column]:
            yield f"« {column} » est vide"
    for column, longest in LONGEST.items():
        if len(line[column]) > longest:
            yield f"« {column} » dépasse {longest} caractères"


def _unknown(kind: str, printed: str, known: Mapping[str, Named]) -> str:
    adjective = "inconnue" if kind == "thématique" else "inconnu"
    if not printed:
        return f"« {kind} » est vide"
    close = difflib.get_close_matches(fold(printed), known, n=1)
    hint = f" (« {known[close[0]].name} » ?)" if close else ""
    return f"{kind} {adjective} : « {printed[:80]} »{hint}"


def _order(text: str) -> int | str:
    if not (text.isascii() and text.isdigit()):
        return f"« order » n’est pas un nombre entier : « {text[:20]} »" if text else "« order » est vide"
    # Above the limit whatever its length: spare the conversion of a kilometre of digits.
    if len(text) > 12 or not 1 <= int(text) <= LARGEST_ORDER:
        return "« order » doit être compris entre 1 et 1 000 000"
    return int(text)


def _one_line(text: str) -> str:
    """The printed text; only a line break inside the cell becomes a space."""
    return " ".join(text.splitlines())

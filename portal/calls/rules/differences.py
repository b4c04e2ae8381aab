"""What changed between two readings of an application, in the words of the page that shows it.

The two are compared as they are laid out for reading (`filing_sheet`): a field that is added there
is compared too, and ids, which mean nothing to a reader, never count.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from portal.calls.rules.filing import Dossier, JoinedDocument
from portal.calls.rules.filing_sheet import Grid, ReadSection, laid_out
from portal.calls.rules.sections import asked_attestations
from portal.calls.states import LabelledEnum, Section
from portal.foundation.periods import to_paris

Cells = tuple[str, ...]
Pair = tuple[Cells | None, Cells | None]
Key = Callable[[Cells], Cells]

UNSAID = "non renseigné"
_WORD_OR_BREAK = re.compile(r"\n|[^ \t\r\n]+")


class Turn(LabelledEnum):
    """What happened to a value."""

    ADDED = "added", "Ajouté"
    REMOVED = "removed", "Retiré"
    REPLACED = "replaced", "Modifié"


class Stay(StrEnum):
    """Whether the words of a part stand in both texts, in the former alone or in the present one alone."""

    SAME = "same"
    GONE = "gone"
    COME = "come"


@dataclass(frozen=True)
class Part:
    """Consecutive words of a text, with the line breaks among them."""

    stay: Stay
    text: str


@dataclass(frozen=True)
class Change:
    """A value that differs: in words before and after, None where it was not there.

    `parts` tells a long text word by word, in the order to read; empty when the two values say it.
    """

    section: Section
    label: str
    before: str | None
    after: str | None
    parts: tuple[Part, ...] = ()

    @property
    def turn(self) -> Turn:
        if self.before is None:
            return Turn.ADDED
        return Turn.REMOVED if self.after is None else Turn.REPLACED


def differences(before: Dossier, after: Dossier) -> tuple[Change, ...]:
    """What differs from one application to another, section by section; nothing for what reads the same."""
    old = {part.section: part for part in laid_out(before)}
    found: list[Change] = []
    for part in laid_out(after):
        former, section = old.get(part.section, ReadSection(part.section)), part.section
        lists = _lists(section, before, after)
        told = {label for label, _, _ in lists}
        found += _values(section, _said(former.rows, told), _said(part.rows, told))
        found += _values(section, _said(former.texts, told), _said(part.texts, told), are_texts=True)
        for label, gone, come in lists:
            found += _items(section, label, gone, come)
        found += _grids(section, former, part, told)
    return tuple(found)


def by_section(changes: Iterable[Change]) -> list[tuple[Section, list[Change]]]:
    """The changes of each section, in the order given."""
    return [(section, list(group)) for section, group in groupby(changes, lambda change: change.section)]


def word_parts(before: str, after: str) -> tuple[Part, ...]:
    """Two texts told as one, word by word. Spaces do not count, line breaks do."""
    old, new = _WORD_OR_BREAK.findall(before), _WORD_OR_BREAK.findall(after)
    found: list[Part] = []
    for gone, come in _runs(old, new):
        if gone == come:
            found.append(Part(Stay.SAME, _joined(gone)))
            continue
        found += [Part(stay, _joined(words)) for stay, words in ((Stay.GONE, gone), (Stay.COME, come)) if words]
    return tuple(found)


def _runs(old: list[str], new: list[str]) -> list[tuple[list[str], list[str]]]:
    """Both texts cut at the same places: runs of words that are equal, or that stand for one another."""
    if old > new:
        # The matcher favours its first text: one order for both readings makes them mirror each other.
        return [(gone, come) for come, gone in _runs(new, old)]
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(old[old_from:old_to], new[new_from:new_to]) for _, old_from, old_to, new_from, new_to in found]


def _joined(words: Sequence[str]) -> str:
    return re.sub(r"[ ]*\n[ ]*", "\n", " ".join(words))


def _said(rows: Iterable[tuple[str, str | None]], told: Iterable[str]) -> list[Cells]:
    """The answers given, but those told item by item."""
    return [(label, value) for label, value in rows if value and label not in told]


def _values(section: Section, before: list[Cells], after: list[Cells], *, are_texts: bool = False) -> list[Change]:
    found = []
    for old, new in _paired(before, after, (_whole, _name)):
        if old is None or new is None:
            label = (old or new or ("",))[0]
            found.append(Change(section, label, old[1] if old else None, new[1] if new else None))
        elif are_texts:
            parts = word_parts(old[1], new[1])
            if any(part.stay is not Stay.SAME for part in parts):
                found.append(Change(section, new[0], old[1], new[1], parts))
        elif old[1].split() != new[1].split():
            found.append(Change(section, new[0], old[1], new[1]))
    return found


def _grids(section: Section, before: ReadSection, after: ReadSection, told: Iterable[str]) -> list[Change]:
    old, new = ({grid.caption: grid for grid in part.grids} for part in (before, after))
    found: list[Change] = []
    for caption in dict.fromkeys([*old, *new]):
        if caption not in told:
            found += _grid(section, caption, old.get(caption), new.get(caption))
    return found


def _grid(section: Section, caption: str, before: Grid | None, after: Grid | None) -> list[Change]:
    if before and after and before.columns != after.columns:
        before, after = _side_by_side(before, after)
    grid = after or before
    if grid is None:
        return []

    def described(cells: Cells) -> Cells:
        return tuple(cell for index, cell in enumerate(cells) if index not in grid.numbers)

    pairs = _paired(before.rows if before else (), after.rows if after else (), (_whole, described, _name))
    if before and after and before.total and after.total:
        pairs.append((before.total, after.total))
    return [_line(section, caption, grid.columns, old, new) for old, new in pairs if old != new]


def _side_by_side(before: Grid, after: Grid) -> tuple[Grid, Grid]:
    """Two tables under the columns of both (a budget that now covers several years): cells not there are empty."""
    columns = tuple(dict.fromkeys([*after.columns, *before.columns]))
    numbers = {grid.columns[index] for grid in (before, after) for index in grid.numbers}

    def widened(grid: Grid) -> Grid:
        places = [grid.columns.index(name) if name in grid.columns else None for name in columns]

        def cells_of(cells: Cells) -> Cells:
            return tuple("" if place is None else cells[place] for place in places)

        return Grid(
            grid.caption, columns, tuple(map(cells_of, grid.rows)),
            tuple(index for index, name in enumerate(columns) if name in numbers),
            cells_of(grid.total) if grid.total else None,
        )  # fmt: skip

    return widened(before), widened(after)


def _line(section: Section, caption: str, columns: Cells, before: Cells | None, after: Cells | None) -> Change:
    """One line of a table: its first cell names it, the others tell it; of a changed line, those that differ."""
    name = (after or before or ("",))[0]
    shown = [
        index for index in range(1, len(columns)) if before is None or after is None or before[index] != after[index]
    ]
    old, new = (None if cells is None else _told(columns, cells, shown) for cells in (before, after))
    return Change(section, f"{caption} : {name}", old, new)


def _told(columns: Cells, cells: Cells, shown: Sequence[int]) -> str:
    """The cells that tell a line, each after its column's name when there is more than one column to tell."""
    if len(columns) == 2:
        return cells[1] or UNSAID
    said = [f"{columns[index]} : {cells[index] or UNSAID}" for index in shown if cells[index] or len(shown) == 1]
    return " ; ".join(said) or UNSAID


def _items(section: Section, label: str, before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """What left a list and what came into it, item by item."""
    pairs = _paired([(each,) for each in before], [(each,) for each in after], (_whole,))
    return [
        Change(section, label, old[0] if old else None, new[0] if new else None) for old, new in pairs if old != new
    ]


def _lists(section: Section, before: Dossier, after: Dossier) -> list[tuple[str, list[str], list[str]]]:
    """The answers that are lists: (label, items before, items after)."""
    if section is Section.THEMES:
        return [
            (label, [each.label for each in old], [each.label for each in new])
            for label, old, new in (
                ("Autres thématiques", before.policy.secondary_themes, after.policy.secondary_themes),
                ("Axes transversaux", before.policy.axes, after.policy.axes),
                ("Priorités municipales", before.policy.priorities, after.policy.priorities),
            )
        ]
    if section is Section.DOCUMENTS:
        return [("Documents joints", *_documents(before.documents, after.documents))]
    if section is Section.SIGNATURE:
        return [("Attestations", _attested(before), _attested(after))]
    return []


def _attested(dossier: Dossier) -> list[str]:
    words = asked_attestations(dossier.organisation.kind)
    return [words[code] for code in words if code in dossier.attestations]


def _documents(before: Sequence[JoinedDocument], after: Sequence[JoinedDocument]) -> tuple[list[str], list[str]]:
    """The documents in words: the same name over another content says when it was joined."""
    contents: dict[str, set[str]] = defaultdict(set)
    for document in (*before, *after):
        contents[_named(document)].add(document.sha256)

    def told(document: JoinedDocument) -> str:
        name = _named(document)
        return name if len(contents[name]) == 1 else f"{name}, joint le {to_paris(document.added_at):%d/%m/%Y à %Hh%M}"

    return [told(each) for each in before], [told(each) for each in after]


def _named(document: JoinedDocument) -> str:
    return f"{document.label} : {document.file_name}"


def _whole(cells: Cells) -> Cells:
    return cells


def _name(cells: Cells) -> Cells:
    return cells[:1]


def _paired(before: Sequence[Cells], after: Sequence[Cells], keys: Sequence[Key]) -> list[Pair]:
    """The lines of two lists two by two: those alike by the first key, then by the next, then what is left.

    In the order of `after`; what went comes last.
    """
    partner: dict[int, int] = {}
    free = dict(enumerate(before))
    for key in keys:
        waiting: dict[Cells, deque[int]] = defaultdict(deque)
        for index, cells in free.items():
            waiting[key(cells)].append(index)
        for index, cells in enumerate(after):
            if index not in partner and waiting[key(cells)]:
                partner[index] = waiting[key(cells)].popleft()
                del free[partner[index]]
    met: list[Pair] = [(before[partner[i]] if i in partner else None, cells) for i, cells in enumerate(after)]
    return met + [(cells, None) for cells in free.values()]

"""What changed between two readings of an application, answer by answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.calls.rules.filing_sheet import ReadSection

NOTHING = "–"


@dataclass(frozen=True)
class SectionChange:
    """A section that changed: rows of (answer, before, after) in words."""

    label: str
    rows: tuple[tuple[str, str, str], ...]


def differences(before: Sequence[ReadSection], after: Sequence[ReadSection]) -> list[SectionChange]:
    """The sections that differ, in their order; tables by the lines that went and those that came."""
    old = {part.section: part for part in before}
    found = []
    for part in after:
        former = old.get(part.section, ReadSection(part.section))
        rows = (*_answers(former, part), *_lines(former, part))
        if rows:
            found.append(SectionChange(part.section.label, rows))
    return found


def _answers(before: ReadSection, after: ReadSection) -> list[tuple[str, str, str]]:
    old, new = dict(before.rows + before.texts), dict(after.rows + after.texts)
    return [
        (label, old.get(label) or NOTHING, new.get(label) or NOTHING)
        for label in dict.fromkeys([*old, *new])
        if (old.get(label) or None) != (new.get(label) or None)
    ]


def _lines(before: ReadSection, after: ReadSection) -> list[tuple[str, str, str]]:
    old = {grid.caption: grid.rows for grid in before.grids}
    new = {grid.caption: grid.rows for grid in after.grids}
    changed = []
    for caption in dict.fromkeys([*old, *new]):
        gone = [row for row in old.get(caption, ()) if row not in new.get(caption, ())]
        come = [row for row in new.get(caption, ()) if row not in old.get(caption, ())]
        if gone or come:
            changed.append((caption, _told(gone), _told(come)))
    return changed


def _told(rows: Sequence[tuple[str, ...]]) -> str:
    return " ; ".join(" — ".join(cell for cell in row if cell) for row in rows) or NOTHING

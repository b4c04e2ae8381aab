"""The shape of a reviewer's workbook, as it goes out and as it must come back.

One sheet per application, so that the meaning of each mark stays in sight and a sheet prints alone.
Column A is hidden: its first cell says whose sheet of which application this is, the others name the
row, so that a row is known wherever it went. Hidden is not secret: nothing in it gives a right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.committee.rules.scoring import SheetText

FORMAT = "analyses-1"
"""The version of the shape: a workbook of another version is not read."""
READ_ME, MARKS = "Mode d’emploi", "Repères"
AT_MOST = 80
"""Sheets of one workbook: beyond, nobody finds one's way between the tabs."""

KEY, LABEL, WEIGHT, FIRST_LEVEL, MARK, WORDS = 1, 2, 3, 4, 9, 10
"""Columns, from 1."""
HEADER_ROW = 4
HEADINGS = {LABEL: "Critère", WEIGHT: "Poids", MARK: "Note de 0 à 4", WORDS: "Commentaire"}
OPINION_HEADINGS = {LABEL: "Avis d’ensemble", WORDS: "Votre réponse"}
HEADER_KEY, OPINION_KEY = "grille", "avis"
VERDICT, STRENGTHS, RESERVES = "verdict", "strengths", "reserves"
"""The keys of the rows of the opinion, and the names of their fields."""
TEXT_LENGTH, COMMENT_LENGTH = 10_000, 2_000


def criterion_key(criterion_id: int) -> str:
    return f"critere:{criterion_id}"


@dataclass(frozen=True)
class GridLine:
    """A criterion of the call's grid. `descriptors` say what each mark from 0 to 4 means."""

    id: int
    label: str
    help: str
    weight: int
    descriptors: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """Which workbook this is. `workbook` names it among all those of its reviewer."""

    workbook: str
    call_id: int
    call_title: str
    reviewer_id: int
    reviewer: str
    made_at: datetime
    grid: tuple[GridLine, ...]
    is_demo: bool = False

    @property
    def grid_mark(self) -> str:
        """What changes with the grid."""
        return " ".join(f"{line.id}:{line.weight}" for line in self.grid)


@dataclass(frozen=True)
class ToAnalyse:
    """An application of the workbook with the sheet as it is saved; `version` 0 when nothing is.

    `essentials` are (label, text) pairs of what was filed.
    """

    application_id: int
    reference: str
    title: str
    organisation: str
    quartiers: str
    essentials: tuple[tuple[str, str], ...]
    text: SheetText
    version: int

    def mark(self, about: About) -> str:
        """What the first cell of its sheet holds."""
        parts = (about.call_id, about.reviewer_id, self.application_id, self.version)
        return ":".join(["dossier", *map(str, parts)])


@dataclass(frozen=True)
class SheetMark:
    """What the first cell of a sheet says."""

    call_id: int
    reviewer_id: int
    application_id: int
    version: int


def read_mark(text: str) -> SheetMark | None:
    """The mark that `ToAnalyse.mark` wrote; None when it is anything else."""
    name, *numbers = text.split(":")
    if name != "dossier" or len(numbers) != 4 or not all(each.isdecimal() and len(each) < 16 for each in numbers):
        return None
    return SheetMark(*map(int, numbers))

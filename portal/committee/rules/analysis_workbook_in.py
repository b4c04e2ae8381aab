"""A reviewer's workbook that comes back: what it says of each application, or what is wrong, by sheet and cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from openpyxl.utils import get_column_letter

from portal.committee.rules.analysis_shape import (
    COMMENT_LENGTH,
    FORMAT,
    HEADER_KEY,
    HEADINGS,
    KEY,
    LABEL,
    MARK,
    MARKS,
    OPINION_HEADINGS,
    OPINION_KEY,
    READ_ME,
    RESERVES,
    STRENGTHS,
    TEXT_LENGTH,
    VERDICT,
    WORDS,
    About,
    GridLine,
    SheetMark,
    criterion_key,
    read_mark,
)
from portal.committee.rules.scoring import TOP_LEVEL, Mark, SheetText, unexplained
from portal.committee.states import Verdict
from portal.foundation.characters import tidy_words
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal
from portal.foundation.workbooks import CellFault, SentCell, SentSheet

_AGAIN = "Téléchargez le classeur à nouveau, et reportez-y vos réponses."
_VERDICTS = {fold(verdict.label): verdict for verdict in Verdict}
_ESCAPED = re.compile(r"_x(00[01][0-9A-F])_")
"""How a spreadsheet writes a control character in its file."""
_Read = TypeVar("_Read")


@dataclass(frozen=True)
class SentAnalysis:
    """What one sheet says. `cells` gives the cell of each field (verdict, level_12…)."""

    sheet: str
    application_id: int
    version: int
    text: SheetText
    cells: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        return not any((self.text.verdict, self.text.strengths, self.text.reserves)) and not any(
            level is not None or comment for level, comment in self.text.marks.values()
        )


@dataclass
class SentAnalyses:
    """The analyses of a workbook. With a fault in it, nothing of it may be used."""

    workbook: str = ""
    analyses: list[SentAnalysis] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    absent: dict[int, str] = field(default_factory=dict)
    """The sheets it left with and lacks: {application: title}."""


def sent_analyses(book: Mapping[str, SentSheet], about: About) -> SentAnalyses:
    """What a workbook says, for the reviewer, the call and the grid of `about`."""
    marks = _marks(book)
    if wrong := _not_this_one(marks, about):
        return SentAnalyses(faults=[CellFault("", "", wrong)])
    left_with = {int(value): name.partition(" ")[2] for name, value in marks.items() if name.startswith("feuille ")}
    found = SentAnalyses(marks["classeur"], absent=dict(left_with))
    for sheet in book.values():
        if sheet.title not in (READ_ME, MARKS):
            _take(sheet, found, left_with, about)
    return found


def _marks(book: Mapping[str, SentSheet]) -> dict[str, str]:
    sheet = book.get(MARKS)
    return {str(sheet.at(row, 1).value): str(sheet.at(row, 2).value or "") for row in sheet.rows()} if sheet else {}


def _not_this_one(marks: Mapping[str, str], about: About) -> str | None:
    """Why the workbook is not one that this person may send back here; None when it is."""
    listed = [value for name, value in marks.items() if name.startswith("feuille ")]
    if not marks.get("classeur") or not all(value.isdecimal() and len(value) < 20 for value in listed):
        return "Ce classeur n’est pas celui de vos analyses. Téléchargez le vôtre, remplissez-le, puis renvoyez-le."
    if marks.get("format") != FORMAT:
        return f"Ce classeur est d’une autre version du portail. {_AGAIN}"
    if marks.get("personne") != str(about.reviewer_id):
        return "Ce classeur a été préparé pour une autre personne. Téléchargez le vôtre."
    if marks.get("appel") != str(about.call_id):
        return f"Ce classeur est celui d’un autre appel : « {marks.get('titre', '')[:100]} »."
    if marks.get("grille") != about.grid_mark:
        return f"La grille de l’appel a changé depuis que ce classeur a été téléchargé. {_AGAIN}"
    return None


def _take(sheet: SentSheet, found: SentAnalyses, left_with: Mapping[int, str], about: About) -> None:
    """Read one sheet once it is known whose it is."""
    mark = read_mark(str(sheet.at(1, KEY).value))
    if mark is None:
        found.faults.append(_unmarked(sheet, left_with))
        # Its absence is not a second fault.
        found.absent = {number: title for number, title in found.absent.items() if title != sheet.title}
        return
    if told := _misplaced(sheet, mark, found, left_with, about):
        found.faults.append(CellFault(sheet.title, "", told))
    else:
        faults = len(found.faults)
        analysis = _Page(sheet, found.faults, about.grid).read(mark)
        if len(found.faults) == faults:
            found.analyses.append(analysis)
    if mark.call_id == about.call_id and mark.reviewer_id == about.reviewer_id:
        found.absent.pop(mark.application_id, None)


def _unmarked(sheet: SentSheet, left_with: Mapping[int, str]) -> CellFault:
    if sheet.title in left_with.values():
        told = "La première colonne, masquée, a été changée : la feuille n’est plus reconnue."
        return CellFault(sheet.title, "A1", f"{told} {_AGAIN}")
    return CellFault(sheet.title, "", "Cette feuille n’est pas une fiche du classeur : ôtez-la.")


def _misplaced(
    sheet: SentSheet, mark: SheetMark, found: SentAnalyses, left_with: Mapping[int, str], about: About
) -> str | None:
    """Why a sheet may not be here, or not under this name."""
    if (mark.reviewer_id, mark.call_id) != (about.reviewer_id, about.call_id):
        return "Cette feuille vient du classeur d’une autre personne ou d’un autre appel : ôtez-la."
    title = left_with.get(mark.application_id)
    if title is None:
        return "Cette feuille vient d’un autre de vos classeurs : renvoyez-la avec le sien."
    if mark.application_id not in found.absent:
        return f"Cette feuille est en double : le dossier {title} est déjà dans ce classeur. Gardez-en une."
    if sheet.title != title:
        return f"Cette feuille s’appelait « {title} » : redonnez-lui ce nom."
    return None


class _Page:
    """Reads one sheet, noting every fault rather than the first."""

    def __init__(self, sheet: SentSheet, faults: list[CellFault], grid: Sequence[GridLine]) -> None:
        self.sheet, self.faults, self.grid = sheet, faults, grid
        self.cells: dict[str, str] = {}
        self.known = {criterion_key(line.id): line.label for line in grid}
        self.known |= {VERDICT: "Votre avis", STRENGTHS: "Points forts", RESERVES: "Réserves et points faibles"}

    def read(self, mark: SheetMark) -> SentAnalysis:
        rows = self._rows()
        text = SheetText()
        if self._has_its_columns() and len(rows) == len(self.known):
            self._refuse_merged(rows)
            self._refuse_strays(rows)
            before = len(self.faults)
            text = self._text(rows)
            if len(self.faults) == before:
                self._refuse_unexplained(text)
        return SentAnalysis(self.sheet.title, mark.application_id, mark.version, text, self.cells)

    def _rows(self) -> dict[str, int]:
        """The row of each answer, wherever it went."""
        rows: dict[str, int] = {}
        for row in self.sheet.rows():
            key = str(self.sheet.at(row, KEY).value)
            if key not in self.known:
                continue
            if key in rows:
                self._fault(row, LABEL, f"La ligne « {self.known[key]} » est en double : ôtez celle-ci.")
            else:
                rows[key] = row
        for key, label in self.known.items():
            if key not in rows:
                self.faults.append(
                    CellFault(
                        self.sheet.title, "", f"La ligne « {label} » manque : les lignes ne s’ôtent pas. {_AGAIN}"
                    )
                )
        return rows

    def _has_its_columns(self) -> bool:
        expected = [(OPINION_KEY, OPINION_HEADINGS), *([(HEADER_KEY, HEADINGS)] if self.grid else [])]
        for row in self.sheet.rows():
            for key, headings in expected:
                if self.sheet.at(row, KEY).value == key and not self._heads(row, headings):
                    return False
        return True

    def _heads(self, row: int, headings: Mapping[int, str]) -> bool:
        for column, words in headings.items():
            if self.sheet.at(row, column).value != words:
                told = f"La colonne « {words} » devrait être ici : les colonnes ne se déplacent ni ne s’ôtent. {_AGAIN}"
                self._fault(row, column, told)
                return False
        return True

    def _answers(self, rows: Mapping[str, int]) -> set[tuple[int, int]]:
        """The cells to fill, as (row, column)."""
        marks = {(rows[criterion_key(line.id)], MARK) for line in self.grid}
        return marks | {(row, WORDS) for row in rows.values()}

    def _refuse_merged(self, rows: Mapping[str, int]) -> None:
        told = {
            name: cell for cell in sorted(self._answers(rows), reverse=True) if (name := self.sheet.merged_over(*cell))
        }
        for name, cell in told.items():
            self._fault(*cell, f"Cellules fusionnées ({name}) : défaites la fusion, chaque réponse a sa cellule.")

    def _refuse_strays(self, rows: Mapping[str, int]) -> None:
        """What was written beside the cells to fill would be lost without a word."""
        answers = self._answers(rows)
        headers = {row for row in self.sheet.rows() if self.sheet.at(row, KEY).value in (HEADER_KEY, OPINION_KEY)}
        for (row, column), cell in sorted(self.sheet.cells.items()):
            outside = column >= MARK and (row, column) not in answers and row not in headers
            # Strays on the total are formulas of ours.
            if outside and not cell.is_formula and str(cell.value or "").strip():
                self._fault(
                    row, column, "Ce texte est hors des cellules à remplir : il ne serait pas gardé. Déplacez-le."
                )

    def _text(self, rows: Mapping[str, int]) -> SheetText:
        marks = {}
        for line in self.grid:
            row = rows[criterion_key(line.id)]
            level = self._answer(f"level_{line.id}", row, MARK, _level)
            comment = self._answer(f"comment_{line.id}", row, WORDS, lambda cell: _words(cell, COMMENT_LENGTH))
            marks[line.id] = (level, comment or "")
        verdict = self._answer(VERDICT, rows[VERDICT], WORDS, _verdict)
        strengths, reserves = (
            self._answer(key, rows[key], WORDS, lambda cell: _words(cell, TEXT_LENGTH)) or ""
            for key in (STRENGTHS, RESERVES)
        )
        return SheetText(verdict, strengths, reserves, marks)

    def _answer(self, field: str, row: int, column: int, read: Callable[[SentCell], _Read]) -> _Read | None:
        cell = self.sheet.at(row, column)
        self.cells[field] = cell.name
        if self.sheet.merged_over(row, column):
            return None
        try:
            return read(cell)
        except Refusal as refusal:
            self._fault(row, column, refusal.message)
            return None

    def _refuse_unexplained(self, text: SheetText) -> None:
        marks = [Mark(line.id, line.weight, *text.marks[line.id]) for line in self.grid]
        for refusal in unexplained(text.verdict, text.reserves, marks):
            self.faults.append(CellFault(self.sheet.title, self.cells[str(refusal.field)], refusal.message))

    def _fault(self, row: int, column: int, message: str) -> None:
        self.faults.append(CellFault(self.sheet.title, f"{get_column_letter(column)}{row}", message))


def _level(cell: SentCell) -> int | None:
    """A mark. Raises Refusal for anything else."""
    value = _typed(cell, "la note elle-même")
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
        value = int(value) if value.isdecimal() and len(value) < 4 else value
    if isinstance(value, date | datetime | time | timedelta):
        raise Refusal(f"C’est une date ({_day(value)}), pas une note de 0 à {TOP_LEVEL}.")
    if value is None:
        return None
    if isinstance(value, int | float | Decimal) and value in range(TOP_LEVEL + 1):
        return int(value)
    raise Refusal(f"« {_shown(value)} » n’est pas une note entière de 0 à {TOP_LEVEL}.")


def _verdict(cell: SentCell) -> Verdict | None:
    words = _words(cell, TEXT_LENGTH)
    if not words:
        return None
    if (found := _VERDICTS.get(fold(words))) is None:
        labels = ", ".join(verdict.label for verdict in Verdict)
        raise Refusal(f"« {words[:40]} » n’est pas un avis. Choisissez dans la liste : {labels}.")
    return found


def _words(cell: SentCell, longest: int) -> str:
    """A text of some lines. Raises Refusal for what is no text, or is too long."""
    value = _typed(cell, "le texte lui-même")
    if isinstance(value, date | datetime | time | timedelta):
        value = _day(value)
    text = clean(str(_shown(value) if isinstance(value, float) else value) if value is not None else "")
    if tidy_words(text) != text:
        odd = next(character for character in text if tidy_words(character) != character)
        raise Refusal(f"Ce texte contient un caractère invisible (U+{ord(odd):04X}) : retapez-le sans lui.")
    if len(text) > longest:
        raise Refusal(f"Ce texte est trop long : {len(text)} caractères, au plus {longest}.")
    return text


def clean(text: str) -> str:
    """A text as both sides compare it: ends of lines alike, no space around."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.replace("\r\n", "\n").replace("\r", "\n").strip()


def _typed(cell: SentCell, wanted: str) -> Any:
    """The value that was typed. Raises Refusal on a formula, an error or a yes-no."""
    if cell.is_formula:
        raise Refusal(f"C’est une formule : écrivez {wanted}.")
    if cell.is_error:
        raise Refusal(f"C’est une erreur de calcul ({cell.value}) : écrivez {wanted}.")
    if isinstance(cell.value, bool):
        raise Refusal(f"C’est « {'vrai' if cell.value else 'faux'} » : écrivez {wanted}.")
    return cell.value


def _shown(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:40].replace(".", ",") if isinstance(value, float) else str(value)[:40]


def _day(value: date | time | timedelta) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)

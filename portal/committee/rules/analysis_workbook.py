"""A reviewer's analyses as a workbook to fill: the shape that `analysis_workbook_in` reads back.

Cells to fill are unlocked, everything else is protected (without a password: protection prevents
slips, it is no secret). What people typed is text, never a formula; totals are formulas of ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.committee.rules.analysis_shape import (
    COMMENT_LENGTH,
    FIRST_LEVEL,
    FORMAT,
    HEADER_KEY,
    HEADER_ROW,
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
    WEIGHT,
    WORDS,
    About,
    GridLine,
    ToAnalyse,
    criterion_key,
)
from portal.committee.rules.scoring import TOP_LEVEL
from portal.committee.states import Verdict
from portal.foundation import spreadsheets as sheets
from portal.foundation.periods import to_paris

_TO_FILL = PatternFill("solid", fgColor="FFF8E1")
_GROUP = PatternFill("solid", fgColor="EEF1F5")
_LACKING = PatternFill("solid", bgColor="F9DEDC")
_LINE = Side(style="thin", color="C9CED6")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_OPEN = Protection(locked=False)
_WRAP = Alignment(wrap_text=True, vertical="top")
_CENTRE = Alignment(horizontal="center", vertical="top")
_MARK = "A1"
_WIDTHS = {KEY: 4, LABEL: 30, WEIGHT: 7, **dict.fromkeys(range(FIRST_LEVEL, MARK), 21), MARK: 10, WORDS: 54}
_LINE_HEIGHT, _TALLEST = 15, 405
"""Points: LibreOffice does not measure the rows of a file that leaves them to it, and none goes beyond."""
_WAY_BACK = f"#'{READ_ME}'!A1"


def analysis_workbook(applications: Sequence[ToAnalyse], about: About) -> bytes:
    """The workbook's bytes."""
    book = sheets.new_book(f"Analyses — {about.call_title}", to_paris(about.made_at).date())
    read_me = book.create_sheet(READ_ME)
    pages = [_Page(book, each, about) for each in applications]
    for page in pages:
        page.write()
    _marks(book, applications, about)
    _ReadMe(read_me, pages, about).write()
    return sheets.bytes_of(book)


class _Page:
    """The sheet of one application."""

    def __init__(self, book: Workbook, it: ToAnalyse, about: About) -> None:
        self.it, self.about = it, about
        self.sheet: Worksheet = book.create_sheet(it.reference)
        self.rows: dict[str, int] = {}
        self.row = HEADER_ROW
        self.total_row = 0

    def write(self) -> None:
        self._heading()
        if self.about.grid:
            self._grid()
        self._opinion()
        last = self._essentials()
        self._finish(last)

    def _heading(self) -> None:
        sheets.write_text(self.sheet[_MARK], self.it.mark(self.about))
        title = self.sheet.cell(1, LABEL)
        sheets.write_text(title, f"{self.it.reference} — {self.it.title}")
        title.font = Font(name=sheets.FONT, bold=True, size=14)
        sheets.write_text(
            self.sheet.cell(2, LABEL), " — ".join(filter(None, [self.it.organisation, self.it.quartiers]))
        )
        back = self.sheet.cell(3, LABEL)
        sheets.write_text(back, "Revenir à la liste")
        back.hyperlink = _WAY_BACK
        back.font = Font(name=sheets.FONT, color="1F4E8C", underline="single")

    def _headings(self, key: str, headings: dict[int, str]) -> None:
        sheets.write_header(
            self.sheet, self.row, [key, *(headings.get(column, "") for column in range(LABEL, WORDS + 1))]
        )
        self.sheet.row_dimensions[self.row].height = 2 * _LINE_HEIGHT + 3

    def _grid(self) -> None:
        levels = {FIRST_LEVEL + level: str(level) for level in range(TOP_LEVEL + 1)}
        self._headings(HEADER_KEY, HEADINGS | levels)
        first = self.row + 1
        for line in self.about.grid:
            self._criterion(line)
        last = self.row
        self._total(first, last)
        self._whole_marks(first, last)
        self._longest(f"{get_column_letter(WORDS)}{first}:{get_column_letter(WORDS)}{last}", COMMENT_LENGTH)
        self._missing_comments(first, last)

    def _criterion(self, line: GridLine) -> None:
        self.row += 1
        self.rows[criterion_key(line.id)] = self.row
        sheets.write_text(self.sheet.cell(self.row, KEY), criterion_key(line.id))
        self._words(LABEL, f"{line.label}\n{line.help}" if line.help else line.label, bold=True)
        self.sheet.cell(self.row, WEIGHT).value = line.weight
        self.sheet.cell(self.row, WEIGHT).alignment = _CENTRE
        for offset, descriptor in enumerate(line.descriptors):
            self._words(FIRST_LEVEL + offset, descriptor)
        level, comment = self.it.text.marks.get(line.id, (None, ""))
        mark = self._to_fill(MARK)
        mark.value, mark.number_format, mark.alignment = level, "0", _CENTRE
        mark.font = Font(name=sheets.FONT, bold=True, size=14)
        self._to_fill(WORDS, comment)
        self._raise_row(4)

    def _words(self, column: int, text: str, *, bold: bool = False) -> None:
        cell = self.sheet.cell(self.row, column)
        sheets.write_text(cell, text)
        cell.alignment = _WRAP
        cell.border = _BOX
        if bold:
            cell.font = Font(name=sheets.FONT, bold=True)

    def _to_fill(self, column: int, text: str = "") -> sheets.AnyCell:
        cell = self.sheet.cell(self.row, column)
        if text:
            sheets.write_text(cell, text)
        cell.protection, cell.fill, cell.alignment, cell.border = _OPEN, _TO_FILL, _WRAP, _BOX
        return cell

    def _total(self, first: int, last: int) -> None:
        self.row += 1
        self.total_row = self.row
        sheets.write_text(self.sheet.cell(self.row, LABEL), "Total sur 100")
        sheets.mark_total(self.sheet.cell(self.row, LABEL))
        weights = f"$C${first}:$C${last}"
        formula = f"=ROUND(SUMPRODUCT({weights},$I${first}:$I${last})*100/(SUM({weights})*{TOP_LEVEL}),2)"
        sheets.write_formula(self.sheet.cell(self.row, MARK), formula, "0.00", bold=True)
        self.row += 2

    def _opinion(self) -> None:
        self._headings(OPINION_KEY, OPINION_HEADINGS)
        text = self.it.text
        self._answer(VERDICT, "Votre avis", "À choisir dans la liste.", text.verdict.label if text.verdict else "")
        self._choose_verdict()
        self._answer(STRENGTHS, "Points forts", "", text.strengths, least=6)
        needed = "À écrire si l’avis est « Favorable sous réserve » ou « Défavorable »."
        self._answer(RESERVES, "Réserves et points faibles", needed, text.reserves, least=6)
        words = get_column_letter(WORDS)
        self._longest(f"{words}{self.row - 1}:{words}{self.row}", TEXT_LENGTH)

    def _raise_row(self, least: int, room: int = 0) -> None:
        """Make the row high enough for its words, `least` lines otherwise. `room` characters fill a line of
        merged cells."""
        lines = least
        for column, width in _WIDTHS.items():
            words = str(self.sheet.cell(self.row, column).value or "") if column != KEY else ""
            fits = room if room and column != LABEL else width - 2
            lines = max(lines, sum(max(1, -(-len(part) // fits)) for part in words.split("\n")))
        self.sheet.row_dimensions[self.row].height = min(_LINE_HEIGHT * lines + 3, _TALLEST)

    def _answer(self, key: str, label: str, help: str, text: str, least: int = 1) -> None:
        self.row += 1
        self.rows[key] = self.row
        sheets.write_text(self.sheet.cell(self.row, KEY), key)
        self._words(LABEL, label, bold=True)
        sheets.write_text(self.sheet.cell(self.row, FIRST_LEVEL), help)
        self.sheet.cell(self.row, FIRST_LEVEL).alignment = Alignment(vertical="top")
        self._to_fill(WORDS, text)
        self._raise_row(least)

    def _essentials(self) -> int:
        self.row += 2
        title = self.sheet.cell(self.row, LABEL)
        sheets.write_text(title, "L’essentiel du projet, tel que déposé")
        for column in range(LABEL, WORDS + 1):
            self.sheet.cell(self.row, column).fill = _GROUP
        title.font = Font(name=sheets.FONT, bold=True)
        for label, text in self.it.essentials:
            self.row += 1
            self._words(LABEL, label, bold=True)
            cell = self.sheet.cell(self.row, WEIGHT)
            sheets.write_text(cell, text)
            cell.alignment = _WRAP
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=WEIGHT, end_column=WORDS)
            self._raise_row(1, room=165)
        return self.row

    def _finish(self, last: int) -> None:
        for column, width in _WIDTHS.items():
            self.sheet.column_dimensions[get_column_letter(column)].width = width
        self.sheet.column_dimensions[get_column_letter(KEY)].hidden = True
        self.sheet.freeze_panes = f"C{HEADER_ROW + 1}"
        self.sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}" if self.about.grid else None
        self.sheet.print_area = f"B1:{get_column_letter(WORDS)}{last}"
        sheets.set_landscape(self.sheet)
        _protect(self.sheet)

    def _whole_marks(self, first: int, last: int) -> None:
        check = DataValidation(
            type="whole", operator="between", formula1="0", formula2=str(TOP_LEVEL), allow_blank=True
        )
        check.errorTitle, check.error = "Note", "Une note entière de 0 à 4."
        check.showErrorMessage = True
        self.sheet.add_data_validation(check)
        check.add(f"I{first}:I{last}")

    def _choose_verdict(self) -> None:
        labels = ",".join(verdict.label for verdict in Verdict)
        check = DataValidation(type="list", formula1=f'"{labels}"', allow_blank=True)
        check.errorTitle, check.error = "Avis", "Choisissez un avis dans la liste."
        check.showErrorMessage = True
        self.sheet.add_data_validation(check)
        check.add(self.sheet.cell(self.row, WORDS).coordinate)

    def _longest(self, where: str, length: int) -> None:
        check = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(length), allow_blank=True)
        check.errorTitle, check.error = "Texte", f"Ce texte est trop long : au plus {length} caractères."
        check.showErrorMessage = True
        self.sheet.add_data_validation(check)
        check.add(where)

    def _missing_comments(self, first: int, last: int) -> None:
        """The comment that a 0 or a 1 asks for is red until it is there."""
        # The stubs of openpyxl leave its rules untyped.
        lacking = FormulaRule(formula=[f'AND(ISNUMBER($I{first}),$I{first}<=1,$J{first}="")'], fill=_LACKING)  # type: ignore[no-untyped-call]  # openpyxl has no types here
        self.sheet.conditional_formatting.add(f"J{first}:J{last}", lacking)


class _ReadMe:
    """How to fill, then the list of the applications with where each is."""

    def __init__(self, sheet: Worksheet, pages: Sequence[_Page], about: About) -> None:
        self.sheet, self.pages, self.about = sheet, pages, about

    def write(self) -> None:
        row = 0
        for row, text in enumerate(self._lines(), start=1):
            cell = self.sheet.cell(row, 1)
            sheets.write_text(cell, text)
        self.sheet.cell(1, 1).font = Font(name=sheets.FONT, bold=True, size=14)
        self._list(row + 2)
        for column, width in zip("ABCDEF", (12, 52, 40, 16, 24, 12), strict=True):
            self.sheet.column_dimensions[column].width = width
        sheets.set_landscape(self.sheet)
        _protect(self.sheet)

    def _lines(self) -> list[str]:
        about = self.about
        marks = (
            "2. Notez chaque critère de 0 à 4 : ce que veut dire chaque note est écrit en face. Un 0 ou un 1 "
            "demande un commentaire, en rouge tant qu’il manque."
        )
        demo = ["Données de démonstration : les personnes et les projets sont fictifs."] if about.is_demo else []
        return [
            f"Analyses de {about.reviewer}",
            f"{about.call_title} — classeur préparé le {to_paris(about.made_at):%d/%m/%Y à %Hh%M}",
            *demo,
            "",
            "1. Une feuille par dossier. Remplissez les cellules jaunes, à votre rythme et sans connexion.",
            *([marks] if about.grid else []),
            f"{3 if about.grid else 2}. Donnez votre avis, les points forts et les réserves. Vous pouvez laisser une "
            "feuille inachevée.",
            f"{4 if about.grid else 3}. Enregistrez au format Excel (.xlsx), puis « Mes analyses », « Renvoyer le "
            "classeur ». Le portail montre ce qui change avant de l’enregistrer.",
            "",
            "Ne renommez pas les feuilles, n’ôtez ni lignes ni colonnes, ne fusionnez pas de cellules.",
            "Écrivez les notes elles-mêmes, sans formule.",
            "Ce classeur est personnel : il ne contient que vos analyses.",
        ]  # fmt: skip

    def _list(self, first: int) -> None:
        scored = bool(self.about.grid)
        headings = ["Dossier", "Projet", "Structure", "Notes à donner", "Avis", "Total sur 100"]
        sheets.write_header(self.sheet, first, headings if scored else [*headings[:3], "", "Avis", ""])
        for row, page in enumerate(self.pages, start=first + 1):
            link = self.sheet.cell(row, 1)
            sheets.write_text(link, page.it.reference)
            link.hyperlink = f"#'{page.it.reference}'!{get_column_letter(MARK if scored else WORDS)}{HEADER_ROW + 1}"
            link.font = Font(name=sheets.FONT, color="1F4E8C", underline="single")
            for column, text in ((2, page.it.title), (3, page.it.organisation)):
                sheets.write_text(self.sheet.cell(row, column), text)
                self.sheet.cell(row, column).alignment = _WRAP
            self._standing(row, page, scored)
        self.sheet.print_title_rows = f"{first}:{first}"

    def _standing(self, row: int, page: _Page, scored: bool) -> None:
        sheet = f"'{page.it.reference}'"
        verdict = f"{sheet}!$J${page.rows[VERDICT]}"
        sheets.write_formula(self.sheet.cell(row, 5), f'=IF({verdict}="","à donner",{verdict})', "General")
        if not scored:
            return
        rows = [page.rows[criterion_key(line.id)] for line in self.about.grid]
        marks = f"{sheet}!$I${rows[0]}:$I${rows[-1]}"
        sheets.write_formula(self.sheet.cell(row, 4), f"=COUNTBLANK({marks})", "0")
        self.sheet.cell(row, 4).alignment = _CENTRE
        sheets.write_formula(self.sheet.cell(row, 6), f"={sheet}!$I${page.total_row}", "0.00")


def _marks(book: Workbook, applications: Sequence[ToAnalyse], about: About) -> None:
    """What tells this workbook from any other, and the sheets it left with; hidden, not secret."""
    sheet: Worksheet = book.create_sheet(MARKS)
    marks = [
        ("format", FORMAT), ("classeur", about.workbook), ("appel", str(about.call_id)), ("titre", about.call_title),
        ("personne", str(about.reviewer_id)), ("grille", about.grid_mark),
        *((f"feuille {each.reference}", str(each.application_id)) for each in applications),
    ]  # fmt: skip
    for row, (name, value) in enumerate(marks, start=1):
        sheets.write_text(sheet.cell(row, 1), name)
        sheets.write_text(sheet.cell(row, 2), value)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True


def _protect(sheet: Worksheet) -> None:
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False

"""The budget of an application as a workbook to fill: the shape that `budget_workbook_in` reads back.

Cells to fill are unlocked, everything else is protected (without a password: protection prevents
slips, it is no secret). What people typed is text, never a formula; totals are formulas of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.calls.rules.budget_chart import Account, Chart
from portal.calls.rules.budget_rows import MAX_LINES_PER_ACCOUNT, BudgetRow, rows_of
from portal.calls.rules.filing import BudgetEntry, Dossier
from portal.calls.states import Side
from portal.foundation import spreadsheets as sheets
from portal.foundation.money import format_euros
from portal.foundation.periods import to_paris

FORMAT = "budget-1"
"""The version of the shape: a workbook of another version is not read."""

READ_ME, EXPENSES, INCOME, EXTRA, BALANCE, LISTS, MARKS = (
    "Lisez-moi", "Charges", "Produits", "Autres lignes", "Équilibre", "Listes", "Repères",
)  # fmt: skip
CODE, NAME, DETAIL, FIRST_AMOUNT = 1, 2, 3, 4
FUNDED = "74*"
"""In the column of accounts: a line that follows what is asked of a funder."""
EXTRA_LINES = 60
SPARE_LINES = 2

_TO_FILL = PatternFill("solid", fgColor="FFF8E1")
_GROUP = PatternFill("solid", fgColor="EEF1F5")
_OPEN = Protection(locked=False)
_WRAP = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class About:
    """Which budget this is. `version` is that of the section when the workbook was made."""

    version: int
    made_at: datetime


def budget_workbook(dossier: Dossier, chart: Chart, about: About) -> bytes:
    """The workbook's bytes."""
    book = sheets.new_book(f"Budget du dossier {dossier.reference}", to_paris(about.made_at).date())
    years = [year for year, _ in dossier.budgets]
    read_me = book.create_sheet(READ_ME)
    filled = rows_of(dossier, chart)
    parts = [_Part(book, chart, dossier, side, filled, years) for side in Side]
    for part in parts:
        part.write()
    _extra(book, chart, years)
    _balance(book, parts, years)
    _lists(book, chart)
    _marks(book, dossier, about)
    _read_me(read_me, dossier, years, about)
    book.security = WorkbookProtection(lockStructure=True)
    return sheets.bytes_of(book)


class _Part:
    """The sheet of one side: its accounts in the chart's order, those in kind after a total."""

    def __init__(
        self, book: Workbook, chart: Chart, dossier: Dossier, side: Side, rows: Sequence[BudgetRow], years: list[int]
    ) -> None:
        self.side = side
        self.title = EXPENSES if side is Side.EXPENSE else INCOME
        self.sheet: Worksheet = book.create_sheet(self.title)
        self.years = years
        self.accounts = [account for account in chart.accounts if account.side == side.value]
        self.rows = rows
        self.budgets = [lines for _, lines in dossier.budgets]
        self.row = 1
        self.totals: dict[bool, int] = {}
        """The row of the total, by whether it is of contributions in kind."""

    def write(self) -> None:
        headings = ["Compte", "Intitulé", "Détail (vos mots)", *_year_headings(self.years), "À quoi sert ce compte",
                    "Exemple de calcul"]  # fmt: skip
        sheets.write_header(self.sheet, 1, headings)
        for in_kind in (False, True):
            self._block([account for account in self.accounts if account.is_in_kind is in_kind], in_kind)
        last = FIRST_AMOUNT + len(self.years)
        widths = [9, 46, 34, *[16] * len(self.years), 48, 26]
        _finish(self.sheet, widths, "D2")
        _amounts_only(self.sheet, 2, self.row, len(self.years))
        _longest_detail(self.sheet, 2, self.row)
        self.sheet.print_area = f"A1:{get_column_letter(last - 1)}{self.row}"

    def _block(self, accounts: Sequence[Account], in_kind: bool) -> None:
        first = self.row + 1
        for group, members in groupby(accounts, key=lambda account: account.group_code):
            listed = list(members)
            self._heading(f"{group} — {listed[0].group_label}" if group.isdigit() else listed[0].group_label)
            if group == "74":
                self._funded()
            for account in listed:
                self._account(account)
        self.row += 1
        self.totals[in_kind] = self.row
        words = "Total des contributions en nature" if in_kind else f"Total des {self.side.label.lower()}"
        sheets.write_text(self.sheet.cell(self.row, NAME), words)
        sheets.mark_total(self.sheet.cell(self.row, NAME))
        for place in range(len(self.years)):
            letter = get_column_letter(FIRST_AMOUNT + place)
            sheets.write_formula(
                self.sheet[f"{letter}{self.row}"], f"=SUM({letter}{first}:{letter}{self.row - 1})", bold=True
            )
        self.row += 1

    def _heading(self, words: str) -> None:
        self.row += 1
        for column in range(1, FIRST_AMOUNT + len(self.years)):
            self.sheet.cell(self.row, column).fill = _GROUP
        cell = self.sheet.cell(self.row, NAME)
        sheets.write_text(cell, words)
        cell.font = Font(name=sheets.FONT, bold=True)

    def _funded(self) -> None:
        """What is asked of the funders of the call: shown, counted, not to be filled here."""
        asked: dict[tuple[int | None, str | None, str], list[int | None]] = {}
        for place, lines in enumerate(self.budgets):
            for entry in lines:
                if entry.funder_id is not None:
                    key = (entry.funder_id, entry.nature, entry.label)
                    asked.setdefault(key, [None] * len(self.years))[place] = entry.amount_cents
        for (_, _, label), amounts in asked.items():
            self._line(FUNDED, label, "Suit la rubrique « Les financements demandés ».", amounts)

    def _account(self, account: Account) -> None:
        typed = [row for row in self.rows if row.account == account]
        spare = max(min(SPARE_LINES, MAX_LINES_PER_ACCOUNT - len(typed)), 0)
        blank = BudgetRow(account, "", (None,) * len(self.years))
        for index, row in enumerate([*typed, *[blank] * spare]):
            self._line(account.code, account.label, row.label, row.amounts)
            self._unlock()
            if index == 0:
                self._help(account)

    def _line(self, code: str, name: str, detail: str, amounts: Sequence[int | None]) -> None:
        self.row += 1
        for column, text in ((CODE, code), (NAME, name), (DETAIL, detail)):
            sheets.write_text(self.sheet.cell(self.row, column), text)
            self.sheet.cell(self.row, column).alignment = _WRAP
        if not detail:
            self.sheet.cell(self.row, DETAIL).value = None
        for place, cents in enumerate(amounts):
            cell = self.sheet.cell(self.row, FIRST_AMOUNT + place)
            cell.number_format = sheets.EUROS
            if cents is not None:
                cell.value = Decimal(cents) / 100

    def _unlock(self) -> None:
        for column in range(DETAIL, FIRST_AMOUNT + len(self.years)):
            _to_fill(self.sheet, self.row, column)

    def _help(self, account: Account) -> None:
        for offset, text in enumerate((account.help, account.unit_help)):
            cell = self.sheet.cell(self.row, FIRST_AMOUNT + len(self.years) + offset)
            sheets.write_text(cell, text or "")
            cell.alignment = _WRAP


def _year_headings(years: Sequence[int]) -> list[str]:
    return [f"Montant {year}" for year in years] if len(years) > 1 else ["Montant"]


def _to_fill(sheet: Worksheet, row: int, column: int) -> None:
    cell = sheet.cell(row, column)
    cell.protection = _OPEN
    cell.fill = _TO_FILL
    if column >= FIRST_AMOUNT:
        cell.number_format = sheets.EUROS


def _finish(sheet: Worksheet, widths: Sequence[int], frozen: str) -> None:
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = frozen
    sheet.print_title_rows = "1:1"
    sheets.set_landscape(sheet)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def _amounts_only(sheet: Worksheet, first: int, last: int, years: int) -> None:
    check = DataValidation(type="decimal", operator="between", formula1="0", formula2="1000000000", allow_blank=True)
    check.errorTitle, check.error = "Montant", "Indiquez un montant en euros, sans signe moins : 1234,56."
    check.showErrorMessage = True
    sheet.add_data_validation(check)
    left, right = get_column_letter(FIRST_AMOUNT), get_column_letter(FIRST_AMOUNT + years - 1)
    check.add(f"{left}{first}:{right}{last}")


def _longest_detail(sheet: Worksheet, first: int, last: int) -> None:
    check = DataValidation(type="textLength", operator="lessThanOrEqual", formula1="150", allow_blank=True)
    check.errorTitle, check.error = "Détail", "Ce détail est trop long : au plus 150 caractères."
    check.showErrorMessage = True
    sheet.add_data_validation(check)
    check.add(f"C{first}:C{last}")


def _extra(book: Workbook, chart: Chart, years: Sequence[int]) -> None:
    """Lines under an account chosen in a list, for whoever needs more of them."""
    sheet: Worksheet = book.create_sheet(EXTRA)
    sheets.write_header(sheet, 1, ["Compte", "Intitulé choisi", "Détail (vos mots)", *_year_headings(years)])
    last = EXTRA_LINES + 1
    for row in range(2, last + 1):
        for column in (CODE, *range(DETAIL, FIRST_AMOUNT + len(years))):
            _to_fill(sheet, row, column)
        sheet.cell(row, NAME).value = f'=IF(A{row}="","",IFERROR(VLOOKUP(A{row},{LISTS}!$A$1:$B$99,2,FALSE),"?"))'
    choice = DataValidation(type="list", formula1=f"{LISTS}!$A$1:$A${len(chart.accounts)}", allow_blank=True)
    choice.errorTitle, choice.error = "Compte", "Choisissez un compte dans la liste."
    choice.showErrorMessage = True
    sheet.add_data_validation(choice)
    choice.add(f"A2:A{last}")
    _amounts_only(sheet, 2, last, len(years))
    _longest_detail(sheet, 2, last)
    _finish(sheet, [44, 22, 34, *[16] * len(years)], "D2")


_KINDS = {
    (Side.EXPENSE, False): "Charges", (Side.INCOME, False): "Produits",
    (Side.EXPENSE, True): "En nature, emplois (86)", (Side.INCOME, True): "En nature, ressources (87)",
}  # fmt: skip


def _lists(book: Workbook, chart: Chart) -> None:
    sheet: Worksheet = book.create_sheet(LISTS)
    for row, account in enumerate(chart.accounts, start=1):
        sheets.write_text(sheet.cell(row, 1), account.title)
        sheets.write_text(sheet.cell(row, 2), _KINDS[Side(account.side), account.is_in_kind])
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True


def _balance(book: Workbook, parts: Sequence[_Part], years: Sequence[int]) -> None:
    """The two sides beside one another, the lines of the other sheet included."""
    sheet: Worksheet = book.create_sheet(BALANCE)
    sheets.write_header(sheet, 1, ["", *_year_headings(years)])
    gaps = []
    row = 1
    for in_kind in (False, True):
        for part in parts:
            row += 1
            _kind_total(sheet, row, part, in_kind, len(years))
        row += 1
        words = "Écart en nature (doit être nul)" if in_kind else "Écart (doit être nul)"
        sheets.write_text(sheet.cell(row, 1), words)
        sheets.mark_total(sheet.cell(row, 1))
        for place in range(len(years)):
            letter = get_column_letter(2 + place)
            sheets.write_formula(sheet[f"{letter}{row}"], f"=ROUND({letter}{row - 2}-{letter}{row - 1},2)", bold=True)
            gaps.append(f"{letter}{row}")
    # The stubs of openpyxl leave its rules untyped.
    wrong = CellIsRule(operator="notEqual", formula=["0"], font=Font(name=sheets.FONT, bold=True, color="B3261E"))  # type: ignore[no-untyped-call]  # openpyxl has no types here
    for name in gaps:
        sheet.conditional_formatting.add(name, wrong)
    _finish(sheet, [36, *[18] * len(years)], "B2")


def _kind_total(sheet: Worksheet, row: int, part: _Part, in_kind: bool, years: int) -> None:
    words = _KINDS[part.side, in_kind]
    sheets.write_text(sheet.cell(row, 1), words)
    last = EXTRA_LINES + 1
    for place in range(years):
        letter = get_column_letter(FIRST_AMOUNT + place)
        more = f"SUMIF('{EXTRA}'!$B$2:$B${last},\"{words}\",'{EXTRA}'!{letter}$2:{letter}${last})"
        sheets.write_formula(sheet.cell(row, 2 + place), f"={part.title}!{letter}{part.totals[in_kind]}+{more}")


def _marks(book: Workbook, dossier: Dossier, about: About) -> None:
    """What tells the workbook of this application from any other; hidden, not secret."""
    sheet: Worksheet = book.create_sheet(MARKS)
    marks = (
        ("format", FORMAT), ("application", str(dossier.application_id)), ("reference", dossier.reference),
        ("chart", dossier.call.chart_version), ("years", str(dossier.project.years)), ("version", str(about.version)),
    )  # fmt: skip
    for row, (name, value) in enumerate(marks, start=1):
        sheets.write_text(sheet.cell(row, 1), name)
        sheets.write_text(sheet.cell(row, 2), value)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True


def _read_me(sheet: Worksheet, dossier: Dossier, years: Sequence[int], about: About) -> None:
    asked = sum(entry.amount_cents for entry in _asked(dossier.budget))
    lines = [
        f"Budget du dossier {dossier.reference} : {dossier.project.title or 'projet sans titre'}",
        f"{dossier.call.title} — {dossier.organisation.name}",
        f"Classeur préparé le {to_paris(about.made_at):%d/%m/%Y à %Hh%M}",
        "",
        "1. Remplissez les cellules jaunes des feuilles « Charges » et « Produits ». Laissez vides les autres comptes.",
        "2. Une ligne de plus ? Feuille « Autres lignes » : choisissez le compte dans la liste.",
        "3. Les montants sont en euros, sans signe moins. Vos formules sont permises : seul leur résultat est lu.",
        "4. La feuille « Équilibre » compare les charges et les produits : les écarts doivent être nuls.",
        "5. Enregistrez au format Excel (.xlsx), puis renvoyez le classeur depuis la page du budget. Le portail vous "
        "montre ce qui change avant de l’enregistrer.",
        "",
        "Le budget est celui du projet seul, pas celui de la structure."
        + (f" Il couvre les années {years[0]} à {years[-1]}." if len(years) > 1 else ""),
        "Les subventions demandées dans cet appel suivent la rubrique « Les financements demandés » "
        f"({format_euros(asked)} à ce jour) : elles sont comptées, et ne se changent pas ici.",
        "Ne renommez pas les feuilles et n’ôtez pas les lignes : le portail les reconnaît à leur place.",
    ]  # fmt: skip
    for row, text in enumerate(lines, start=1):
        cell = sheet.cell(row, 1)
        sheets.write_text(cell, text)
        cell.alignment = _WRAP
    sheet.cell(1, 1).font = Font(name=sheets.FONT, bold=True, size=14)
    sheet.column_dimensions["A"].width = 110
    sheets.set_landscape(sheet)
    sheet.protection.sheet = True


def _asked(entries: Sequence[BudgetEntry]) -> list[BudgetEntry]:
    return [entry for entry in entries if entry.funder_id is not None]

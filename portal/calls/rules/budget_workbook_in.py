"""A budget workbook that comes back: its lines, or what is wrong, by sheet and cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.calls.rules.budget_chart import Account, Chart, UnknownAccount
from portal.calls.rules.budget_lines import calculated
from portal.calls.rules.budget_paste import read_amount
from portal.calls.rules.budget_rows import LONGEST_LABEL, BudgetRow, check_room
from portal.calls.rules.budget_workbook import (
    CODE,
    DETAIL,
    EXPENSES,
    EXTRA,
    FIRST_AMOUNT,
    FORMAT,
    FUNDED,
    INCOME,
    MARKS,
)
from portal.calls.rules.filing import Dossier
from portal.calls.states import Side
from portal.foundation.refusals import Refusal
from portal.foundation.workbooks import CellFault, SentCell, SentSheet, UnusableWorkbook, cents_of


@dataclass
class SentBudget:
    """The lines of a workbook. With a fault in it, nothing of it may be used."""

    rows: list[BudgetRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    remarks: list[CellFault] = field(default_factory=list)
    """What was left aside, and prevents nothing."""
    version: int = 0
    """The version of the section when the workbook was downloaded."""


def sent_budget(book: Mapping[str, SentSheet], dossier: Dossier, chart: Chart) -> SentBudget:
    """What a workbook says of this application's budget.

    Raises UnusableWorkbook when it is not a budget workbook, is one of another application or of
    another shape, or misses a sheet.
    """
    marks = _marks(book)
    _check_marks(marks, dossier)
    missing = [title for title in (EXPENSES, INCOME, EXTRA) if title not in book]
    if missing:
        raise UnusableWorkbook(
            f"La feuille « {missing[0]} » manque : les feuilles ne se renomment pas. Téléchargez le classeur à nouveau."
        )
    found = SentBudget(version=int(marks["version"]) if marks.get("version", "").isdecimal() else 0)
    reader = _Reader(found, dossier.project.years, chart)
    for title, side in ((EXPENSES, Side.EXPENSE), (INCOME, Side.INCOME)):
        reader.read_side(book[title], side)
    reader.read_extra(book[EXTRA])
    try:
        check_room(found.rows)
    except Refusal as refusal:
        found.faults.append(CellFault("", "", refusal.message))
    return found


def _marks(book: Mapping[str, SentSheet]) -> dict[str, str]:
    sheet = book.get(MARKS)
    if sheet is None:
        raise UnusableWorkbook(
            "Ce classeur n’est pas celui du budget. Téléchargez celui de ce dossier, remplissez-le, puis renvoyez-le."
        )
    return {str(sheet.at(row, 1).value): str(sheet.at(row, 2).value) for row in sheet.rows()}


def _check_marks(marks: Mapping[str, str], dossier: Dossier) -> None:
    again = "Téléchargez le classeur à nouveau, et reportez-y vos lignes."
    if marks.get("format") != FORMAT:
        raise UnusableWorkbook(f"Ce classeur est d’une autre version du portail. {again}")
    if marks.get("application") != str(dossier.application_id):
        other = marks.get("reference", "")[:20]
        raise UnusableWorkbook(
            f"Ce classeur est celui d’un autre dossier ({other}), pas du dossier {dossier.reference}."
        )
    if marks.get("chart") != dossier.call.chart_version:
        raise UnusableWorkbook(f"Le plan comptable de l’appel a changé depuis. {again}")
    if marks.get("years") != str(dossier.project.years):
        raise UnusableWorkbook(f"La durée du projet a changé depuis que ce classeur a été téléchargé. {again}")


class _Reader:
    """Reads sheet after sheet, noting every fault rather than the first."""

    def __init__(self, found: SentBudget, years: int, chart: Chart) -> None:
        self.found = found
        self.chart = chart
        self.amounts = range(FIRST_AMOUNT, FIRST_AMOUNT + years)

    def read_side(self, sheet: SentSheet, side: Side) -> None:
        for row in sheet.rows():
            code = _words(sheet.at(row, CODE))
            if row == 1 or code == FUNDED:
                continue
            if not code:
                self._nothing_here(sheet, row)
            elif account := self.chart.of(side, code):
                self._line(sheet, row, account)
            else:
                self._fault(sheet, sheet.at(row, CODE), f"« {code[:40]} » n’est pas un compte de cette feuille.")

    def _nothing_here(self, sheet: SentSheet, row: int) -> None:
        """A row without account is a title or a total: nothing may be typed there."""
        for column in self.amounts:
            cell = sheet.at(row, column)
            if cell.value is not None and not cell.is_formula:
                self._fault(
                    sheet, cell, "ce montant est hors des lignes à remplir : utilisez la feuille « Autres lignes »."
                )

    def read_extra(self, sheet: SentSheet) -> None:
        for row in sheet.rows():
            if row == 1:
                continue
            named = _words(sheet.at(row, CODE))
            if named:
                try:
                    account, _ = self.chart.named(named)
                except UnknownAccount:
                    self._fault(sheet, sheet.at(row, CODE), "choisissez un compte dans la liste.")
                else:
                    self._line(sheet, row, account)
            elif any(sheet.at(row, column).value is not None for column in (DETAIL, *self.amounts)):
                self._fault(sheet, sheet.at(row, CODE), "choisissez le compte de cette ligne dans la liste.")

    def _line(self, sheet: SentSheet, row: int, account: Account) -> None:
        label = _words(sheet.at(row, DETAIL))
        amounts = [self._amount(sheet, sheet.at(row, column)) for column in self.amounts]
        if len(label) > LONGEST_LABEL:
            self._fault(sheet, sheet.at(row, DETAIL), f"détail trop long : au plus {LONGEST_LABEL} caractères.")
            return
        if label and not any(amount is not None for amount in amounts):
            amounts[0] = calculated(label)
            if amounts[0] is None:
                self.found.remarks.append(
                    CellFault(sheet.title, sheet.at(row, DETAIL).name, "ligne sans montant, laissée de côté.")
                )
        if any(amount is not None for amount in amounts):
            self.found.rows.append(BudgetRow(account, "" if label == account.label else label, tuple(amounts)))

    def _amount(self, sheet: SentSheet, cell: SentCell) -> int | None:
        try:
            return _cents(cell)
        except Refusal as refusal:
            self._fault(sheet, cell, refusal.message)
            return None

    def _fault(self, sheet: SentSheet, cell: SentCell, message: str) -> None:
        self.found.faults.append(CellFault(sheet.title, cell.name, message))


def _cents(cell: SentCell) -> int | None:
    """The cents of a cell. Raises Refusal for what is no amount."""
    value: Any = cell.value
    if value is None:
        if cell.is_formula:
            raise Refusal("cette formule n’a pas de résultat : ouvrez le classeur, enregistrez-le, puis renvoyez-le.")
        return None
    if isinstance(value, str):
        return read_amount(value)
    if isinstance(value, int | float) and value < 0:
        raise Refusal("un budget n’a pas de montant négatif. Une charge en moins est un produit, et l’inverse.")
    try:
        return cents_of(value)
    except ValueError as wrong:
        raise Refusal(str(wrong)) from None


def _words(cell: SentCell) -> str:
    """What a cell says, as text: a number typed as a detail is its digits."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = f"{value:%d/%m/%Y}"
    return " ".join(str(value).split())

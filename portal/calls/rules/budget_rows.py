"""The typed lines of a budget as rows that come from elsewhere: pasted, or sent in a workbook.

A proposal replaces every typed line of the budget at once; the lines that follow what is asked of the
funders are never in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.calls.rules.budget_chart import Account, Chart
from portal.calls.rules.budget_years import aligned
from portal.calls.rules.filing import BudgetEntry, Dossier
from portal.calls.states import Side
from portal.foundation.money import MAX_CENTS
from portal.foundation.refusals import Refusal

MAX_LINES_PER_ACCOUNT = 40
LONGEST_LABEL = 150


@dataclass(frozen=True)
class BudgetRow:
    """A line under an account: its own words (empty: those of the account) and the cents of each year."""

    account: Account
    label: str
    amounts: tuple[int | None, ...]


def rows_of(dossier: Dossier, chart: Chart) -> list[BudgetRow]:
    """The lines of the budget as they were typed."""
    found = []
    for line in aligned([lines for _, lines in dossier.budgets]):
        account = chart.of(line.first.side, line.first.account_code)
        if line.first.funder_id is None and account is not None:
            label = "" if line.first.label == account.label else line.first.label
            found.append(BudgetRow(account, label, line.amounts))
    return found


def with_rows(dossier: Dossier, rows: Sequence[BudgetRow]) -> Dossier:
    """The application as it would be with these lines in place of the typed ones."""
    funded = [[entry for entry in lines if entry.funder_id is not None] for _, lines in dossier.budgets]
    budgets = [(*_entries(rows, place), *following) for place, following in enumerate(funded)]
    later = [replace(year, budget=lines) for year, lines in zip(dossier.later_years, budgets[1:], strict=True)]
    return replace(dossier, budget=budgets[0], later_years=tuple(later))


def _entries(rows: Sequence[BudgetRow], place: int) -> list[BudgetEntry]:
    return [
        BudgetEntry(
            Side(row.account.side), row.account.code, row.account.label, row.label or row.account.label, cents,
            is_in_kind=row.account.is_in_kind, is_public=row.account.is_public_funding,
        )
        for row in rows
        if (cents := row.amounts[place]) is not None
    ]  # fmt: skip


def group_totals(rows: Sequence[BudgetRow]) -> dict[tuple[str, int], int]:
    """The cents of each group of accounts in each year (from 1)."""
    sums: Counter[tuple[str, int]] = Counter()
    for row in rows:
        for year, cents in enumerate(row.amounts, start=1):
            sums[row.account.group_code, year] += cents or 0
    return sums


def check_room(rows: Sequence[BudgetRow]) -> None:
    """Raises Refusal when an account has more lines than its part of the form holds."""
    counts = Counter(row.account.code for row in rows)
    full = [row.account for row in rows if counts[row.account.code] > MAX_LINES_PER_ACCOUNT]
    if full:
        raise Refusal(
            f"Le compte {full[0].title} aurait {counts[full[0].code]} lignes : au plus {MAX_LINES_PER_ACCOUNT}. "
            "Regroupez-en."
        )


def written(rows: Sequence[BudgetRow]) -> str:
    """The rows as the page that awaits a confirmation keeps them."""
    return json.dumps([[row.account.code, row.label, list(row.amounts)] for row in rows], ensure_ascii=False)


def read_back(text: str, chart: Chart, years: int) -> list[BudgetRow]:
    """The rows of `written`. Raises Refusal when they are not what the page was given."""
    spoiled = Refusal("La proposition n’a pas pu être relue. Recommencez depuis le début.")
    try:
        listed = json.loads(text)
        if not isinstance(listed, list):
            raise spoiled
        rows = [_row(chart, years, *each) for each in listed]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise spoiled from None
    check_room(rows)
    return rows


def _row(chart: Chart, years: int, code: str, label: str, amounts: list[int | None]) -> BudgetRow:
    account = next((each for each in chart.accounts if each.code == code), None)
    right = account is not None and isinstance(label, str) and len(label) <= LONGEST_LABEL and len(amounts) == years
    if account is None or not right or not all(map(_is_amount, amounts)):
        raise ValueError(code)
    return BudgetRow(account, label, tuple(amounts))


def _is_amount(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value <= MAX_CENTS)

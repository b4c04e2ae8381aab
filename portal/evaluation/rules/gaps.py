"""The realised budget beside its forecast, account by account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.calls.states import Side
from portal.foundation.refusals import Refusal

EXPLAINED_ABOVE_BP = 1000
"""A gap larger than this share of the forecast, either way, asks for a word."""


@dataclass(frozen=True)
class Line:
    """A budget line. `amount_cents` None: not answered yet."""

    side: Side
    account_code: str
    amount_cents: int | None


@dataclass(frozen=True)
class AccountGap:
    """An account, all its lines together. `gap_bp` None: nothing was forecast there, or not answered."""

    side: Side
    account_code: str
    expected_cents: int
    actual_cents: int | None
    gap_bp: int | None

    @property
    def asks_for_a_word(self) -> bool:
        if self.actual_cents is None:
            return False
        if self.gap_bp is None:
            return self.actual_cents != self.expected_cents
        return abs(self.gap_bp) > EXPLAINED_ABOVE_BP


@dataclass(frozen=True)
class Totals:
    """Class 86 and 87 aside; `in_kind_*` hold those."""

    expense_cents: int
    income_cents: int
    in_kind_expense_cents: int
    in_kind_income_cents: int


def gap_bp(expected_cents: int, actual_cents: int) -> int | None:
    """The gap in basis points of the forecast, rounded half away from zero; None without forecast."""
    if expected_cents == 0:
        return None
    difference = actual_cents - expected_cents
    size = (abs(difference) * 20_000 + expected_cents) // (2 * expected_cents)
    return size if difference >= 0 else -size


def account_gaps(expected: Iterable[Line], actual: Iterable[Line]) -> list[AccountGap]:
    """One gap per side and account, in the order of their codes, expenses first."""
    forecast = _by_account(expected)
    realised = _by_account(actual)
    keys = sorted(forecast.keys() | realised.keys(), key=lambda key: (key[0] is not Side.EXPENSE, key[1]))
    gaps = []
    for side, code in keys:
        planned, real = forecast.get((side, code)) or 0, realised.get((side, code))
        gaps.append(AccountGap(side, code, planned, real, None if real is None else gap_bp(planned, real)))
    return gaps


def _by_account(lines: Iterable[Line]) -> dict[tuple[Side, str], int | None]:
    sums: dict[tuple[Side, str], int | None] = {}
    for line in lines:
        key = (line.side, line.account_code)
        sums[key] = _plus(sums.get(key), line.amount_cents)
    return sums


def _plus(one: int | None, other: int | None) -> int | None:
    """Adding what is known: only two unknowns stay unknown."""
    return other if one is None else one if other is None else one + other


def totals(lines: Iterable[Line]) -> Totals:
    """What was spent and received, in-kind contributions apart (classes 86 and 87)."""
    sums = {(side, in_kind): 0 for side in Side for in_kind in (False, True)}
    for line in lines:
        sums[line.side, is_in_kind(line.account_code)] += line.amount_cents or 0
    return Totals(
        sums[Side.EXPENSE, False], sums[Side.INCOME, False], sums[Side.EXPENSE, True], sums[Side.INCOME, True]
    )


def is_in_kind(account_code: str) -> bool:
    return account_code.startswith(("86", "87"))


def check_in_kind(lines: Iterable[Line]) -> None:
    """What was given in kind is worth the same on both sides, to the cent."""
    found = totals(lines)
    if found.in_kind_expense_cents != found.in_kind_income_cents:
        raise Refusal(
            "Les contributions en nature doivent être égales en charges (classe 86) et en produits (classe 87)."
        )

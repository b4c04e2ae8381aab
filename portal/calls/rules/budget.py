"""The budget of a project: totals, balance to the cent, part of public money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.calls.rules.filing import BudgetEntry
from portal.calls.states import Side
from portal.foundation.money import WHOLE_IN_BASIS_POINTS, format_euros


@dataclass(frozen=True)
class Totals:
    """Sums of a budget in cents; in-kind contributions (classes 86 and 87) stand apart."""

    expenses: int
    income: int
    in_kind_expenses: int
    in_kind_income: int
    public: int

    @property
    def gap(self) -> int:
        """Expenses less income: what income still lacks when positive."""
        return self.expenses - self.income

    @property
    def in_kind_gap(self) -> int:
        return self.in_kind_expenses - self.in_kind_income

    @property
    def is_balanced(self) -> bool:
        return self.gap == 0 and self.in_kind_gap == 0

    @property
    def public_share_bp(self) -> int | None:
        """The part of public money in the budget (its larger side while it does not balance yet).

        None without expenses. Rounded up, so that a share above a limit shows above it.
        """
        return -(-self.public * WHOLE_IN_BASIS_POINTS // self.size) if self.expenses else None

    @property
    def size(self) -> int:
        return max(self.expenses, self.income)


def totals(entries: Iterable[BudgetEntry]) -> Totals:
    """The sums of a budget's lines."""
    sums = {(side, kind): 0 for side in Side for kind in (False, True)}
    public = 0
    for entry in entries:
        sums[entry.side, entry.is_in_kind] += entry.amount_cents
        if entry.side is Side.INCOME and entry.is_public and not entry.is_in_kind:
            public += entry.amount_cents
    return Totals(
        expenses=sums[Side.EXPENSE, False],
        income=sums[Side.INCOME, False],
        in_kind_expenses=sums[Side.EXPENSE, True],
        in_kind_income=sums[Side.INCOME, True],
        public=public,
    )


def imbalances(sums: Totals) -> list[str]:
    """What keeps the budget from balancing, in words; nothing when it balances to the cent."""
    told = []
    if sums.gap:
        more, less = ("charges", "produits") if sums.gap > 0 else ("produits", "charges")
        told.append(f"Les {more} dépassent les {less} de {format_euros(abs(sums.gap))}.")
    return told + in_kind_imbalance(sums)


def in_kind_imbalance(sums: Totals) -> list[str]:
    """What keeps the contributions in kind from balancing, in words; nothing when they do."""
    if not sums.in_kind_gap:
        return []
    return [
        "Les contributions en nature ne s’équilibrent pas : la classe 86 et la classe 87 diffèrent de "
        f"{format_euros(abs(sums.in_kind_gap))}."
    ]


def exceeds(sums: Totals, limit_bp: int | None) -> bool:
    """Whether public money goes beyond the call's share (None: the call does not look)."""
    return limit_bp is not None and sums.expenses > 0 and sums.public * WHOLE_IN_BASIS_POINTS > limit_bp * sums.size

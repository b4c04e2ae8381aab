"""How an amount of an application falls to its quartiers: shares of beneficiaries, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from portal.foundation.money import WHOLE_IN_BASIS_POINTS, largest_remainder

T = TypeVar("T")


def parts(amount: int | None, shares: Sequence[int | None]) -> list[int | None]:
    """Split `amount` (cents, or any whole quantity) by `shares` (basis points), one part per share.

    The parts add up to the amount exactly. A single quartier takes it all, whatever its share says.
    An unknown amount, or shares that are not all known (a past programme), leave every part unknown.
    """
    if amount is None:
        return [None] * len(shares)
    if len(shares) == 1:
        return [amount]
    known = [share for share in shares if share is not None]
    if len(known) < len(shares) or sum(known) == 0:
        return [None] * len(shares)
    return list(largest_remainder(amount, known))


def equal_shares(of: Sequence[T]) -> dict[T, int]:
    """The whole (basis points) shared alike, to the last hundredth of a percent: the first ones take what is left."""
    return dict(zip(of, largest_remainder(WHOLE_IN_BASIS_POINTS if of else 0, [1] * len(of)), strict=True))

"""How a rule says no."""

from __future__ import annotations


class Refusal(Exception):
    """Why a step is not possible, in French words for the person who asked.

    `field` names the form field the message belongs beside; None means the whole step.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Refusals(Refusal):
    """Several refusals told at once, so that a form shows every mistake in one go."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(refusals[0].message, refusals[0].field)
        self.refusals = refusals


class Conflict(Refusal):
    """Somebody else wrote the same thing first; both values are kept for the person to choose.

    `by` names who wrote first, where it is known and told.
    """

    def __init__(self, message: str, *, theirs: object, mine: object, field: str | None = None, by: str = "") -> None:
        super().__init__(message, field)
        self.theirs = theirs
        self.mine = mine
        self.by = by

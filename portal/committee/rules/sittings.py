"""A sitting: what opens and closes it, who counts in its quorum."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from portal.calls.rules.cycle import DIRECTION
from portal.committee.states import SittingStatus as S
from portal.foundation.money import NBSP
from portal.foundation.refusals import Refusal
from portal.foundation.transitions import Step, TransitionTable

SITTING = TransitionTable(
    "la séance",
    S,
    [
        Step(
            "open",
            frozenset({S.PLANNED}),
            S.OPEN,
            DIRECTION,
            "Ouvrir la séance",
            "sitting.opened",
            ("members_convened",),
        ),
        Step(
            "cancel",
            frozenset({S.PLANNED}),
            S.CANCELLED,
            DIRECTION,
            "Annuler la séance",
            "sitting.cancelled",
            ("reason_given",),
        ),
        Step(
            "close",
            frozenset({S.OPEN}),
            S.CLOSED,
            DIRECTION,
            "Clore la séance",
            "sitting.closed",
            ("attendance_taken",),
        ),
    ],
)


@SITTING.guard("members_convened")
def members_convened(sitting: Any, **_values: Any) -> None:
    if not sitting.members:
        raise Refusal("Convoquez d’abord les membres de la séance.")


@SITTING.guard("reason_given")
def reason_given(_sitting: Any, *, reason: str = "", **_values: Any) -> None:
    if not reason.strip():
        raise Refusal("Indiquez le motif : il est donné aux personnes convoquées.", "reason")


@SITTING.guard("attendance_taken")
def attendance_taken(sitting: Any, **_values: Any) -> None:
    if any(member.attendance is None for member in sitting.members):
        raise Refusal("Pointez d’abord la présence de chaque membre.")


def hour_fr(at: time) -> str:
    """« 9 h », « 14 h 30 »."""
    return f"{at.hour}{NBSP}h" + (f"{NBSP}{at.minute:02d}" if at.minute else "")


@dataclass(frozen=True)
class Voter:
    """A member as the quorum sees them; `person_id` is None for somebody without an account."""

    person_id: int | None
    is_voting: bool
    is_present: bool | None
    member_id: int | None = None
    represented_by: int | None = None


@dataclass(frozen=True)
class Quorum:
    """How many voting members take part in one item; `required` is None when none is asked."""

    required: int | None
    present: int

    @property
    def reached(self) -> bool:
        return self.required is None or self.present >= self.required

    def check(self) -> None:
        """Raises Refusal when the item cannot be decided."""
        if not self.reached:
            voters = "1 membre votant" if self.present == 1 else f"{self.present} membres votants"
            raise Refusal(
                f"Le quorum n’est pas atteint pour ce dossier : {voters} sans déport, {self.required} nécessaires."
            )


def quorum(required: int | None, voters: Iterable[Voter], recused: Collection[int]) -> Quorum:
    """The quorum on one item: the voting members present, less those who stepped out of it."""
    counted = [v for v in voters if v.is_voting and v.is_present and v.person_id not in recused]
    return Quorum(required, len(counted))


def voices(voters: Sequence[Voter], recused: Collection[int]) -> int:
    """How many voices may be counted on one item: those present, and those given to somebody present.

    Neither who stepped out of it nor who gave their voice to somebody who did.
    """
    taking_part = [v for v in voters if v.person_id is None or v.person_id not in recused]
    here = {v.member_id for v in taking_part if v.is_present}
    return sum(
        v.is_voting and bool(v.is_present or (v.represented_by is not None and v.represented_by in here))
        for v in taking_part
    )


def check_editable(status: S) -> None:
    """Raises Refusal once the sitting is closed: its minutes are made."""
    if status is S.CLOSED:
        raise Refusal("La séance est close : elle ne se modifie plus.")
    if status is S.CANCELLED:
        raise Refusal("La séance est annulée : elle ne se modifie plus.")

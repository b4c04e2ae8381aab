"""Deciding in blocks: what may be said of several applications at once, and what it would do to the envelopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.calls.states import LabelledEnum
from portal.committee.states import Outcome


class BlockOutcome(LabelledEnum):
    ADMISSIBLE = "admissible", "Recevables"
    INADMISSIBLE = "inadmissible", "Irrecevables"
    AS_PROPOSED = "as_proposed", "Retenus comme proposé"
    WAITING_LIST = "waiting_list", "Liste complémentaire, à la suite et dans cet ordre"
    ADJOURNED = "adjourned", "Ajournés"
    NOT_RETAINED = "not_retained", "Non retenus"

    @property
    def wanted(self) -> Outcome:
        """The outcome of each application; what is retained may turn out lower than asked."""
        return Outcome.RETAINED if self is BlockOutcome.AS_PROPOSED else Outcome(self.value)


ADMISSIBILITY = (BlockOutcome.ADMISSIBLE, BlockOutcome.INADMISSIBLE)
ARBITRATION = (
    BlockOutcome.AS_PROPOSED,
    BlockOutcome.WAITING_LIST,
    BlockOutcome.ADJOURNED,
    BlockOutcome.NOT_RETAINED,
)


@dataclass(frozen=True)
class FunderSum:
    """What a selection asks of one funder and what is proposed for it, in cents."""

    funder: str
    requested: int
    proposed: int


@dataclass(frozen=True)
class Effect:
    """An envelope if a selection were retained as proposed, in cents: `left` now, `after` the block."""

    name: str
    amount: int
    left: int
    taken: int

    @property
    def after(self) -> int:
        return self.left - self.taken


def effects(envelopes: Iterable[tuple[int, str, int, int]], taken: Mapping[int, int]) -> list[Effect]:
    """The envelopes that a selection touches: (id, name, amount, left) and what it would take by id."""
    return [
        Effect(name, amount, left, taken[envelope_id])
        for envelope_id, name, amount, left in envelopes
        if envelope_id in taken
    ]

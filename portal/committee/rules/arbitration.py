"""What a COPIL may say of an application: the outcome, its reason, an amount for each funding line. Cents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.calls.states import FundingStatus as F
from portal.committee.states import Outcome
from portal.foundation.money import format_euros
from portal.foundation.refusals import Refusal, Refusals

OUTCOMES = (
    Outcome.RETAINED,
    Outcome.RETAINED_LOWER,
    Outcome.WAITING_LIST,
    Outcome.ADJOURNED,
    Outcome.NOT_RETAINED,
)
RETAINING = frozenset({Outcome.RETAINED, Outcome.RETAINED_LOWER})
REASONED = frozenset(OUTCOMES) - {Outcome.RETAINED} | {Outcome.INADMISSIBLE}
"""The outcomes that must say why: refusals, cuts, adjournments, places on the complementary list."""

ARBITRABLE = frozenset({F.REQUESTED, F.OPINION_GIVEN, F.PROPOSED, F.ARBITRATED, F.AWAITING_ASSEMBLY})
GRANTED = frozenset({F.GRANTED, F.NOTIFIED, F.PAID_IN_PART, F.PAID})


@dataclass(frozen=True)
class Line:
    """A funding line as the arbitration sees it; an unknown request sets no ceiling."""

    id: int
    status: F
    requested_cents: int | None
    granted_cents: int | None = None
    proposed_cents: int | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ARBITRABLE


def check_reason(outcome: Outcome, reason: str) -> None:
    if outcome in REASONED and not reason.strip():
        raise Refusal("Indiquez le motif : il est communiqué au porteur.", "reason")


def arbitrated(
    outcome: Outcome, waiting_rank: int | None, amounts: Mapping[int, int | None], lines: Sequence[Line]
) -> dict[int, int]:
    """The amount that each funding line takes, {line id: cents}; lines left out do not move.

    An act already recorded stays: its line is left out and the application can only be retained.
    Raises Refusals on `outcome`, `waiting_rank` and `amount_<line id>`.
    """
    if outcome not in OUTCOMES:
        raise Refusal("Choisissez une décision d’arbitrage.", "outcome")
    given = [line for line in lines if line.status in GRANTED]
    if given and outcome not in RETAINING:
        raise Refusal("Un acte attribue déjà un financement à ce dossier : il reste retenu.", "outcome")
    if outcome in RETAINING:
        return _shared(outcome, amounts, [line for line in lines if line.is_open], given)
    if outcome is Outcome.WAITING_LIST and (waiting_rank is None or waiting_rank < 1):
        raise Refusal("Indiquez le rang sur la liste complémentaire, à partir de 1.", "waiting_rank")
    # A refusal says zero to every funder; a wait only takes back what an earlier decision gave.
    taken_back = {F.ARBITRATED, F.AWAITING_ASSEMBLY}
    return {
        line.id: 0 for line in lines if line.is_open and (outcome is Outcome.NOT_RETAINED or line.status in taken_back)
    }


def _shared(
    outcome: Outcome, amounts: Mapping[int, int | None], lines: Sequence[Line], given: Sequence[Line]
) -> dict[int, int]:
    """The amounts of a retained application, each within what was asked."""
    shared, wrong = {}, []
    for line in lines:
        cents = amounts.get(line.id)
        try:
            shared[line.id] = checked_amount(cents, line.requested_cents, f"amount_{line.id}")
        except Refusal as refusal:
            wrong.append(refusal)
    if wrong:
        raise Refusals(wrong)
    total = sum(shared.values()) + sum(line.granted_cents or 0 for line in given)
    _check_outcome(outcome, total, [line.requested_cents for line in [*lines, *given]])
    return shared


def as_proposed(lines: Sequence[Line]) -> tuple[Outcome, dict[int, int | None]]:
    """The outcome and amounts of an application retained as proposed.

    A funder who proposed nothing gives nothing; what takes no amount any more (refused, filed
    elsewhere…) makes nothing lower. Raises Refusal when nobody proposed anything.
    """
    amounts: dict[int, int | None] = {line.id: line.proposed_cents or 0 for line in lines if line.is_open}
    if not any(amounts.values()):
        raise Refusal("Aucun montant n’est proposé pour ce dossier.", "outcome")
    gives = amounts | {line.id: line.granted_cents for line in lines if line.status in GRANTED}
    lower = any((line.requested_cents or 0) > (gives[line.id] or 0) for line in lines if line.id in gives)
    return (Outcome.RETAINED_LOWER if lower else Outcome.RETAINED), amounts


def checked_amount(cents: int | None, requested_cents: int | None, field: str) -> int:
    """An amount that was given and does not exceed the request. Raises Refusal on `field`."""
    if cents is None:
        raise Refusal("Indiquez un montant ; 0 si ce financeur n’intervient pas.", field)
    if requested_cents is not None and cents > requested_cents:
        raise Refusal(f"Ce montant dépasse la demande : {format_euros(requested_cents)}.", field)
    return cents


def _check_outcome(outcome: Outcome, total: int, requested: Sequence[int | None]) -> None:
    known = [cents for cents in requested if cents is not None]
    if total == 0:
        raise Refusal("Aucun montant n’est accordé : choisissez « Non retenu » ou une autre décision.", "outcome")
    if len(known) < len(requested):
        return
    if outcome is Outcome.RETAINED and total < sum(known):
        raise Refusal(
            "Le total est inférieur à la demande : choisissez « Retenu pour un montant inférieur ».", "outcome"
        )
    if outcome is Outcome.RETAINED_LOWER and total == sum(known):
        raise Refusal("Le total est celui de la demande : choisissez « Retenu ».", "outcome")

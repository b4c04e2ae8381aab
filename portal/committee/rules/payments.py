"""What a funder still has to pay of a grant, when, and what it waits for. Cents; days of Paris."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.calls.states import FundingStatus as F
from portal.committee.states import TrancheCondition
from portal.foundation.money import WHOLE_IN_BASIS_POINTS, format_euros
from portal.foundation.refusals import Refusal

PAYABLE = frozenset({F.NOTIFIED, F.PAID_IN_PART})
"""States in which money may still be paid."""

TOLD = frozenset({F.NOTIFIED, F.PAID_IN_PART, F.PAID})
"""States that the applicant was told of by a letter."""


@dataclass(frozen=True)
class Part:
    """A tranche of a convention."""

    condition: TrancheCondition
    amount_cents: int


@dataclass(frozen=True)
class Grant:
    """What decides when a grant is paid.

    `notified_on` is the day its letter was sent; `signed_on` that of the convention it waits for;
    `frozen` says in words why nothing may be paid to the organisation now.
    """

    granted_cents: int
    paid_cents: int
    days: int
    notified_on: date | None
    needs_convention: bool = False
    signed_on: date | None = None
    bilan_accepted_on: date | None = None
    parts: tuple[Part, ...] = ()
    frozen: str | None = None
    is_over: bool = False


@dataclass(frozen=True)
class Expected:
    """A payment to come. `due_on` is None while it waits for what `waits` says."""

    label: str
    amount_cents: int
    due_on: date | None
    waits: str | None

    def days_left(self, today: date) -> int | None:
        """Days until it is due, negative once late."""
        return None if self.due_on is None else (self.due_on - today).days


NOT_NOTIFIED = "Attend la notification."
NOT_SIGNED = "Attend la signature de la convention."
NO_BILAN = "Attend l’acceptation du bilan final."


def expected(grant: Grant) -> list[Expected]:
    """The payments to come, in their order: what was paid covers the first parts."""
    if grant.is_over:
        return []
    covered, coming = grant.paid_cents, []
    for part in grant.parts or (Part(TrancheCondition.SIGNATURE, grant.granted_cents),):
        used = min(covered, part.amount_cents)
        covered -= used
        if used < part.amount_cents:
            coming.append(_coming(grant, part, part.amount_cents - used))
    return coming


def _coming(grant: Grant, part: Part, cents: int) -> Expected:
    label = _label(grant, part)
    since, lacks = _since(grant, part)
    lacks = lacks or grant.frozen
    due_on = None if lacks or since is None else since + timedelta(days=grant.days)
    return Expected(label, cents, due_on, lacks)


def _label(grant: Grant, part: Part) -> str:
    if len(grant.parts) < 2:
        return "Versement"
    return "Solde" if part.condition is TrancheCondition.BILAN else "Premier versement"


def _since(grant: Grant, part: Part) -> tuple[date | None, str | None]:
    """The day from which the delay runs, or what it waits for."""
    if grant.notified_on is None:
        return None, NOT_NOTIFIED
    if not grant.parts and not grant.needs_convention:
        return grant.notified_on, None
    if grant.signed_on is None:
        return None, NOT_SIGNED
    start = max(grant.notified_on, grant.signed_on)
    if part.condition is TrancheCondition.SIGNATURE:
        return start, None
    if grant.bilan_accepted_on is None:
        return None, NO_BILAN
    return max(start, grant.bilan_accepted_on), None


def split(amount_cents: int, first_bp: int) -> tuple[Part, ...]:
    """The first payment, rounded down to the cent, and the balance; one part when the other is nothing."""
    first = amount_cents * first_bp // WHOLE_IN_BASIS_POINTS
    parts = (Part(TrancheCondition.SIGNATURE, first), Part(TrancheCondition.BILAN, amount_cents - first))
    return tuple(part for part in parts if part.amount_cents)


def check_payment(
    cents: int, paid_on: date, *, granted_cents: int, paid_cents: int, decided_on: date | None, today: date
) -> None:
    """Raises Refusal beside `amount` or `paid_on`: nothing beyond the grant, before its act, or to come."""
    if cents <= 0:
        raise Refusal("Indiquez un montant supérieur à zéro.", "amount")
    if paid_on > today:
        raise Refusal("La date du versement est à venir : enregistrez-le quand il est fait.", "paid_on")
    if decided_on is not None and paid_on < decided_on:
        raise Refusal("Le versement ne peut pas précéder l’acte qui attribue la subvention.", "paid_on")
    if paid_cents + cents > granted_cents:
        raise Refusal(beyond(granted_cents - paid_cents), "amount")


def beyond(left_cents: int) -> str:
    return f"Ce versement dépasse ce qui est attribué : il reste {format_euros(left_cents)} à verser."


def check_leftover(cents: int, *, paid_cents: int, document: bool, must_repay: bool, due_on: date | None) -> None:
    """Raises Refusal beside `amount`, `file` or `due_on`."""
    if cents <= 0:
        raise Refusal("Indiquez un montant supérieur à zéro.", "amount")
    if cents > paid_cents:
        raise Refusal(f"Le reliquat ne peut pas dépasser ce qui a été versé ({format_euros(paid_cents)}).", "amount")
    if must_repay and not document:
        raise Refusal("Joignez le titre ou le courrier qui demande le reversement.", "file")
    if must_repay and due_on is None:
        raise Refusal("Indiquez pour quand le reversement est demandé.", "due_on")


def total(parts: Sequence[Expected]) -> int:
    return sum(part.amount_cents for part in parts)

"""The programming table: sums that add up to the cent, and what is worth a warning. Amounts in cents."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.foundation.money import format_euros, format_share
from portal.foundation.refusals import Conflict, Refusal


@dataclass(frozen=True)
class Sums:
    """What is asked, proposed, arbitrated and granted; what is not said yet counts for nothing."""

    requested: int = 0
    proposed: int = 0
    arbitrated: int = 0
    granted: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.requested + other.requested,
            self.proposed + other.proposed,
            self.arbitrated + other.arbitrated,
            self.granted + other.granted,
        )

    def __sub__(self, other: Sums) -> Sums:
        return Sums(
            self.requested - other.requested,
            self.proposed - other.proposed,
            self.arbitrated - other.arbitrated,
            self.granted - other.granted,
        )


@dataclass(frozen=True)
class Amounts:
    """The four amounts of one funding line; None = not said yet."""

    application_id: int
    requested: int | None
    proposed: int | None
    arbitrated: int | None
    granted: int | None

    def sums(self) -> Sums:
        return Sums(self.requested or 0, self.proposed or 0, self.arbitrated or 0, self.granted or 0)


def whole(lines: Iterable[Amounts]) -> Sums:
    return sum((line.sums() for line in lines), Sums())


def warnings(
    *,
    asks_state: bool,
    quartier_kinds: Collection[str],
    public_share_bp: int | None,
    public_share_limit_bp: int | None,
) -> tuple[str, ...]:
    """What the rules of the call point out on one application; shown, never refused."""
    told = []
    if asks_state and quartier_kinds and set(quartier_kinds) == {"active_watch"}:
        told.append("Crédits de l’État demandés en veille active seulement")
    over = public_share_bp is not None and public_share_limit_bp is not None
    if over and (public_share_bp or 0) > (public_share_limit_bp or 0):
        told.append(f"Financements publics : {format_share(public_share_bp or 0)} du budget")
    return tuple(told)


def check_proposal(cents: int, requested_cents: int | None) -> None:
    """A proposal stays within the request. Raises Refusal on `amount`."""
    if requested_cents is not None and cents > requested_cents:
        raise Refusal(f"Ce montant dépasse la demande : {format_euros(requested_cents)}.", "amount")


def check_version(seen: int | None, current: int, *, theirs: int | None, mine: int, by: str = "") -> None:
    """Raises Conflict with both amounts, and the colleague's name in `by`, when the line moved since it was read."""
    if seen is not None and seen != current:
        who = f"{by} a modifié ce montant" if by else "Ce montant a été modifié"
        raise Conflict(
            f"{who} entre-temps. Choisissez la valeur à garder.",
            theirs="aucune proposition" if theirs is None else format_euros(theirs),
            mine=format_euros(mine),
            by=by,
        )

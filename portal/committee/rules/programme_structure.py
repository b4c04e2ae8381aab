"""What a structure's year brings about with its funders: the thresholds of the law, on plain values. Cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.calls.states import FundingStatus
from portal.committee.rules.conventions import IN_KIND, counts, is_needed
from portal.foundation.money import format_euros

NOTHING_COMES = frozenset({FundingStatus.REFUSED, FundingStatus.RENOUNCED, FundingStatus.NOT_ASKED})


@dataclass(frozen=True)
class YearLine:
    """A line of the structure's year, whatever the call."""

    funder_id: int
    funder: str
    is_public: bool
    nature: str
    status: FundingStatus
    requested: int | None
    proposed: int | None
    arbitrated: int | None
    granted: int | None

    @property
    def expected(self) -> int:
        """The last word said on the line: granted, else arbitrated, else proposed, else asked."""
        if self.status in NOTHING_COMES:
            return 0
        said = (self.granted, self.arbitrated, self.proposed, self.requested)
        return next((cents for cents in said if cents is not None), 0)


@dataclass(frozen=True)
class Thresholds:
    """Those of the contract."""

    convention: int
    auditor: int
    counts_in_kind: bool


def conventions_needed(lines: Iterable[YearLine], thresholds: Thresholds, *, private: bool) -> dict[int, str]:
    """The funders whose expected total asks for a convention, with the words that say so."""
    sums: dict[int, int] = {}
    for line in lines:
        if counts(line.nature, in_kind=thresholds.counts_in_kind):
            sums[line.funder_id] = sums.get(line.funder_id, 0) + line.expected
    limit = thresholds.convention
    return {
        funder: f"Convention : {format_euros(cents)} dans l’année, plus de {format_euros(limit)}"
        for funder, cents in sums.items()
        if is_needed(private=private, total_cents=cents, threshold_cents=limit)
    }


def auditor_needed(lines: Iterable[YearLine], thresholds: Thresholds, *, private: bool) -> str | None:
    """The words for public subsidies beyond what asks for published accounts and an auditor."""
    total = sum(line.expected for line in lines if line.is_public and line.nature not in IN_KIND)
    if not private or total <= thresholds.auditor:
        return None
    return (
        f"{format_euros(total)} de financements publics dans l’année, plus de {format_euros(thresholds.auditor)} : "
        "comptes annuels publiés et commissaire aux comptes (Code de commerce, articles L. 612-4 et D. 612-5)."
    )

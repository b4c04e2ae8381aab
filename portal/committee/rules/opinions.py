"""What an opinion must say."""

from __future__ import annotations

from dataclasses import dataclass

from portal.calls.states import UNANSWERED, ApplicationStatus, FundingStatus
from portal.committee.states import Verdict
from portal.foundation.money import format_euros
from portal.foundation.refusals import Refusal, Refusals

OPEN_STATUSES = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE})
"""The applications on which opinions are still taken."""

MOVED = UNANSWERED | {FundingStatus.OPINION_GIVEN}
"""The funding lines that an opinion moves. One already proposed keeps its amount and its state."""

ASKABLE = MOVED | {FundingStatus.PROPOSED}
"""The funding lines on which a funder's opinion is still of use."""


def check_opinion(verdict: Verdict | None, reserve: str, reason: str) -> Verdict:
    """The verdict: a reserve is written out, an unfavourable opinion explained. Raises Refusals otherwise."""
    if verdict is None:
        raise Refusal("Choisissez un avis.", "verdict")
    refusals = []
    if verdict is Verdict.RESERVED and not reserve.strip():
        refusals.append(Refusal("Écrivez la réserve.", "reserve"))
    if verdict is Verdict.UNFAVOURABLE and not reason.strip():
        refusals.append(Refusal("Indiquez le motif de l’avis défavorable.", "reason"))
    if refusals:
        raise Refusals(refusals)
    return verdict


@dataclass(frozen=True)
class Envisaged:
    """What a funder thinks of putting, in cents, and of which nature of credit."""

    cents: int | None = None
    nature: str | None = None


NOTHING_ENVISAGED = Envisaged()


def check_envisaged(verdict: Verdict, wanted: Envisaged, requested_cents: int | None) -> Envisaged:
    """The amount with its nature, both or none. `requested_cents` is all that is asked of this funder,
    None when not communicated. Raises Refusal on `envisaged_cents` or `envisaged_nature` otherwise.
    """
    if wanted.cents is None:
        return NOTHING_ENVISAGED
    if verdict is Verdict.UNFAVOURABLE and wanted.cents:
        raise Refusal("Un avis défavorable n’envisage aucun montant.", "envisaged_cents")
    if requested_cents is not None and wanted.cents > requested_cents:
        raise Refusal(f"Ce montant dépasse ce qui est demandé : {format_euros(requested_cents)}.", "envisaged_cents")
    if wanted.nature is None:
        raise Refusal("Précisez la nature de ce crédit.", "envisaged_nature")
    return wanted


def check_open(status: ApplicationStatus) -> None:
    if status not in OPEN_STATUSES:
        raise Refusal(f"Les avis ne se donnent plus dans l’état actuel du dossier : {status.label}.")

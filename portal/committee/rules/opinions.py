"""What an opinion must say."""

from __future__ import annotations

from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.states import Verdict
from portal.foundation.refusals import Refusal, Refusals

OPEN_STATUSES = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE})
"""The applications on which opinions are still taken."""

MOVED = frozenset({FundingStatus.REQUESTED, FundingStatus.OPINION_GIVEN})
"""The funding lines that an opinion moves. One already proposed keeps its amount and its state."""


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


def check_open(status: ApplicationStatus) -> None:
    if status not in OPEN_STATUSES:
        raise Refusal(f"Les avis ne se donnent plus dans l’état actuel du dossier : {status.label}.")

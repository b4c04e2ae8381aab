"""Who may pronounce the admissibility of an application, and on what ground."""

from __future__ import annotations

from portal.calls.states import ApplicationStatus as A
from portal.committee.states import Outcome, SittingStatus
from portal.foundation.refusals import Refusal

STEPS = {Outcome.ADMISSIBLE: "admit", Outcome.INADMISSIBLE: "refuse_admission"}
"""The step of the application's table that each outcome takes."""

AWAITING = frozenset({A.SUBMITTED})


def check_ground(
    *,
    in_sitting: bool,
    sitting_may: bool = False,
    sitting_status: SittingStatus | None = None,
    delegation_note: str = "",
) -> None:
    """The admissibility is pronounced by an open sitting that may, or by a delegation put in writing."""
    if in_sitting:
        if not sitting_may:
            raise Refusal("Cette instance ne prononce pas la recevabilité de ce dossier.")
        if sitting_status is not SittingStatus.OPEN:
            raise Refusal("La séance n’est pas ouverte : la recevabilité ne peut pas y être prononcée.")
    elif not delegation_note.strip():
        raise Refusal("Indiquez la délégation qui permet de prononcer hors séance.", "delegation_note")


def check_proposal(status: A, outcome: Outcome | None, reason: str) -> Outcome:
    """What an officer may propose, and when. Raises Refusal on `outcome` or `reason`."""
    if status not in AWAITING:
        raise Refusal(f"La recevabilité ne se propose plus dans l’état actuel du dossier : {status.label}.")
    if outcome is None or outcome not in STEPS:
        raise Refusal("Choisissez recevable ou irrecevable.", "outcome")
    if outcome is Outcome.INADMISSIBLE and not reason.strip():
        raise Refusal("Indiquez le motif de l’irrecevabilité proposée.", "reason")
    return outcome

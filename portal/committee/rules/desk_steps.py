"""What may be done at once with several files of the queue, and which files each step concerns."""

from __future__ import annotations

from typing import Protocol

from portal.calls.rules.messages import OVER
from portal.calls.states import ApplicationStatus, LabelledEnum
from portal.committee.rules.desk import Stage
from portal.committee.states import Outcome

MOST_FILES = 300
"""Files taken by one step: more than the applications of a year, few enough for one unit of work."""


class DeskStep(LabelledEnum):
    """A step taken on a selection, under the name it has in the address."""

    CHECK = "verifier", "Relancer la vérification automatique"
    PROPOSE = "proposer", "Proposer recevable"
    PRONOUNCE = "prononcer", "Prononcer recevable par délégation"
    ACCEPT = "accepter", "Accepter les corrections reçues"
    REMIND = "relancer", "Rappeler les corrections attendues"
    EXTEND = "prolonger", "Donner plus de temps pour corriger"
    WRITE = "ecrire", "Écrire aux structures"

    @property
    def needs_words(self) -> bool:
        return self in {DeskStep.PRONOUNCE, DeskStep.WRITE}

    @property
    def needs_day(self) -> bool:
        return self is DeskStep.EXTEND


STAGES: dict[DeskStep, frozenset[Stage]] = {
    DeskStep.CHECK: frozenset(Stage) - {Stage.NOTHING},
    DeskStep.PROPOSE: frozenset({Stage.PROPOSE}),
    DeskStep.PRONOUNCE: frozenset({Stage.PRONOUNCE}),
    DeskStep.ACCEPT: frozenset({Stage.CORRECTIONS_TO_READ}),
    DeskStep.REMIND: frozenset({Stage.CORRECTIONS_AWAITED, Stage.CORRECTIONS_LATE}),
    DeskStep.EXTEND: frozenset({Stage.CORRECTIONS_AWAITED, Stage.CORRECTIONS_LATE}),
    DeskStep.WRITE: frozenset(Stage),
}
"""What a file must be waiting for."""


class Standing(Protocol):
    """Where a file of the selection stands: a row of the queue."""

    @property
    def status(self) -> ApplicationStatus: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def proposal(self) -> Outcome | None: ...


def why_not(step: DeskStep, standing: Standing) -> str | None:
    """Why a file is left out of the step, in words; None when it takes it."""
    if standing.stage not in STAGES[step]:
        return f"Attend autre chose : {standing.stage.label[0].lower()}{standing.stage.label[1:]}."
    if step is DeskStep.PRONOUNCE and standing.proposal is not Outcome.ADMISSIBLE:
        return "La Direction propose de le dire irrecevable : prononcez-le à part, avec son motif."
    if step is DeskStep.WRITE and standing.status in OVER:
        return f"On n’écrit plus sur ce dossier : {standing.status.label.lower()}."
    return None

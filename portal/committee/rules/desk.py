"""The instruction desk: what each application waits for, and what each role reads of a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION, FUNDER_SIDE
from portal.calls.states import LabelledEnum


class Stage(LabelledEnum):
    """What an application waits for, in the order of the work."""

    CHECK = "check", "Complétude à vérifier"
    CORRECTIONS_AWAITED = "corrections_awaited", "Corrections attendues du porteur"
    CORRECTIONS_LATE = "corrections_late", "Corrections en retard"
    CORRECTIONS_TO_READ = "corrections_to_read", "Corrections à relire"
    PROPOSE = "propose", "Recevabilité à proposer"
    PRONOUNCE = "pronounce", "Recevabilité à prononcer"
    ASSIGN = "assign", "Analyse à confier"
    ASSESSMENTS_AWAITED = "assessments_awaited", "Analyses attendues"
    OPINIONS_AWAITED = "opinions_awaited", "Avis de financeurs attendus"
    ARBITRATE = "arbitrate", "Prêt pour l’arbitrage"
    NOTHING = "nothing", "Rien à instruire"

    @property
    def tone(self) -> str:
        """The colour of its tag: red is late, amber is ours to do, blue waits for somebody else."""
        if self is Stage.CORRECTIONS_LATE:
            return "danger"
        if self in {Stage.CORRECTIONS_AWAITED, Stage.ASSESSMENTS_AWAITED, Stage.OPINIONS_AWAITED}:
            return "info"
        if self in {Stage.ARBITRATE, Stage.NOTHING}:
            return "success" if self is Stage.ARBITRATE else "neutral"
        return "warning"


COMMITTEE = DIRECTION | {Role.DELEGATE, Role.REVIEWER, Role.STEERING}
READERS = COMMITTEE | FUNDER_SIDE
"""The roles that may open a file's instruction page."""

OVERSEERS = DIRECTION | {Role.DELEGATE, Role.STEERING}
"""Those who read analyses without having to score."""


@dataclass(frozen=True)
class Sight:
    """Which parts of a file somebody reads. Funders read the filed application and what is theirs."""

    instructs: bool
    checklist: bool
    all_opinions: bool
    all_amounts: bool
    decisions: bool
    history: bool
    oversees: bool
    reviews: bool

    @classmethod
    def of(cls, roles: Iterable[str]) -> Sight:
        held = set(roles)
        committee = bool(held & COMMITTEE)
        return cls(
            instructs=bool(held & DIRECTION),
            checklist=committee,
            all_opinions=committee,
            all_amounts=committee,
            decisions=committee,
            history=bool(held & (DIRECTION | {Role.DELEGATE})),
            oversees=bool(held & OVERSEERS),
            reviews=Role.REVIEWER in held,
        )

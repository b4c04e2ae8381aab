"""What an application still waits for before it is closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.calls.states import ApplicationStatus, FundingStatus
from portal.committee.rules.arbitration import ARBITRABLE
from portal.committee.states import Outcome


@dataclass(frozen=True)
class Line:
    """A funding line at the end of its course; `told` says whether its refusal was notified."""

    funder: str
    status: FundingStatus
    arbitrated_cents: int | None
    told: bool = False


@dataclass(frozen=True)
class Facts:
    """What decides whether an application may be closed: `told` when its rejection was notified,
    `adjusting` while its adjusted project is awaited or to be read."""

    status: ApplicationStatus
    outcome: Outcome | None
    told: bool
    lines: tuple[Line, ...] = ()
    adjusting: bool = False


def pending(facts: Facts) -> list[str]:
    """What is left to do, one sentence each; an empty list when the application may be closed."""
    if facts.status is ApplicationStatus.INADMISSIBLE:
        return [] if facts.told else ["La lettre d’irrecevabilité n’est pas notifiée."]
    if facts.outcome is Outcome.ADJOURNED:
        return ["Le dossier est ajourné : une séance doit encore se prononcer."]
    if facts.outcome is Outcome.WAITING_LIST:
        return ["Le dossier est sur la liste complémentaire : une séance doit encore se prononcer."]
    if facts.outcome is Outcome.NOT_RETAINED:
        return [] if facts.told else ["La lettre de rejet n’est pas notifiée."]
    awaited = ["Le projet ajusté n’est pas encore accepté."] if facts.adjusting else []
    return awaited + list(_pending_lines(facts.lines))


def _pending_lines(lines: Iterable[Line]) -> Iterable[str]:
    for line in lines:
        if line.status is FundingStatus.GRANTED:
            yield f"{line.funder} : l’attribution n’est pas notifiée."
        elif line.status is FundingStatus.REFUSED and not line.told:
            yield f"{line.funder} : le refus n’est pas notifié."
        elif line.status in ARBITRABLE and line.arbitrated_cents != 0:
            yield f"{line.funder} : l’acte est attendu."

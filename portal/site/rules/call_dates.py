"""The dates of a call as an association meets them: its calendar, and what follows the filing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.calls.rules.milestones import PlanLine
from portal.calls.states import MilestoneKind
from portal.foundation.calendars import CalendarEntry

BEFORE_CLOSING = (timedelta(days=7), timedelta(days=1))
BEFORE_BILAN = (timedelta(days=30), timedelta(days=7))

_TOLD = {
    "opening": "Les dossiers peuvent être commencés et déposés.",
    "closing": "Dernier instant pour déposer. Un dossier commencé et non déposé n’est pas examiné.",
    "actions_start": "Une action commencée avant la décision l’est aux risques de la structure.",
    "actions_end": "L’action financée se termine au plus tard ce jour.",
    "bilan": "Le bilan final des actions financées est rendu au plus tard ce jour.",
}
_ALARMS = {"closing": BEFORE_CLOSING, "bilan": BEFORE_BILAN}


@dataclass(frozen=True)
class CallName:
    """The call of a calendar. `moved` counts how many times its own dates moved since it was published."""

    id: int
    title: str
    moved: int
    changed_at: datetime


def calendar_entries(call: CallName, plan: Sequence[PlanLine]) -> list[CalendarEntry]:
    """The public dates of a call as events; a step that the Direction keeps to itself has none."""
    return [_entry(call, line) for line in plan if line.is_public]


def _entry(call: CallName, line: PlanLine) -> CalendarEntry:
    is_own = line.id is None
    return CalendarEntry(
        uid=_uid(call.id, line.code),
        title=f"{line.label} : {call.title}",
        description=_description(line),
        starts=line.at or line.starts_on,
        ends_on=line.ends_on,
        sequence=call.moved if is_own else line.version - 1,
        changed_at=call.changed_at if is_own or line.changed_at is None else line.changed_at,
        alarms=_ALARMS.get(line.code, ()),
    )


def _uid(call_id: int, code: str) -> str:
    """The same for ever: what a calendar knows an event by."""
    stem = f"appel-{call_id}" if code == "closing" else f"appel-{call_id}-{code}"
    return f"{stem}@contrat-de-ville"


def _description(line: PlanLine) -> str:
    return _TOLD.get(line.code) or (f"Concerne : {line.concerns}." if line.concerns else "")


# -- after the filing -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Following:
    """Something that happens to an application once filed; `dates` are the public ones of the call."""

    title: str
    text: str
    dates: tuple[PlanLine, ...]


_FOLLOWING: tuple[tuple[str, str, frozenset[MilestoneKind]], ...] = (
    (
        "Vous recevez un récépissé",
        "Il s’affiche aussitôt, avec un numéro. L’accusé de réception et le dossier en PDF suivent par courriel.",
        frozenset(),
    ),
    (
        "La Direction vérifie le dossier",
        "S’il manque quelque chose, elle vous le demande avec une date ; vous corrigez les seules rubriques rouvertes.",
        frozenset({MilestoneKind.COMPLETENESS}),
    ),
    (
        "Le comité technique l’examine",
        "Il dit si le dossier est recevable, puis l’analyse avec les financeurs.",
        frozenset({MilestoneKind.COTECH, MilestoneKind.ANALYSIS}),
    ),
    (
        "Le comité de pilotage arbitre les montants",
        "Un refus, une baisse ou un report est toujours motivé.",
        frozenset({MilestoneKind.COPIL}),
    ),
    (
        "Chaque financeur décide, puis vous écrit",
        "La subvention n’est acquise que par l’acte de son financeur. Le courrier arrive dans « Mes dossiers ».",
        frozenset({MilestoneKind.ASSEMBLY, MilestoneKind.NOTIFICATION}),
    ),
    (
        "La convention est signée et la subvention versée",
        "Chaque financeur verse la sienne.",
        frozenset({MilestoneKind.CONVENTIONS, MilestoneKind.PAYMENT}),
    ),
)


def following(plan: Sequence[PlanLine]) -> tuple[Following, ...]:
    """What happens after the filing, with the public dates of each moment."""
    shown = [line for line in plan if line.is_public and line.kind is not None]
    return tuple(
        Following(title, text, tuple(line for line in shown if line.kind in kinds)) for title, text, kinds in _FOLLOWING
    )

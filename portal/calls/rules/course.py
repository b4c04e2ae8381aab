"""The course of an application for its organisation: where it stands, what comes next, who acts, when.

Nothing here tells a decision before it is notified: until then it is still being studied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.calls.states import ApplicationStatus as A
from portal.calls.states import MilestoneKind
from portal.foundation.dates import date_fr

DIRECTION = "La Direction"
YOU = "Vous"


@dataclass(frozen=True)
class Announced:
    """A step of the call that its page announces to all; one day when `ends_on` is None."""

    kind: MilestoneKind
    label: str
    starts_on: date
    ends_on: date | None

    @property
    def last_day(self) -> date:
        return self.ends_on or self.starts_on


@dataclass(frozen=True)
class Facts:
    """What the course depends on. `is_granted`: what was notified gives something; None before any notification."""

    status: A
    is_granted: bool | None
    filed_on: date | None
    announced: tuple[Announced, ...]
    today: date

    @property
    def outcome_known(self) -> bool:
        return self.is_granted is not None

    @property
    def is_studied(self) -> bool:
        """Filed, and nothing notified yet."""
        return self.status in (A.SUBMITTED, A.ADMISSIBLE) or (self.status is A.DECIDED and not self.outcome_known)


@dataclass(frozen=True)
class Stage:
    """A step of the course: `state` is done, current, todo or error; `detail` says when, in words."""

    label: str
    state: str
    detail: str = ""
    url: str = ""


def course(facts: Facts) -> list[Stage]:
    """The steps from the filing to the bilan; none for an application that left the course."""
    if facts.status in (A.WITHDRAWN, A.ABANDONED, A.NOT_CARRIED_OUT, A.DRAFT):
        return []
    filed = _stage("Dépôt", "done", f"le {date_fr(facts.filed_on)}" if facts.filed_on else "")
    if facts.status is A.INADMISSIBLE:
        return [filed, Stage("Vérification du dossier", "error", "irrecevable")]
    checked = facts.status is not A.SUBMITTED
    settled = facts.outcome_known or facts.status is A.CLOSED
    studied = "done" if settled else ("current" if checked else "todo")
    checking = "" if checked else _within(facts, CHECKING)
    stages = [
        filed,
        _stage("Vérification du dossier", "done" if checked else "current", checking),
        _stage("Étude et décision", studied, "" if settled else _within(facts, DECIDING)),
        _stage("Réponse des financeurs", "done" if settled else "todo", "" if settled else _within(facts, ANSWERING)),
    ]
    if facts.is_granted is False:
        return stages
    state = "done" if facts.status is A.CLOSED else ("current" if settled else "todo")
    return [*stages, _stage("Action et bilan", state, "")]


_SAID = {"done": "fait", "current": "en cours", "todo": "prévu"}


def _stage(label: str, state: str, when: str) -> Stage:
    """A stage with its state in words before its date; without a date the page says the state by itself."""
    return Stage(label, state, f"{_SAID[state]} {when}" if when else "")


CHECKING = (MilestoneKind.COMPLETENESS,)
DECIDING = (MilestoneKind.COPIL, MilestoneKind.COTECH, MilestoneKind.ANALYSIS)
ANSWERING = (MilestoneKind.NOTIFICATION,)


def who_acts(facts: Facts) -> str:
    """Whose turn it is, the organisation owing nothing."""
    if facts.status is A.SUBMITTED:
        return DIRECTION
    if facts.is_studied:
        return "Le comité technique, puis les financeurs"
    if facts.status is A.DECIDED and facts.is_granted:
        return YOU
    return ""


def when_next(facts: Facts) -> str:
    """When the next news is expected, as far as the call announces it."""
    if facts.status is A.SUBMITTED and (words := _within(facts, CHECKING)):
        return f"Vérification des dossiers : {words}."
    if facts.is_studied and (words := _within(facts, ANSWERING)):
        return f"Réponse des financeurs attendue : {words}."
    return ""


def to_come(facts: Facts) -> list[Announced]:
    """The announced steps still ahead that concern an application being studied, the first to come first."""
    if not facts.is_studied:
        return []
    ahead = [step for step in facts.announced if step.last_day >= facts.today and step.kind not in BEFORE_FILING]
    return sorted(ahead, key=lambda step: (step.starts_on, step.last_day))


BEFORE_FILING = frozenset({MilestoneKind.INFORMATION, MilestoneKind.PRE_PROJECTS})


def day_words(starts_on: date, ends_on: date | None) -> str:
    """« le 12 mars 2027 », « du 12 mars 2027 au 20 mars 2027 »."""
    if ends_on is None or ends_on == starts_on:
        return f"le {date_fr(starts_on)}"
    return f"du {date_fr(starts_on)} au {date_fr(ends_on)}"


def _within(facts: Facts, kinds: Sequence[MilestoneKind]) -> str:
    """When the first of these kinds that is announced takes place; nothing once it is over."""
    for kind in kinds:
        step = _first(each for each in facts.announced if each.kind is kind and each.last_day >= facts.today)
        if step is not None:
            return day_words(step.starts_on, step.ends_on)
    return ""


def _first(steps: Iterable[Announced]) -> Announced | None:
    return min(steps, key=lambda step: step.starts_on, default=None)

"""The note d'opportunité: until when it may be sent, what it must say, how it moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import CallStatus
from portal.calls.states import PreProjectStatus as S
from portal.foundation.periods import from_paris_input, to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.transitions import TransitionTable, step

EDITABLE = frozenset({S.DRAFT, S.TO_REWORK})
ANSWERS = {S.FAVOURABLE: "favour", S.TO_REWORK: "ask_rework", S.OUT_OF_SCOPE: "set_aside"}
"""What the Direction may answer, and the step that says it."""

PRE_PROJECT = TransitionTable(
    "la note d’opportunité",
    S,
    [
        step(
            "send",
            {S.DRAFT, S.TO_REWORK},
            S.SENT,
            {Role.APPLICANT},
            "Envoyer la note",
            "pre_project.sent",
            ("notes_are_taken", "note_is_complete"),
            "pre_project_sent",
        ),
        step(
            "favour",
            {S.SENT},
            S.FAVOURABLE,
            DIRECTION,
            "Donner un avis favorable",
            "pre_project.favoured",
            ("answer_written",),
            "pre_project_answered",
        ),
        step(
            "ask_rework",
            {S.SENT},
            S.TO_REWORK,
            DIRECTION,
            "Demander de retravailler",
            "pre_project.rework_asked",
            ("answer_written",),
            "pre_project_answered",
        ),
        step(
            "set_aside",
            {S.SENT},
            S.OUT_OF_SCOPE,
            DIRECTION,
            "Dire hors cadre",
            "pre_project.set_aside",
            ("answer_written",),
            "pre_project_answered",
        ),
        step(
            "withdraw",
            {S.DRAFT, S.SENT, S.TO_REWORK},
            S.WITHDRAWN,
            {Role.APPLICANT},
            "Retirer la note",
            "pre_project.withdrawn",
        ),
    ],
)


@dataclass(frozen=True)
class NotesWindow:
    """What decides whether a call takes notes d'opportunité. `until`: the last day of Paris, None for the closing."""

    status: CallStatus
    is_enabled: bool
    until: date | None
    closes_at: datetime

    def last_instant(self, *, is_reworked: bool = False) -> datetime:
        """When the last note is taken: the evening of the last day, the closing for one asked again."""
        if self.until is None or is_reworked:
            return self.closes_at
        midnight = from_paris_input(datetime.combine(self.until + timedelta(days=1), time()))
        return min(midnight - timedelta(seconds=1), self.closes_at)

    def check(self, now: datetime, *, is_reworked: bool = False) -> None:
        """Raises Refusal when no note is taken now."""
        if not self.is_enabled or self.status is not CallStatus.PUBLISHED:
            raise Refusal("Cet appel ne prend pas de note d’opportunité.")
        if now > self.last_instant(is_reworked=is_reworked):
            raise Refusal("Le délai pour envoyer une note d’opportunité est passé. Vous pouvez déposer un dossier.")

    def takes(self, now: datetime) -> bool:
        """Whether a new note may be sent now."""
        try:
            self.check(now)
        except Refusal:
            return False
        return True


def check_window(now: NotesWindow, *, is_enabled: bool, until: date | None) -> None:
    """Raises Refusal on a change that would deceive those who count on it.

    Before publication all is possible; after it notes may be opened, or taken for longer.
    """
    if is_enabled and until is not None and until > to_paris(now.closes_at).date():
        raise Refusal("Le dernier jour des notes ne peut pas suivre la clôture de l’appel.", "until")
    if now.status is CallStatus.ARCHIVED:
        raise Refusal("L’appel est terminé, il ne change plus.")
    if now.status is CallStatus.DRAFT or not now.is_enabled:
        return
    if not is_enabled:
        raise Refusal("L’appel est publié : les associations comptent sur cette possibilité.", "is_enabled")
    if until is not None and (now.until is None or until < now.until):
        raise Refusal("L’appel est publié : le dernier jour des notes ne peut que reculer.", "until")


@dataclass(frozen=True)
class NoteWords:
    """What a note says; `budget_cents` is rough and may be unknown."""

    title: str
    idea: str | None
    need: str | None
    budget_cents: int | None
    funders_text: str | None


def lacking(words: NoteWords, quartiers: int) -> list[Refusal]:
    """What a note must still say before it is sent, each beside its field."""
    asked = [
        (words.title, Refusal("Donnez un titre à votre idée.", "title")),
        (quartiers, Refusal("Choisissez au moins un quartier.", "quartiers")),
        (words.need, Refusal("Dites à quel besoin votre idée répond.", "need")),
        (words.idea, Refusal("Dites en quelques phrases ce que vous feriez.", "idea")),
    ]
    return [refusal for there, refusal in asked if not there]


def equal_parts(count: int) -> list[int]:
    """Shares in basis points that add to 100 %, as equal as they can be."""
    whole, left = divmod(10_000, count) if count else (0, 0)
    return [whole + (number < left) for number in range(count)]

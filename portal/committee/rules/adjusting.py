"""« Ajuster mon projet »: when it is asked, what moves it, what it must hold. Cents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from portal.accounts.rules import Role
from portal.calls.rules import sections
from portal.calls.rules.cycle import DIRECTION, SYSTEM_ROLE
from portal.calls.rules.filing import BudgetEntry, Dossier
from portal.calls.states import FundingStatus, Section
from portal.committee.rules.payments import TOLD
from portal.committee.states import AdjustmentStatus as A
from portal.foundation.refusals import Refusal
from portal.foundation.transitions import TransitionTable, step

AUTHORS = DIRECTION | {Role.APPLICANT}

ADJUSTMENT = TransitionTable(
    "le projet ajusté",
    A,
    [
        step(
            "submit",
            {A.ASKED, A.TO_CORRECT},
            A.SUBMITTED,
            AUTHORS,
            "Envoyer le projet ajusté",
            "adjustment.submitted",
            ("explained",),
        ),
        step(
            "ask_again",
            {A.SUBMITTED},
            A.TO_CORRECT,
            DIRECTION,
            "Demander de le reprendre",
            "adjustment.asked_again",
            ("reason_given", "date_later"),
            "adjustment_asked_again",
        ),
        step(
            "accept",
            {A.SUBMITTED},
            A.ACCEPTED,
            DIRECTION,
            "Accepter le projet ajusté",
            "adjustment.accepted",
            (),
            "adjustment_accepted",
        ),
        step(
            "reopen",
            {A.SUBMITTED, A.ACCEPTED},
            A.TO_CORRECT,
            {SYSTEM_ROLE},
            "Rouvrir après une nouvelle notification",
            "adjustment.reopened",
            (),
            "adjustment_asked_again",
        ),
        step(
            "renounce",
            {A.ASKED, A.TO_CORRECT, A.SUBMITTED},
            A.RENOUNCED,
            AUTHORS,
            "Renoncer à la subvention",
            "adjustment.renounced",
            ("reason_given",),
        ),
    ],
)

EDITABLE = frozenset({A.ASKED, A.TO_CORRECT})
"""States in which its author may still write it."""

OPEN = EDITABLE | {A.SUBMITTED}
"""States in which something is still awaited."""

PARTS = (Section.PROJECT, Section.BUDGET, Section.PUBLIC, Section.INDICATORS)
"""The sections of an application that are adjusted, in their order."""

LABELS = {
    Section.PROJECT: "Ce qui change",
    Section.BUDGET: "Le budget ajusté",
    Section.PUBLIC: "Le public ajusté",
    Section.INDICATORS: "Les objectifs ajustés",
}


@dataclass(frozen=True)
class Answered:
    """What a funder answered to a request; `told` when its letter was sent."""

    funder_id: int
    nature: str
    status: FundingStatus
    requested_cents: int | None
    granted_cents: int | None
    told: bool

    @property
    def given_cents(self) -> int | None:
        """What the applicant may count on: None as long as nobody told them."""
        if not self.told:
            return None
        return self.granted_cents or 0 if self.status in TOLD else 0


def is_cut(lines: Iterable[Answered]) -> bool:
    """Whether what the applicant was told is lower than asked, and something is given all the same."""
    told = [line for line in lines if line.given_cents is not None]
    return any(line.given_cents for line in told) and any(
        (line.given_cents or 0) < (line.requested_cents or 0) for line in told
    )


def granted_base(dossier: Dossier, lines: Iterable[Answered]) -> Dossier:
    """The application as filed, its call's year alone, with what each funder gives in place of what was asked.

    A funder who has not answered yet keeps what was asked of it.
    """
    given = {(line.funder_id, line.nature): line.given_cents for line in lines}
    return replace(
        dossier,
        budget=tuple(entry for each in dossier.budget if (entry := _given(each, given)) is not None),
        later_years=(),
    )


def _given(entry: BudgetEntry, given: Mapping[tuple[int, str], int | None]) -> BudgetEntry | None:
    if entry.funder_id is None:
        return entry
    cents = given.get((entry.funder_id, entry.nature or ""))
    if cents is None:
        return entry
    return replace(entry, amount_cents=cents) if cents else None


@dataclass(frozen=True)
class Adjusted:
    """The project as adjusted, with what changes in words."""

    dossier: Dossier
    explanation: str
    unread: frozenset[Section] = frozenset()
    """The parts whose words could not be read."""


def lacking(adjusted: Adjusted) -> dict[Section, list[Refusal]]:
    """What each part still needs before it is sent."""
    found = {part: list(_lacking(part, adjusted)) for part in PARTS}
    return {part: refusals for part, refusals in found.items() if refusals}


def _lacking(part: Section, adjusted: Adjusted) -> list[Refusal]:
    if part in adjusted.unread:
        return [Refusal(f"Corrigez ce qui ne peut pas être lu dans « {LABELS[part]} ».", part.value)]
    if part is not Section.PROJECT:
        return sections.lacking(part, adjusted.dossier)
    return [] if adjusted.explanation.strip() else [Refusal(NOT_EXPLAINED, "explanation")]


NOT_EXPLAINED = "Dites ce qui change dans le projet."


@ADJUSTMENT.guard("explained")
def _explained(_adjustment: object, *, explanation: str = "", **_: object) -> None:
    if not explanation.strip():
        raise Refusal(NOT_EXPLAINED, "explanation")


@ADJUSTMENT.guard("reason_given")
def _reason_given(_adjustment: object, *, reason: str = "", **_: object) -> None:
    if not reason.strip():
        raise Refusal("Écrivez pourquoi : ces mots seront lus par l’autre partie.", "reason")


@ADJUSTMENT.guard("date_later")
def _date_later(_adjustment: object, *, due_on: date | None = None, today: date | None = None, **_: object) -> None:
    if due_on is None or (today is not None and due_on <= today):
        raise Refusal("Indiquez une date à venir.", "due_on")

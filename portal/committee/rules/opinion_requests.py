"""Asking for opinions: what moves a request, when it is reminded, how long a link serves. Plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION, FUNDER_SIDE, GUEST, SYSTEM_ROLE
from portal.calls.rules.filing_sheet import ReadSection
from portal.calls.states import LabelledEnum, Section
from portal.committee.states import OpinionRequestStatus as R
from portal.foundation.refusals import Refusal
from portal.foundation.transitions import TransitionTable, step

LONGEST_WAIT = timedelta(days=366)

REQUEST = TransitionTable(
    "la demande d’avis",
    R,
    [
        step(
            "give",
            {R.ASKED, R.EXPIRED, R.WITHDRAWN, R.DECLINED, R.GIVEN},
            R.GIVEN,
            FUNDER_SIDE | DIRECTION | {GUEST},
            "Rendre l’avis",
            "opinion_request.answered",
        ),
        step(
            "decline",
            {R.ASKED},
            R.DECLINED,
            {GUEST},
            "Ne pas donner d’avis",
            "opinion_request.declined",
            ("reason_given",),
        ),
        step(
            "withdraw",
            {R.ASKED},
            R.WITHDRAWN,
            DIRECTION | {SYSTEM_ROLE},
            "Retirer la demande",
            "opinion_request.withdrawn",
        ),
        step("expire", {R.ASKED}, R.EXPIRED, {SYSTEM_ROLE}, "Cesser d’attendre", "opinion_request.expired"),
        step(
            "ask_again",
            {R.DECLINED, R.EXPIRED, R.WITHDRAWN},
            R.ASKED,
            DIRECTION,
            "Demander à nouveau",
            "opinion_request.asked_again",
            message="opinions_asked",
        ),
    ],
)


@REQUEST.guard("reason_given")
def _reason_given(_request: object, *, reason: str = "", **_: object) -> None:
    if not reason.strip():
        raise Refusal("Indiquez pourquoi vous ne donnez pas d’avis.", "why")


ASKED_AGAIN_IN_BULK = frozenset({R.EXPIRED, R.WITHDRAWN})
"""Whoever declined is only asked again one application at a time."""


class LinkOver(LabelledEnum):
    """Why a link opens nothing any more."""

    UNKNOWN = "unknown", "Ce lien n’ouvre rien : il est incomplet, ou un plus récent l’a remplacé."
    CLOSED = "closed", "La Direction Politique de la Ville a fermé ce lien."
    EXPIRED = "expired", "La date limite pour donner ou modifier un avis est passée : ce lien ne sert plus."


class Way(StrEnum):
    """How somebody answers."""

    ACCOUNT = "account"
    LINK = "link"
    NOWHERE = "nowhere"

    @property
    def label(self) -> str:
        return {
            "account": "par son compte",
            "link": "par un lien envoyé par courriel",
            "nowhere": "ni compte, ni adresse au carnet",
        }[self.value]


@dataclass(frozen=True, order=True)
class Addressee:
    """Of whom an opinion is asked: a funder or a line of the address book, one of the two."""

    funder_id: int | None = None
    contact_id: int | None = None

    @property
    def key(self) -> str:
        return f"f{self.funder_id}" if self.funder_id is not None else f"c{self.contact_id}"

    @classmethod
    def read(cls, text: str) -> Addressee | None:
        """« f12 », « c3 »; None for anything else."""
        kind, digits = text[:1], text[1:]
        if kind not in {"f", "c"} or not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
            return None
        return cls(funder_id=int(digits)) if kind == "f" else cls(contact_id=int(digits))


def mark_of(pairs: Iterable[tuple[str, int]]) -> str:
    """The name of a selection of (addressee, application): what is sent is what was read."""
    text = ",".join(f"{key}-{application_id}" for key, application_id in sorted(pairs))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def check_due(due_on: date | None, today: date) -> date:
    """The date by which an opinion is wanted: tomorrow at the earliest. Raises Refusal on `due_on`."""
    if due_on is None or due_on <= today:
        raise Refusal("Indiquez une date à venir.", "due_on")
    if due_on > today + LONGEST_WAIT:
        raise Refusal("Indiquez une date dans l’année qui vient.", "due_on")
    return due_on


def last_day(due_on: date, grace_days: int) -> date:
    """The last day on which the link serves: the contract's days of grace after the date."""
    return due_on + timedelta(days=grace_days)


def may_answer(status: R, due_on: date, today: date, grace_days: int) -> bool:
    """Whether the link still takes an answer: a first one until the end of the grace, a correction until the date."""
    if status is R.ASKED:
        return today <= last_day(due_on, grace_days)
    return status is R.GIVEN and today <= due_on


def is_late(status: R, due_on: date, today: date) -> bool:
    return status is R.ASKED and due_on < today


def reminder_due(due_on: date, since: date, today: date, days: Iterable[int]) -> bool:
    """Whether one of the days of reminder, counted from the date, fell after `since` (asked, or last reminded) and
    has come."""
    return any(since < due_on + timedelta(days=each) <= today for each in days)


# -- what a link shows ------------------------------------------------------------------------------------

_PROJECT = frozenset({
    Section.PROJECT, Section.QUARTIERS, Section.THEMES, Section.PUBLIC, Section.INDICATORS, Section.QUESTIONS,
})  # fmt: skip
_MONEY = frozenset({Section.BUDGET, Section.FUNDING})
_PERSONAL_ROWS = frozenset({"Contact", "Adresse électronique du contact", "Téléphone du contact"})
BANK_CODES = frozenset({"rib"})
PROJECT_CODES = frozenset({"activity_report", "association_plan", "previous_bilan", "multi_year_objectives"})
"""The documents of the list that tell of the project; the others are about the structure's own affairs."""


def shown_sections(sections: Iterable[ReadSection], *, speaks_for_funder: bool) -> list[ReadSection]:
    """The parts of an application that a link shows: the project; its money to a funder alone; no personal data."""
    wanted = _PROJECT | _MONEY if speaks_for_funder else _PROJECT
    return [_impersonal(part) for part in sections if part.section in wanted]


def _impersonal(part: ReadSection) -> ReadSection:
    rows = tuple(row for row in part.rows if row[0] not in _PERSONAL_ROWS)
    return ReadSection(part.section, rows, part.texts, part.grids)


def shows_document(code: str | None, *, speaks_for_funder: bool) -> bool:
    """Whether a link opens a document. `code` is its line in the call's list, None beside the list."""
    if code is None:
        return True
    return code not in BANK_CODES if speaks_for_funder else code in PROJECT_CODES


ASKERS = DIRECTION
FOLLOWERS = DIRECTION | {Role.DELEGATE}
"""Those who read who answered what; only the Direction asks and reminds."""

"""What moves a change request: asked by the officer, answered by the organisation, accepted or asked again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION
from portal.calls.rules.submission import check_signature
from portal.calls.states import ApplicationStatus, Section
from portal.committee.states import ChangeRequestStatus as C
from portal.foundation.refusals import Refusal, Refusals
from portal.foundation.transitions import Step, TransitionTable

OPEN_STATUSES = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE})
"""The applications whose sections a change request may open."""

CHANGE_REQUEST = TransitionTable(
    "la demande de correction",
    C,
    [
        Step(
            "answer",
            frozenset({C.ASKED}),
            C.ANSWERED,
            frozenset({Role.APPLICANT}),
            "Envoyer les corrections",
            "change_request.answered",
            ("answer_signed", "corrections_valid", "something_answered"),
            "changes_answered",
        ),
        Step(
            "accept",
            frozenset({C.ANSWERED}),
            C.ACCEPTED,
            DIRECTION,
            "Accepter les corrections",
            "change_request.accepted",
        ),
        Step(
            "extend",
            frozenset({C.ASKED}),
            C.ASKED,
            DIRECTION,
            "Donner plus de temps",
            "change_request.extended",
            ("due_later",),
            "changes_extended",
        ),
        Step(
            "ask_again",
            frozenset({C.ANSWERED}),
            C.ASKED,
            DIRECTION,
            "Demander à nouveau",
            "change_request.asked_again",
            ("due_later", "message_given"),
            "changes_requested",
        ),
    ],
)


def later_day(due_on: date | None, today: date) -> date:
    """The day given to the organisation: tomorrow at the earliest. Raises Refusal on `due_on`."""
    if due_on is None or due_on <= today:
        raise Refusal("Indiquez une date à venir.", "due_on")
    return due_on


def extended_day(current: date, due_on: date | None, today: date) -> date:
    """A day later than the one given before, and to come. Raises Refusal on `due_on`."""
    later = later_day(due_on, today)
    if later <= current:
        raise Refusal("La nouvelle date doit être postérieure à celle déjà donnée.", "due_on")
    return later


def words_given(message: str) -> str:
    """What is asked, in words. Raises Refusal on `message`."""
    if not message.strip():
        raise Refusal("Dites ce qui doit être corrigé ou complété.", "message")
    return message.strip()


@CHANGE_REQUEST.guard("answer_signed")
def _answer_signed(_request: object, *, signatory_name: str, signatory_role: str, **_: object) -> None:
    check_signature(signatory_name, signatory_role)


@CHANGE_REQUEST.guard("due_later")
def _due_later(_request: object, *, due_on: date | None, today: date, **_: object) -> None:
    later_day(due_on, today)


@CHANGE_REQUEST.guard("message_given")
def _message_given(_request: object, *, message: str, **_: object) -> None:
    words_given(message)


def check_request(
    status: ApplicationStatus,
    sections: Collection[Section],
    document_ids: Collection[int],
    due_on: date | None,
    message: str,
    *,
    today: date,
    another_is_open: bool,
) -> date:
    """The day until which these corrections may be asked of an application in `status`.

    Raises Refusal, or Refusals on `sections`, `due_on` and `message`.
    """
    if status not in OPEN_STATUSES:
        raise Refusal(f"Une correction ne se demande plus dans l’état actuel du dossier : {status.label}.")
    if another_is_open:
        raise Refusal("Une demande de correction est déjà en cours : attendez sa réponse, puis demandez la suite.")
    refusals = []
    if not sections and not document_ids:
        refusals.append(Refusal("Choisissez au moins une section ou un document.", "sections"))
    for check in (lambda: later_day(due_on, today), lambda: words_given(message)):
        try:
            check()
        except Refusal as refusal:
            refusals.append(refusal)
    if refusals:
        raise Refusals(refusals)
    return later_day(due_on, today)


def is_overdue(status: C, due_on: date, today: date) -> bool:
    """Whether the organisation has let the date go by."""
    return status is C.ASKED and today > due_on


def opened_by(sections: Collection[Section], has_documents: bool) -> frozenset[Section]:
    """The sections that a request reopens; asking for a document opens the documents."""
    return frozenset(sections) | ({Section.DOCUMENTS} if has_documents else frozenset())

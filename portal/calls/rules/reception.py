"""An application that came on paper or by e-mail: when it was received, who confirms it, by which steps."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION, GUEST
from portal.calls.states import ApplicationStatus
from portal.calls.states import Confirmation as A
from portal.foundation.refusals import Refusal
from portal.foundation.transitions import TransitionTable, step

ORGANISATION = frozenset({Role.APPLICANT, GUEST})

ANSWERABLE = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.ADMISSIBLE})
"""The applications of which an organisation is still asked whether they are its own."""

LINK_LIFETIME = timedelta(days=60)
REMINDERS = (timedelta(days=7), timedelta(days=21))
"""How long after the demand an organisation that has not answered is written to again."""

RECEPTION = TransitionTable(
    "la saisie",
    A,
    [
        step(
            "ask",
            {A.TYPING, A.CORRECTING, A.REFUSED},
            A.AWAITED,
            DIRECTION,
            "Demander la confirmation",
            "reception.confirmation_asked",
            message="reception_to_confirm",
        ),
        step(
            "confirm",
            {A.TYPING, A.AWAITED, A.CORRECTING},
            A.CONFIRMED,
            ORGANISATION,
            "Confirmer le dossier",
            "reception.confirmed",
            message="reception_answered",
        ),
        step(
            "correct",
            {A.AWAITED},
            A.CORRECTING,
            ORGANISATION,
            "Demander une correction",
            "reception.correction_asked",
            ("words_given",),
            "reception_answered",
        ),
        step(
            "refuse",
            {A.AWAITED, A.CORRECTING},
            A.REFUSED,
            ORGANISATION,
            "Ne pas reconnaître le dossier",
            "reception.refused",
            ("words_given",),
            "reception_answered",
        ),
    ],
)


@RECEPTION.guard("words_given")
def _words_given(_reception: object, *, words: str = "", **_values: object) -> None:
    if not words.strip():
        raise Refusal("Dites ce qui ne va pas : la Direction en a besoin pour corriger.", "words")


def check_received(received_at: datetime, opens_at: datetime, now: datetime) -> None:
    """Raises Refusal on `received_at` when nothing could have come then."""
    if received_at > now:
        raise Refusal("Cette date est dans le futur.", "received_at")
    if received_at < opens_at:
        raise Refusal("Ce jour-là, l’appel n’était pas encore ouvert.", "received_at")


def reminders_due(asked_at: datetime, now: datetime) -> int:
    """How many reminders an unanswered demand calls for by now."""
    return sum(now >= asked_at + after for after in REMINDERS)

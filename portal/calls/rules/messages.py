"""Messages between an organisation and the Direction: when they may be written, and how many."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.rules import Role
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import ApplicationStatus, MessageSide
from portal.foundation.refusals import Refusal

LONGEST = 5_000
"""Characters of one message."""

MOST_FILES = 3
"""Files joined to one message."""

MOST_PER_HOUR = 20
"""Messages that one person may write in an hour, all applications together."""

OVER = frozenset(
    {
        ApplicationStatus.CLOSED,
        ApplicationStatus.WITHDRAWN,
        ApplicationStatus.ABANDONED,
        ApplicationStatus.NOT_CARRIED_OUT,
    }
)
"""The states in which messages are read and no longer written."""

ROLES = frozenset({Role.APPLICANT, *DIRECTION})


def side_of(roles: Iterable[str]) -> MessageSide | None:
    """On which side somebody writes; a member of the organisation always writes for it."""
    held = set(roles)
    if Role.APPLICANT in held:
        return MessageSide.ORGANISATION
    return MessageSide.DIRECTION if held & DIRECTION else None


def check_message(status: ApplicationStatus, body: str, files: int) -> str:
    """The words to send. Raises Refusal, on `body` or `files` when one of them is the matter."""
    if status in OVER:
        raise Refusal(f"On n’écrit plus sur ce dossier : {status.label.lower()}.")
    words = body.strip()
    if not words:
        raise Refusal("Écrivez votre message.", "body")
    if len(words) > LONGEST:
        raise Refusal("Écrivez au plus 5 000 caractères.", "body")
    if files > MOST_FILES:
        raise Refusal(f"Joignez au plus {MOST_FILES} fichiers à un message.", "files")
    return words


def check_pace(written_this_hour: int) -> None:
    """Raises Refusal when somebody wrote as many messages as an hour may bring."""
    if written_this_hour >= MOST_PER_HOUR:
        raise Refusal("Vous avez envoyé beaucoup de messages en une heure. Attendez un peu avant le suivant.")

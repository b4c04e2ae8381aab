"""What of a call may still change once associations rely on it: only what harms nobody who has begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.calls.states import CallStatus, DocumentCase
from portal.foundation.refusals import Refusal, Refusals

PUBLISHED = "L’appel est publié : "


@dataclass(frozen=True)
class AskedOf:
    """What of a document matters to whoever has prepared it. `valid_months` None: no end."""

    label: str
    case: DocumentCase
    is_compulsory: bool
    valid_months: int | None


def _check_open(status: CallStatus) -> bool:
    """Whether the rules may still change freely. Raises Refusal once the call has ended."""
    if status is CallStatus.ARCHIVED:
        raise Refusal("L’appel est terminé, il ne change plus.")
    return status is CallStatus.DRAFT


def check_document_added(status: CallStatus, *, is_compulsory: bool) -> None:
    """Raises Refusal on a new obligation once the call is published."""
    if not _check_open(status) and is_compulsory:
        raise Refusal(f"{PUBLISHED}un document ajouté ne peut être que facultatif.", "is_compulsory")


def check_document_changed(status: CallStatus, before: AskedOf, after: AskedOf) -> None:
    """Raises Refusals beside each change that would cost something to those who have begun."""
    if _check_open(status):
        return
    wrong = []
    if after.label != before.label:
        wrong.append(Refusal(f"{PUBLISHED}l’intitulé ne change plus ; précisez-le dans l’aide.", "label"))
    if after.case is not before.case:
        wrong.append(Refusal(f"{PUBLISHED}ce document reste demandé aux mêmes structures.", "case"))
    if after.is_compulsory and not before.is_compulsory:
        wrong.append(Refusal(f"{PUBLISHED}un document facultatif ne devient pas obligatoire.", "is_compulsory"))
    if _is_shorter(before.valid_months, after.valid_months):
        wrong.append(Refusal(f"{PUBLISHED}la durée de validité ne peut que s’allonger.", "valid_months"))
    if wrong:
        raise Refusals(wrong)


def _is_shorter(before: int | None, after: int | None) -> bool:
    return after is not None and (before is None or after < before)


def check_document_removed(status: CallStatus) -> None:
    """Raises Refusal once the call is published: somebody may have joined the document."""
    if not _check_open(status):
        raise Refusal(f"{PUBLISHED}un document de la liste n’en part plus. Rendez-le plutôt facultatif.")


def document_told(before: AskedOf, after: AskedOf) -> str | None:
    """What to write to those who have begun about a changed document; None when nothing changes for them."""
    if before.is_compulsory and not after.is_compulsory:
        return f"Le document « {after.label} » n’est plus obligatoire."
    return None


def moved(order: Sequence[Any], thing: Any, *, up: bool) -> list[Any]:
    """The same things with one of them a place up or down; at the end of the list it stays there."""
    now = list(order)
    place = now.index(thing)
    other = place - 1 if up else place + 1
    if 0 <= other < len(now):
        now[place], now[other] = now[other], now[place]
    return now

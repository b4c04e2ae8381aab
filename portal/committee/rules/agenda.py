"""The agenda of a sitting: which applications wait for it, and in what order they come."""

from __future__ import annotations

from collections.abc import Sequence

from portal.calls.states import ApplicationStatus as A
from portal.calls.states import LabelledEnum


class Order(LabelledEnum):
    QUARTIER = "quartier", "par quartier"
    NUMBER = "numero", "par numéro"
    ORGANISATION = "structure", "par structure"


class Waiting(LabelledEnum):
    """The applications that may be chosen, by what they wait for."""

    KIND = "attente", "Tous ceux qui attendent cette instance"
    SUBMITTED = "submitted", "Déposés, en attente de recevabilité"
    ADMISSIBLE = "admissible", "Recevables, en attente d’arbitrage"
    ADJOURNED = "adjourned", "Ajournés"
    WAITING_LIST = "waiting_list", "Sur la liste complémentaire"
    DECIDED = "decided", "Déjà décidés"
    INADMISSIBLE = "inadmissible", "Irrecevables"


STATUSES = {
    Waiting.SUBMITTED: frozenset({A.SUBMITTED}),
    Waiting.ADMISSIBLE: frozenset({A.ADMISSIBLE}),
    Waiting.ADJOURNED: frozenset({A.DECIDED}),
    Waiting.WAITING_LIST: frozenset({A.DECIDED}),
    Waiting.DECIDED: frozenset({A.DECIDED}),
    Waiting.INADMISSIBLE: frozenset({A.INADMISSIBLE}),
}


def awaited_statuses(*, pronounces: bool, arbitrates: bool) -> frozenset[A]:
    """The states in which an application waits for a kind of sitting; any file when it pronounces nothing."""
    wanted = (frozenset({A.SUBMITTED}) if pronounces else frozenset()) | (
        frozenset({A.ADMISSIBLE}) if arbitrates else frozenset()
    )
    return wanted or frozenset({A.SUBMITTED, A.ADMISSIBLE, A.DECIDED})


def moved(ids: Sequence[int], id: int, where: str) -> list[int]:
    """The same ids with one of them moved: first, up, down or last; at an end it stays."""
    others = [each for each in ids if each != id]
    place = list(ids).index(id)
    target = {"first": 0, "up": max(place - 1, 0), "down": place + 1, "last": len(others)}[where]
    return [*others[:target], id, *others[target:]]

"""What an application waits for, told by the higher rooms: corrections asked, a bilan to hand in.

One question for a whole page of applications, so that a list costs no more than one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Awaited:
    """Something to do on an application, by its organisation or by the Direction, before a day when there is one."""

    by_organisation: bool
    words: str
    url: str
    due_on: date | None = None
    is_late: bool = False


Source = Callable[[Sequence[int]], dict[int, list[Awaited]]]
_sources: list[Source] = []


def register_awaited(source: Source) -> Source:
    """Register what to look for: called with applications' ids, it answers what each waits for."""
    if source not in _sources:
        _sources.append(source)
    return source


def awaited_of(application_ids: Sequence[int]) -> dict[int, list[Awaited]]:
    """What each application waits for, what is late and what comes first above."""
    found: dict[int, list[Awaited]] = {number: [] for number in application_ids}
    for source in _sources:
        for number, waiting in source(application_ids).items():
            found[number] += waiting
    for waiting in found.values():
        waiting.sort(key=lambda each: (not each.is_late, each.due_on is None, each.due_on or date.max))
    return found

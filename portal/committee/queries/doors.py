"""What a higher room offers about a funder's part of a call (its amounts, sent as a file): shown as links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.calls.models import Call


@dataclass(frozen=True)
class Door:
    """A link."""

    label: str
    url: str


Source = Callable[[Call, int, bool], list[Door]]
_sources: list[Source] = []


def register_doors(source: Source) -> Source:
    """Register the pages about a call and a funder (its id, whether it is the State) that the reader may open."""
    if source not in _sources:
        _sources.append(source)
    return source


def doors_of(call: Call, funder_id: int, is_state: bool) -> list[Door]:
    return [door for source in _sources for door in source(call, funder_id, is_state)]

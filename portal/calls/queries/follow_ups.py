"""What goes on elsewhere about an application: a higher room (its bilans) says where, this one shows the link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.calls.models import Application


@dataclass(frozen=True)
class FollowUp:
    """A page about an application that the reader may open. `tone` is that of its state's tag."""

    label: str
    url: str
    state: str
    tone: str
    due_on: date | None


Source = Callable[[Application], list[FollowUp]]
_sources: list[Source] = []


def register_follow_ups(source: Source) -> Source:
    """Register what else there is to open about an application: only what its reader may open."""
    if source not in _sources:
        _sources.append(source)
    return source


def follow_ups_of(application: Application) -> list[FollowUp]:
    """The pages of higher rooms about an application, for whoever reads it now."""
    return [found for source in _sources for found in source(application)]

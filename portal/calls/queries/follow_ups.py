"""What goes on elsewhere about an application: a higher room (its bilans) says where, this one shows the link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from portal.calls.models import Application
from portal.calls.states import LabelledEnum


class Panel(LabelledEnum):
    """The parts of an application's page that higher rooms fill, in the order of its life."""

    EXCHANGES = "echanges", "Échanges avec la Direction"
    GRANT = "convention", "Projet ajusté, convention et versements"
    BILAN = "bilan", "Le bilan"


@dataclass(frozen=True)
class FollowUp:
    """A page about an application that the reader may open. `tone` is that of its state's tag; no state, no tag."""

    label: str
    url: str
    state: str
    tone: str
    due_on: date | None
    panel: Panel = Panel.BILAN


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


def by_panel(follow_ups: Iterable[FollowUp]) -> list[tuple[Panel, list[FollowUp]]]:
    """The pages of each part that has some, in the order of the parts."""
    kept = list(follow_ups)
    grouped = [(panel, [each for each in kept if each.panel is panel]) for panel in Panel]
    return [(panel, found) for panel, found in grouped if found]

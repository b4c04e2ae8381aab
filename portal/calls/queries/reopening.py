"""Which sections of a filed application are open to its organisation again.

A higher room (a change request) registers what reopens them; this one knows none of the reasons.
"""

from __future__ import annotations

from collections.abc import Callable

from portal.calls.states import Section

Reopener = Callable[[int], frozenset[Section]]
_reopeners: list[Reopener] = []


def register_reopened(reopener: Reopener) -> Reopener:
    """Register a reason to reopen: called with an application's id, it answers the sections it reopens."""
    if reopener not in _reopeners:
        _reopeners.append(reopener)
    return reopener


def reopened_sections(application_id: int) -> frozenset[Section]:
    """The sections that the organisation may edit though the application is filed; empty when none."""
    return frozenset().union(*(reopener(application_id) for reopener in _reopeners))

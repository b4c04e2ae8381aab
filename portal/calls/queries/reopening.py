"""Which sections of a filed application are open to its organisation again.

A higher room (a change request) registers what reopens them; this one knows none of the reasons.
"""

from __future__ import annotations

from collections.abc import Callable

from portal.calls.states import Section

Reopener = Callable[[int], frozenset[Section]]
Corrector = Callable[[int], bool]
_reopeners: list[Reopener] = []
_correctors: list[Corrector] = []


def register_reopened(reopener: Reopener) -> Reopener:
    """Register a reason to reopen: called with an application's id, it answers the sections it reopens."""
    if reopener not in _reopeners:
        _reopeners.append(reopener)
    return reopener


def reopened_sections(application_id: int) -> frozenset[Section]:
    """The sections that the organisation may edit though the application is filed; empty when none."""
    return frozenset().union(*(reopener(application_id) for reopener in _reopeners))


def register_correcting(corrector: Corrector) -> Corrector:
    """Register what tells, from an application's id, that corrections were asked and not sent: they may have
    been written, whether they can still be sent or the application has moved on."""
    if corrector not in _correctors:
        _correctors.append(corrector)
    return corrector


def is_correcting(application_id: int) -> bool:
    """Whether the application may hold words that its organisation has not sent."""
    return any(corrector(application_id) for corrector in _correctors)

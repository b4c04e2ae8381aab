"""When a funder's silence means refusal, for one application.

What suspends the delay is asked of the rooms that know it (a missing piece asked and not given yet).
"""

from __future__ import annotations

from collections.abc import Callable

from portal.calls.models import Submission
from portal.calls.rules.submission import Pause, RefusalDelay, refusal_delay
from portal.foundation import clock
from portal.foundation.periods import to_paris

Source = Callable[[int], list[Pause]]
_sources: list[Source] = []


def register_pauses(source: Source) -> Source:
    """Register what suspends the delay: called with an application's id."""
    if source not in _sources:
        _sources.append(source)
    return source


def refusal_delay_of(filed: Submission) -> RefusalDelay:
    """The delay that runs from the filing (`filed` is the first version), with what suspended it."""
    pauses = [pause for source in _sources for pause in source(filed.application_id)]
    return refusal_delay(filed.received_at, pauses, to_paris(clock.now()).date())

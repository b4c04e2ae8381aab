"""Where the applications of an organisation stand, read for one or for a page of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.calls.models import Application, CallMilestone
from portal.calls.queries.awaited import Awaited, awaited_of
from portal.calls.queries.outcome import KnownOutcome
from portal.calls.rules.course import YOU, Announced, Facts, Stage, course, to_come, when_next, who_acts
from portal.calls.rules.filing_words import StatusWords, status_words
from portal.calls.states import ApplicationStatus
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.periods import to_paris


@dataclass(frozen=True)
class Standing:
    """Where an application stands for its organisation, and what it waits for."""

    words: StatusWords
    who: str
    when: str
    awaited: tuple[Awaited, ...]
    is_studied: bool
    stages: tuple[Stage, ...]
    to_come: tuple[Announced, ...]

    @property
    def yours(self) -> list[Awaited]:
        return [each for each in self.awaited if each.by_organisation]


def announced_by(call_ids: Iterable[int]) -> dict[int, tuple[Announced, ...]]:
    """The steps that each call announces to all; one query."""
    found: dict[int, list[Announced]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(
            CallMilestone.call_id,
            CallMilestone.kind,
            CallMilestone.label,
            CallMilestone.starts_on,
            CallMilestone.ends_on,
        )
        .where(CallMilestone.call_id.in_(set(call_ids)), CallMilestone.is_public)
        .order_by(CallMilestone.starts_on, CallMilestone.id)
    )
    for call_id, *step in rows:
        found[call_id].append(Announced(*step))
    return {call_id: tuple(steps) for call_id, steps in found.items()}


def standing_of(application: Application, outcome: KnownOutcome | None) -> Standing:
    """Where one application stands; `outcome` is what was notified of it."""
    announced = announced_by([application.call_id]).get(application.call_id, ())
    known = application.outcome_known_at is not None
    granted = (outcome is None or outcome.granted_cents > 0) if known else None
    return _standing(
        application.status,
        granted,
        application.submitted_at,
        announced,
        awaited_of([application.id])[application.id],
    )


def standings_of(
    applications: Iterable[tuple[int, int, ApplicationStatus, datetime | None, datetime | None]],
) -> dict[int, Standing]:
    """The same for a list of (id, call's id, status, filed at, outcome known at), in as many queries as for one."""
    rows = list(applications)
    announced = announced_by(call_id for _, call_id, *_ in rows)
    awaited = awaited_of([number for number, *_ in rows])
    return {
        number: _standing(status, True if known_at else None, filed_at, announced.get(call_id, ()), awaited[number])
        for number, call_id, status, filed_at, known_at in rows
    }


def _standing(
    status: ApplicationStatus,
    is_granted: bool | None,
    filed_at: datetime | None,
    announced: tuple[Announced, ...],
    awaited: list[Awaited],
) -> Standing:
    facts = Facts(status, is_granted, _day(filed_at), announced, to_paris(clock.now()).date())
    yours = any(each.by_organisation for each in awaited)
    return Standing(
        words=status_words(status, facts.outcome_known),
        who=YOU if yours else who_acts(facts),
        when=when_next(facts),
        awaited=tuple(awaited),
        is_studied=facts.is_studied,
        stages=tuple(course(facts)),
        to_come=tuple(to_come(facts)),
    )


def _day(instant: datetime | None) -> date | None:
    return to_paris(instant).date() if instant else None

"""One item of an agenda on a large screen, with its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.calls.models import Application, Call
from portal.calls.queries.visibility import recused_applications
from portal.calls.states import ApplicationStatus
from portal.committee.models import AgendaItem, Decision, Sitting
from portal.committee.states import DecisionKind, Outcome
from portal.extensions import db


@dataclass(frozen=True)
class Stop:
    """An item of the agenda to go to, with what the sitting said of it."""

    item_id: int
    reference: str
    title: str
    outcome: Outcome | None


@dataclass(frozen=True)
class Course:
    """The items that somebody may see, in order, and where they are among them."""

    stops: tuple[Stop, ...]
    place: int

    @property
    def number(self) -> int:
        return self.place + 1

    @property
    def previous(self) -> Stop | None:
        return self.stops[self.place - 1] if self.place > 0 else None

    @property
    def next(self) -> Stop | None:
        return self.stops[self.place + 1] if self.place + 1 < len(self.stops) else None

    @property
    def done(self) -> int:
        return sum(stop.outcome is not None for stop in self.stops)


def course(sitting: Sitting, viewer_id: int, item_id: int | None = None) -> Course:
    """Where `item_id` is in the agenda; without it, at the first item not decided. One query."""
    said: Any = (
        sa.select(Decision.outcome)
        .where(Decision.application_id == Application.id, Decision.sitting_id == sitting.id)
        .order_by(Decision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(AgendaItem.id, Call.year, Application.number, Application.title, said)
        .join(Application, Application.id == AgendaItem.application_id)
        .join(Call, Call.id == Application.call_id)
        .where(AgendaItem.sitting_id == sitting.id, Application.id.not_in(recused_applications(viewer_id)))
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    stops = tuple(Stop(row[0], f"{row[1]}-{row[2]:03d}", row[3], row[4]) for row in rows)
    wanted = (stop.item_id == item_id if item_id is not None else stop.outcome is None for stop in stops)
    return Course(stops, next((place for place, found in enumerate(wanted) if found), 0))


def decides(sitting: Sitting, application: Application) -> DecisionKind | None:
    """What the sitting may say of an application in its state; None when it only hears of it."""
    unheard = application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.INADMISSIBLE)
    if sitting.kind.pronounces_admissibility and (unheard or not sitting.kind.arbitrates):
        return DecisionKind.ADMISSIBILITY
    return DecisionKind.ARBITRATION if sitting.kind.arbitrates and not unheard else None

"""Until when each application may be filed, and the exemptions of a call."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, Exemption
from portal.calls.queries.filing import OpenCall, organisations_to_file_for, window_of
from portal.calls.rules.calling import CallWindow, is_open
from portal.calls.rules.deadlines import moved
from portal.calls.states import ApplicationStatus, CallStatus, Origin
from portal.extensions import db
from portal.foundation.periods import to_paris
from portal.foundation.web.formats import date_fr


def window_for(application: Application, *, held: bool = False) -> CallWindow:
    """What decides whether this very application may still be filed. `held`: nobody changes it meanwhile."""
    running = running_exemptions(application.call_id, application.organisation_id, application.id, held=held)
    return moved(window_of(application.call), [each.until for each in running])


def window_to_begin(call: Call, organisation_ids: list[int]) -> CallWindow:
    """What decides whether one of these organisations may begin an application."""
    statement = sa.select(Exemption.until).where(
        Exemption.call_id == call.id,
        Exemption.organisation_id.in_(organisation_ids),
        Exemption.application_id.is_(None),
        Exemption.ended_at.is_(None),
    )
    return moved(window_of(call), db.session.execute(statement).scalars())


def running_exemptions(
    call_id: int, organisation_id: int, application_id: int, *, held: bool = False
) -> list[Exemption]:
    """The exemptions that reach an application, the organisation's and its own, the latest deadline first."""
    statement = (
        sa.select(Exemption)
        .where(
            Exemption.call_id == call_id,
            Exemption.organisation_id == organisation_id,
            sa.or_(Exemption.application_id.is_(None), Exemption.application_id == application_id),
            Exemption.ended_at.is_(None),
        )
        .order_by(Exemption.until.desc(), Exemption.id)
    )
    # Whoever files waits for whoever revokes, and the other way round.
    return list(db.session.execute(statement.with_for_update() if held else statement).scalars())


def judged_at(application: Application, received_at: datetime) -> datetime:
    """The instant on which the closing is judged: the Direction's own receipt for what it typed on behalf."""
    if application.origin is Origin.ON_BEHALF and application.reception is not None:
        return application.reception.received_at
    return received_at


def may_be_filed(application: Application, now: datetime) -> bool:
    """Whether the closing lets a draft be filed now, by its own deadline or by the day it was received."""
    window = window_for(application)
    return window.status is CallStatus.PUBLISHED and is_open(window, judged_at(application, now))


def exemption_shown(application: Application) -> Exemption | None:
    """The exemption that moves the deadline of an application, None when the call's own closing holds."""
    running = running_exemptions(application.call_id, application.organisation_id, application.id)
    return running[0] if running and running[0].until > application.call.closes_at else None


def exemptions_of(call_id: int) -> list[Exemption]:
    """All exemptions of a call, running ones first, then the latest."""
    return list(
        db.session.execute(
            sa.select(Exemption)
            .where(Exemption.call_id == call_id)
            .options(
                joinedload(Exemption.organisation), joinedload(Exemption.application), joinedload(Exemption.granted_by)
            )
            .order_by(Exemption.ended_at.is_not(None), Exemption.id.desc())
        ).scalars()
    )


def organisations_with_drafts(call_id: int) -> list[tuple[int, str, int]]:
    """(id, name, drafts) of those that have begun an application; what these hold is theirs alone."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name, sa.func.count())
        .join(Application, Application.organisation_id == Organisation.id)
        .where(Application.call_id == call_id, Application.status == ApplicationStatus.DRAFT)
        .group_by(Organisation.id, Organisation.name, Organisation.name_fold)
        .order_by(Organisation.name_fold, Organisation.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def drafts_to_exempt(call_id: int, organisation_id: int) -> list[tuple[int, str]]:
    """(id, number and day of beginning) of an organisation's drafts: a draft's title is its own."""
    rows = db.session.execute(
        sa.select(Application.id, Call.year, Application.number, Application.created_at)
        .join(Call, Call.id == Application.call_id)
        .where(
            Application.call_id == call_id,
            Application.organisation_id == organisation_id,
            Application.status == ApplicationStatus.DRAFT,
        )
        .order_by(Application.number)
    )
    return [
        (row.id, f"Le seul brouillon {row.year}-{row.number:03d}, commencé le {date_fr(to_paris(row.created_at))}")
        for row in rows
    ]


def exempted_calls(person_id: int, now: datetime) -> list[OpenCall]:
    """The calls closed to others in which an organisation of the person may still begin an application."""
    until = sa.func.max(Exemption.until)
    rows = db.session.execute(
        sa.select(Call.id, Call.title, Call.year, until)
        .join(Exemption, Exemption.call_id == Call.id)
        .where(
            Exemption.organisation_id.in_([each for each, _ in organisations_to_file_for(person_id)]),
            Exemption.application_id.is_(None),
            Exemption.ended_at.is_(None),
            Exemption.until >= now,
            Call.status == CallStatus.PUBLISHED,
            Call.closes_at < now,
        )
        .group_by(Call.id, Call.title, Call.year)
        .order_by(until, Call.id)
    )
    return [OpenCall(*row) for row in rows]

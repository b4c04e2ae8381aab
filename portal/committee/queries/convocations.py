"""Who was convened to a sitting, when, and what their letter says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call
from portal.calls.queries.visibility import recused_applications
from portal.committee.models import AgendaItem, Convocation, Sitting, SittingMember
from portal.committee.rules.convocations import agenda_lines, letter
from portal.contracts.models import Contract
from portal.extensions import db
from portal.foundation.calendars import CalendarEntry
from portal.foundation.dates import date_fr, hour_fr
from portal.foundation.periods import from_paris_input

USUAL_LENGTH = timedelta(hours=2)
"""How long a sitting takes in a calendar: nobody tells it before."""


@dataclass(frozen=True)
class Summoned:
    """A member with the last convocation they got; `is_current` when it tells the sitting as it is."""

    member: SittingMember
    last: Convocation | None
    is_current: bool


def summoned(sitting: Sitting) -> list[Summoned]:
    """Every member, with what they were last told. One query."""
    rows = db.session.scalars(
        sa.select(Convocation).where(Convocation.sitting_id == sitting.id).order_by(Convocation.id)
    )
    last = {row.member_id: row for row in rows}
    return [
        Summoned(member, told := last.get(member.id), told is not None and told.number == sitting.summons_number)
        for member in sitting.members
    ]


def history_of(sitting: Sitting) -> list[Convocation]:
    """Every convocation that left, the latest first."""
    return list(
        db.session.scalars(
            sa.select(Convocation).where(Convocation.sitting_id == sitting.id).order_by(Convocation.id.desc())
        )
    )


def were_sent(sitting: Sitting) -> bool:
    """Whether somebody was convened to the sitting as it now stands."""
    found = sa.select(Convocation.id).where(
        Convocation.sitting_id == sitting.id, Convocation.number == sitting.summons_number
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def convocation_document(convocation: Convocation, sitting: Sitting, contract: Contract) -> dict[str, Any]:
    """The letter to one person. What they stepped out of is not in its annex."""
    member = db.session.get(SittingMember, convocation.member_id) if convocation.member_id else None
    items = _items(sitting, member.person_id if member else None)
    kind = sitting.kind
    verbs = [
        word
        for word, says in (
            ("recevabilité", kind.pronounces_admissibility),
            (kind.decision_word.lower(), kind.arbitrates),
        )
        if says
    ]
    values = {
        "nom": convocation.name,
        "qualite": member.capacity if member else "",
        "seance": sitting.title,
        "instance": kind.label,
        "date": date_fr(sitting.held_on),
        "heure": hour_fr(sitting.starts_at) if sitting.starts_at else "précisée ultérieurement",
        "lieu": sitting.place or "précisé ultérieurement",
        "ordre_du_jour": agenda_lines(
            [topic.words for topic in sitting.topics if topic.comes_first],
            len(items),
            verbs,
            [topic.words for topic in sitting.topics if not topic.comes_first],
        ),
        "contrat": contract.name,
        "service": contract.contact_service,
    }
    return {
        "kicker": "Convocation" if convocation.number == 1 else "Convocation modifiée",
        "blocks": letter(kind.convocation, values, items=items),
    }


def _items(sitting: Sitting, person_id: int | None) -> list[tuple[str, str, str]]:
    statement = (
        sa.select(Call.year, Application.number, Organisation.name, Application.title)
        .select_from(AgendaItem)
        .join(Application, Application.id == AgendaItem.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(AgendaItem.sitting_id == sitting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    if person_id is not None:
        statement = statement.where(Application.id.not_in(recused_applications(person_id)))
    return [(f"{row[0]}-{row[1]:03d}", row[2], row[3]) for row in db.session.execute(statement)]


def calendar_entry(sitting: Sitting, changed_at: datetime, *, uid_host: str) -> CalendarEntry:
    """The sitting as an event: the same UID and a higher sequence when it moves."""
    starts: Any = sitting.held_on
    ends = None
    if sitting.starts_at is not None:
        starts = from_paris_input(datetime.combine(sitting.held_on, sitting.starts_at))
        ends = starts + USUAL_LENGTH
    return CalendarEntry(
        uid=f"seance-{sitting.id}@{uid_host}",
        title=sitting.title,
        description=f"{sitting.kind.label}. L’ordre du jour est dans la convocation.",
        starts=starts,
        ends_on=None,
        sequence=sitting.summons_number + (1 if sitting.cancelled_reason else 0),
        changed_at=changed_at,
        alarms=(timedelta(days=1),),
        ends=ends,
        place=sitting.place or "",
        cancelled=bool(sitting.cancelled_reason),
    )

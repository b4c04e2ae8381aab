"""Who has stepped out of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.accounts.models import Grant, Mandate, Organisation, Person
from portal.accounts.rules import STAFF_ROLES, HeldGrant, ScopeKind
from portal.calls.models import Application, Call, FundingLine, Recusal
from portal.calls.queries.visibility import visible_applications
from portal.calls.states import RecusalSource
from portal.committee.queries.words import full_name
from portal.extensions import db


@dataclass(frozen=True)
class RecusalRow:
    """A recusal as the Direction reads it; `application_title` is None when it holds on a structure."""

    id: int
    person: str
    organisation: str
    application_id: int | None
    application_title: str | None
    source: RecusalSource
    reason: str
    created_at: datetime
    ended_at: datetime | None


def recusals_of_call(call: Call, person_id: int, grants: Sequence[HeldGrant]) -> list[RecusalRow]:
    """The recusals that touch the applications of a call, those of the reader's own left out.

    Somebody recused does not learn from this list what they stepped out of.
    """
    seen = visible_applications(person_id, grants)
    of_call = sa.select(Application.id).where(Application.call_id == call.id, Application.id.in_(seen))
    organisations = sa.select(Application.organisation_id).where(Application.id.in_(of_call))
    named = sa.func.coalesce(Recusal.organisation_id, Application.organisation_id)
    rows = db.session.execute(
        sa.select(
            Recusal.id,
            full_name(),
            Organisation.name,
            Recusal.application_id,
            Application.title,
            Recusal.source,
            Recusal.reason,
            Recusal.created_at,
            Recusal.ended_at,
        )
        .join(Person, Person.id == Recusal.person_id)
        .outerjoin(Application, Application.id == Recusal.application_id)
        .join(Organisation, Organisation.id == named)
        .where(sa.or_(Recusal.application_id.in_(of_call), Recusal.organisation_id.in_(organisations)))
        .order_by(Recusal.ended_at.is_not(None), Person.family_name, Recusal.id)
    )
    return [RecusalRow(*row) for row in rows]


def recused_names(application: Application) -> list[str]:
    """The people who stepped out of one application, for its file and the minutes."""
    rows = db.session.execute(
        sa.select(full_name())
        .select_from(Person)
        .join(Recusal, Recusal.person_id == Person.id)
        .where(_touches(application), Recusal.ended_at.is_(None))
        .distinct()
        .order_by(full_name())
    )
    return list(rows.scalars())


def running_recusal(person_id: int, *, application_id: int | None, organisation_id: int | None) -> Recusal | None:
    """The same recusal when it is already there."""
    return db.session.execute(
        sa.select(Recusal).where(
            Recusal.person_id == person_id,
            Recusal.ended_at.is_(None),
            Recusal.application_id == application_id if application_id else Recusal.application_id.is_(None),
            Recusal.organisation_id == organisation_id if organisation_id else Recusal.organisation_id.is_(None),
        )
    ).scalar()


def mandates_without_recusal(today: date) -> list[Mandate]:
    """The running mandates of people with a staff role that no recusal has followed yet.

    A recusal ended by the Direction is an answer: the mandate does not bring it back.
    """
    staff = sa.select(Grant.person_id).where(Grant.ended_at.is_(None), Grant.role.in_(STAFF_ROLES))
    followed = sa.select(Recusal.mandate_id).where(Recusal.mandate_id.is_not(None))
    return list(
        db.session.execute(
            sa.select(Mandate)
            .where(
                Mandate.person_id.in_(staff),
                Mandate.id.not_in(followed),
                Mandate.starts_on <= today,
                sa.or_(Mandate.ends_on.is_(None), Mandate.ends_on >= today),
            )
            .order_by(Mandate.id)
        ).scalars()
    )


def recusals_of_ended_mandates(today: date) -> list[Recusal]:
    """The running recusals whose mandate is over."""
    return list(
        db.session.execute(
            sa.select(Recusal)
            .join(Mandate, Mandate.id == Recusal.mandate_id)
            .where(Recusal.ended_at.is_(None), Mandate.ends_on < today)
            .order_by(Recusal.id)
        ).scalars()
    )


def staff_of_call(call: Call) -> list[tuple[int, str]]:
    """The people who take part in a call's instruction, by any staff role: (id, name)."""
    funders = sa.select(FundingLine.funder_id).join(Application).where(Application.call_id == call.id)
    reached = sa.or_(
        sa.and_(Grant.scope_kind == ScopeKind.CONTRACT, Grant.scope_id == call.contract_id),
        sa.and_(Grant.scope_kind == ScopeKind.CALL, Grant.scope_id == call.id),
        sa.and_(Grant.scope_kind == ScopeKind.FUNDER, Grant.scope_id.in_(funders)),
    )
    rows = db.session.execute(
        sa.select(Person.id, full_name())
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.ended_at.is_(None), Person.disabled_at.is_(None), Grant.role.in_(STAFF_ROLES), reached)
        .distinct()
        .order_by(full_name(), Person.id)
    )
    return [(row[0], row[1]) for row in rows]


def subjects_of_call(
    call: Call, person_id: int, grants: Sequence[HeldGrant]
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """What a recusal may be recorded on in a call: its applications, then their structures."""
    rows = db.session.execute(
        sa.select(Application.id, Application.title, Organisation.id, Organisation.name)
        .join(Organisation)
        .where(Application.call_id == call.id, Application.id.in_(visible_applications(person_id, grants)))
        .order_by(Organisation.name_fold, Application.number)
    ).all()
    applications = [(row[0], f"{row[3]} — {row[1]}") for row in rows]
    return applications, list(dict.fromkeys((row[2], row[3]) for row in rows))


def _touches(application: Application) -> sa.ColumnElement[bool]:
    return sa.or_(Recusal.application_id == application.id, Recusal.organisation_id == application.organisation_id)

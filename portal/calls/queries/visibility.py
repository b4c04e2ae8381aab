"""Which applications a person may see: one select that feeds pages, counts, search and exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine, Recusal
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import NEVER_FILED, Origin
from portal.extensions import db

CONTRACT_WIDE = frozenset({Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STEERING})
FUNDER_WIDE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER})


def visible_applications(person_id: int, grants: Sequence[HeldGrant]) -> sa.Select[tuple[int]]:
    """The ids of the applications that a person's staff roles show: never a recused one, nor an
    applicant's own draft.

    `grants` are those usable in this session. The applicant's own side does not go through here.
    """
    return (
        sa.select(Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(sa.or_(*_reached_by(grants), sa.false()), Application.id.not_in(recused_applications(person_id)))
    )


def _reached_by(grants: Sequence[HeldGrant]) -> list[sa.ColumnElement[bool]]:
    """What each kind of role reaches; the draft that the Direction types on behalf stays its own."""
    filed = Application.status.not_in(NEVER_FILED)
    contracts = [g.scope_id for g in grants if g.role in CONTRACT_WIDE and g.scope_kind is ScopeKind.CONTRACT]
    typing = [g.scope_id for g in grants if g.role in DIRECTION and g.scope_kind is ScopeKind.CONTRACT]
    calls = [g.scope_id for g in grants if g.role is Role.REVIEWER and g.scope_kind is ScopeKind.CALL]
    funders = [g.scope_id for g in grants if g.role in FUNDER_WIDE and g.scope_kind is ScopeKind.FUNDER]
    asked = sa.select(FundingLine.application_id).where(FundingLine.funder_id.in_(funders))
    return [
        sa.and_(Call.contract_id.in_(contracts), filed),
        sa.and_(Call.contract_id.in_(typing), Application.origin == Origin.ON_BEHALF),
        sa.and_(Call.id.in_(calls), filed),
        sa.and_(Application.id.in_(asked), filed),
    ]


def recused_applications(person_id: int) -> sa.Select[tuple[int]]:
    """The ids of the applications a person has stepped out of, directly or through a structure."""
    running = sa.and_(Recusal.person_id == person_id, Recusal.ended_at.is_(None))
    return sa.select(Application.id).where(
        sa.or_(
            Application.id.in_(sa.select(Recusal.application_id).where(running, Recusal.application_id.is_not(None))),
            Application.organisation_id.in_(
                sa.select(Recusal.organisation_id).where(running, Recusal.organisation_id.is_not(None))
            ),
        )
    )


def stepped_out_since(person_id: int, moment: datetime) -> bool:
    """Whether a person has stepped out of something since: what was made for them before may tell of it."""
    found = sa.select(Recusal.id).where(
        Recusal.person_id == person_id, Recusal.ended_at.is_(None), Recusal.created_at >= moment
    )
    return bool(db.session.execute(sa.select(found.exists())).scalar())


def is_recused(person_id: int, application: Application) -> bool:
    found = recused_applications(person_id).where(Application.id == application.id).exists()
    return bool(db.session.execute(sa.select(found)).scalar())


def recused_organisations(person_id: int) -> sa.Select[tuple[int]]:
    """The ids of the organisations a person has stepped out of, wholly or for one application."""
    running = sa.and_(Recusal.person_id == person_id, Recusal.ended_at.is_(None))
    named = sa.func.coalesce(Recusal.organisation_id, Application.organisation_id)
    return sa.select(named).outerjoin(Application, Application.id == Recusal.application_id).where(running)


def is_recused_from(person_id: int, organisation_id: int) -> bool:
    found = recused_organisations(person_id).subquery()
    statement = sa.select(sa.exists().where(found.c[0] == organisation_id))
    return bool(db.session.execute(statement).scalar())

"""Which applications a person may see: one select that feeds pages, counts, search and exports."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from portal.accounts.rules import HeldGrant, Role, ScopeKind
from portal.calls.models import Application, Call, FundingLine, Recusal
from portal.calls.states import ApplicationStatus, Origin
from portal.extensions import db

CONTRACT_WIDE = frozenset({Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STEERING})
FUNDER_WIDE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER})


def visible_applications(person_id: int, grants: Sequence[HeldGrant]) -> sa.Select[tuple[int]]:
    """The ids of the applications that a person's staff roles show: never a draft, never a recused one.

    `grants` are those usable in this session. The applicant's own side does not go through here.
    """
    mine = sa.or_(*_reached_by(grants), sa.false())
    filed = sa.or_(Application.status != ApplicationStatus.DRAFT, Application.origin == Origin.ON_BEHALF)
    return (
        sa.select(Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(mine, filed, Application.id.not_in(recused_applications(person_id)))
    )


def _reached_by(grants: Sequence[HeldGrant]) -> list[sa.ColumnElement[bool]]:
    contracts = [g.scope_id for g in grants if g.role in CONTRACT_WIDE and g.scope_kind is ScopeKind.CONTRACT]
    calls = [g.scope_id for g in grants if g.role is Role.REVIEWER and g.scope_kind is ScopeKind.CALL]
    funders = [g.scope_id for g in grants if g.role in FUNDER_WIDE and g.scope_kind is ScopeKind.FUNDER]
    asked = sa.select(FundingLine.application_id).where(FundingLine.funder_id.in_(funders))
    return [Call.contract_id.in_(contracts), Call.id.in_(calls), Application.id.in_(asked)]


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


def is_recused(person_id: int, application: Application) -> bool:
    found = recused_applications(person_id).where(Application.id == application.id).exists()
    return bool(db.session.execute(sa.select(found)).scalar())

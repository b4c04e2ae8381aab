"""The adjusted projects: what was answered to a request, what is awaited, who is reminded."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.models import Adjustment
from portal.committee.queries.letters import refusals_told
from portal.committee.rules.adjusting import EDITABLE, Answered
from portal.committee.rules.payments import TOLD
from portal.committee.states import AdjustmentStatus
from portal.extensions import db
from portal.foundation.pagination import Page, paged


def adjustment_of(application_id: int) -> Adjustment | None:
    return db.session.scalars(sa.select(Adjustment).where(Adjustment.application_id == application_id)).one_or_none()


def answers_of(application_id: int) -> list[Answered]:
    """What each funder answered; what no letter told the applicant yet is marked so."""
    refused = refusals_told([application_id])
    lines = db.session.scalars(
        sa.select(FundingLine).where(FundingLine.application_id == application_id).order_by(FundingLine.id)
    )
    return [
        Answered(
            line.funder_id,
            line.nature.value,
            line.status,
            line.requested_cents,
            line.granted_cents,
            line.status in TOLD or (line.status is FundingStatus.REFUSED and line.id in refused),
        )
        for line in lines
    ]


def due_between(first: date, last: date) -> list[Adjustment]:
    """Those still to be written whose date falls between two days, both included."""
    return list(
        db.session.scalars(
            sa.select(Adjustment)
            .where(Adjustment.status.in_(EDITABLE), Adjustment.due_on.between(first, last))
            .order_by(Adjustment.id)
        )
    )


def adjustments_seen(visible: sa.Select[tuple[int]], number: int) -> Page:
    """A page of the adjusted projects of visible applications: those to read, those awaited, the others."""
    order = sa.case((Adjustment.status == AdjustmentStatus.SUBMITTED, 0), (Adjustment.status.in_(EDITABLE), 1), else_=2)
    statement = (
        sa.select(
            Adjustment.id,
            Adjustment.status,
            Adjustment.choice,
            Adjustment.due_on,
            Adjustment.submitted_at,
            Application.number,
            Application.title,
            Call.year,
            Organisation.name,
        )
        .join(Application, Application.id == Adjustment.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Adjustment.application_id.in_(visible))
        .order_by(order, Adjustment.due_on, Adjustment.id)
    )
    return paged(statement, number)

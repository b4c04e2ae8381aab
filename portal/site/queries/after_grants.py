"""What waits for somebody after the grants: projects to adjust, conventions to sign, payments to make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, FundingLine
from portal.committee.models import Adjustment, Convention, ConventionAction
from portal.committee.rules.adjusting import EDITABLE
from portal.committee.rules.payments import PAYABLE
from portal.committee.states import AdjustmentStatus, ConventionStatus
from portal.contracts.models import Funder
from portal.extensions import db

Row = tuple[str, int, str, str, date | None]
"""(kind, id, title, organisation, before) of an errand."""


def owed_by(mine: sa.Select[tuple[int]], at_most: int) -> list[Row]:
    """What some organisations have to do: adjust a project, return a signed convention. Two queries."""
    adjusting = db.session.execute(
        sa.select(Adjustment.id, Application.title, Organisation.name, Adjustment.due_on)
        .join(Application, Application.id == Adjustment.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.organisation_id.in_(mine), Adjustment.status.in_(EDITABLE))
        .order_by(Adjustment.due_on, Adjustment.id)
        .limit(at_most)
    )
    signing = db.session.execute(
        sa.select(Convention.id, Convention.number, Funder.name, Organisation.name)
        .join(Organisation, Organisation.id == Convention.organisation_id)
        .join(Funder, Funder.id == Convention.funder_id)
        .where(Convention.organisation_id.in_(mine), Convention.status == ConventionStatus.SENT)
        .order_by(Convention.id)
        .limit(at_most)
    )
    return [
        *(("adjustment", id, title, name, due_on) for id, title, name, due_on in adjusting),
        *(("convention", id, f"{number}, {funder}", name, None) for id, number, funder, name in signing),
    ]


@dataclass(frozen=True)
class ToFollow:
    """How many things wait for the Direction, or for a funder's people."""

    adjustments: int
    conventions: int
    payments: int


def to_follow(seen: sa.Select[tuple[int]], funders: sa.Select[tuple[int]] | None = None) -> ToFollow:
    """Of the applications seen: adjusted projects to read, signed conventions to check, lines to pay. One query.

    `funders` narrows to some funders' own.
    """
    line = FundingLine.application_id.in_(seen)
    own = sa.true() if funders is None else FundingLine.funder_id.in_(funders)
    counts = (
        sa.select(sa.func.count(Adjustment.id)).where(
            Adjustment.application_id.in_(seen), Adjustment.status == AdjustmentStatus.SUBMITTED
        ),
        sa.select(sa.func.count(sa.distinct(Convention.id)))
        .join(ConventionAction, ConventionAction.convention_id == Convention.id)
        .join(FundingLine, FundingLine.id == ConventionAction.funding_line_id)
        .where(line, own, Convention.status == ConventionStatus.RETURNED),
        sa.select(sa.func.count(FundingLine.id)).where(line, own, FundingLine.status.in_(PAYABLE)),
    )
    return ToFollow(*db.session.execute(sa.select(*(count.scalar_subquery() for count in counts))).one())

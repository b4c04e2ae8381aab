"""Writing what of each funding line falls to each quartier."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import Application, Apportionment, FundingLine, Placement
from portal.calls.rules.apportioning import parts
from portal.extensions import db


def reapportion(application: Application) -> None:
    """Rewrite the parts of every funding line of `application` by quartier.

    To be called, in the same unit of work, by whatever changes a placement, its share, or an amount
    requested or granted: totals by quartier are read from these rows alone. It records no event:
    the change that calls for it has its own.
    """
    session = db.session()
    session.flush()
    placements = session.execute(
        sa.select(Placement.id, Placement.share_bp)
        .where(Placement.application_id == application.id)
        .order_by(Placement.id)
    ).all()
    lines = session.execute(
        sa.select(FundingLine.id, FundingLine.requested_cents, FundingLine.granted_cents).where(
            FundingLine.application_id == application.id
        )
    ).all()
    session.execute(sa.delete(Apportionment).where(Apportionment.funding_line_id.in_([line.id for line in lines])))
    shares = [placement.share_bp for placement in placements]
    rows = [
        {
            "funding_line_id": line.id,
            "placement_id": placement.id,
            "requested_cents": requested,
            "granted_cents": granted,
        }
        for line in lines
        for placement, requested, granted in zip(
            placements, parts(line.requested_cents, shares), parts(line.granted_cents, shares), strict=True
        )
    ]
    if rows:
        session.execute(sa.insert(Apportionment), rows)

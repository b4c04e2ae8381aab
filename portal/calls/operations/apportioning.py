"""Writing what of each funding line falls to each quartier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from portal.calls.models import Application, Apportionment, FundingLine, Placement
from portal.calls.rules.apportioning import parts
from portal.extensions import db

AMOUNTS = ("requested_cents", "proposed_cents", "arbitrated_cents", "granted_cents")


def reapportion(application: Application) -> None:
    """Rewrite the parts of every funding line of `application` by quartier.

    To be called, in the same unit of work, by whatever changes a placement, its share, or an amount
    requested: totals by quartier are read from these rows alone. What moves a line through its cycle
    has it done. It records no event: the change that calls for it has its own.
    """
    db.session.flush()
    of = FundingLine.application_id == application.id
    reapportion_lines(db.session.execute(sa.select(FundingLine.id).where(of)).scalars().all())


def reapportion_lines(line_ids: Collection[int]) -> None:
    """Rewrite the parts of some funding lines, in four statements however many they are."""
    session = db.session()
    session.flush()
    lines = session.execute(
        sa.select(FundingLine.id, FundingLine.application_id, *(getattr(FundingLine, name) for name in AMOUNTS)).where(
            FundingLine.id.in_(line_ids)
        )
    ).all()
    placements = _placements({line.application_id for line in lines})
    session.execute(sa.delete(Apportionment).where(Apportionment.funding_line_id.in_(line_ids)))
    rows = []
    for line in lines:
        placed = placements[line.application_id]
        shares = [share for _placement, share in placed]
        by_amount = [parts(getattr(line, name), shares) for name in AMOUNTS]
        rows += [
            {"funding_line_id": line.id, "placement_id": placement, **dict(zip(AMOUNTS, amounts, strict=True))}
            for (placement, _share), *amounts in zip(placed, *by_amount, strict=True)
        ]
    if rows:
        session.execute(sa.insert(Apportionment), rows)


def _placements(application_ids: Collection[int]) -> dict[int, list[tuple[int, int | None]]]:
    """(placement id, share in basis points) by application, in the order stored."""
    found: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    statement = (
        sa.select(Placement.application_id, Placement.id, Placement.share_bp)
        .where(Placement.application_id.in_(application_ids))
        .order_by(Placement.application_id, Placement.id)
    )
    for application_id, placement_id, share in db.session.execute(statement):
        found[application_id].append((placement_id, share))
    return found

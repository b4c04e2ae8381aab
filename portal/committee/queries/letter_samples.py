"""What a letter would tell of a real application: its act and decisions when there are, else what is still to come."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import Application, FundingLine
from portal.committee.models import FundingAct, FundingActLine
from portal.committee.queries.admissibility import standing_decision
from portal.committee.queries.letter_words import Telling
from portal.committee.states import DecisionKind, TemplateKind
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation import clock


def telling_of(kind: TemplateKind, application: Application, funder: Funder | None) -> Telling:
    """A letter of `kind` to an application, from `funder` or, when it needs one, from the first it asked."""
    decides = DecisionKind.ADMISSIBILITY if kind is TemplateKind.INADMISSIBILITY else DecisionKind.ARBITRATION
    if kind.is_of_funder and funder is None:
        funder = _first_asked(application.id)
    grants = kind in {TemplateKind.GRANT, TemplateKind.GRANT_LOWER}
    return Telling(
        kind,
        application,
        clock.now(),
        funder=funder,
        act=_latest_act(application.id, funder.id) if grants and funder else None,
        decision=standing_decision(application.id, decides),
    )


def _first_asked(application_id: int) -> Funder | None:
    return db.session.scalars(
        sa.select(Funder)
        .join(FundingLine, FundingLine.funder_id == Funder.id)
        .where(FundingLine.application_id == application_id)
        .order_by(FundingLine.id)
        .limit(1)
    ).first()


def _latest_act(application_id: int, funder_id: int) -> FundingAct | None:
    return db.session.scalars(
        sa.select(FundingAct)
        .join(FundingActLine, FundingActLine.act_id == FundingAct.id)
        .join(FundingLine, FundingLine.id == FundingActLine.funding_line_id)
        .where(FundingLine.application_id == application_id, FundingAct.funder_id == funder_id)
        .order_by(FundingAct.id.desc())
        .limit(1)
    ).first()

"""What a letter says of a scenario that served its decision (CRPA L311-3-1)."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import FundingLine
from portal.committee.models import Scenario, ScenarioAmount
from portal.committee.queries.scenarios.pages import rules_told
from portal.committee.rules.scenarios.notice import notice
from portal.extensions import db
from portal.foundation.web.formats import date_fr


def scenario_mention(application_id: int) -> str:
    """The mention that the letters of an application carry; empty when no scenario served its award."""
    used = db.session.execute(
        sa.select(Scenario, ScenarioAmount.applied_at)
        .join(ScenarioAmount, ScenarioAmount.scenario_id == Scenario.id)
        .join(FundingLine, FundingLine.id == ScenarioAmount.funding_line_id)
        .where(FundingLine.application_id == application_id, ScenarioAmount.applied_at.is_not(None))
        .order_by(ScenarioAmount.applied_at.desc(), ScenarioAmount.id.desc())
        .limit(1)
    ).one_or_none()
    if used is None:
        return ""
    scenario, applied_at = used
    contract = scenario.call.contract
    contact = ", ".join(part for part in (contract.contact_service, contract.contact_email) if part)
    return notice(scenario.title, date_fr(applied_at), rules_told(scenario), contact)

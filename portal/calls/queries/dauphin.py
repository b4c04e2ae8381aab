"""What is asked of the State in DAUPHIN: the line that keeps the number, and who else has it."""

from __future__ import annotations

import sqlalchemy as sa

from portal.calls.models import Application, Call, FundingLine
from portal.calls.rules.dauphin import number_key
from portal.calls.states import NEVER_FILED, ApplicationStatus, FundingStatus
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db

_ELSEWHERE = (ApplicationStatus.ABANDONED, ApplicationStatus.WITHDRAWN)


def state_line(application: Application) -> FundingLine | None:
    """What an application asks of the State's credits of politique de la ville, None when it asks nothing."""
    return next((line for line in application.funding_lines if is_of_the_state(line)), None)


def is_of_the_state(line: FundingLine) -> bool:
    asked = line.status is not FundingStatus.NOT_ASKED
    return asked and line.funder.kind is FunderKind.STATE and line.nature is Nature.SPECIFIC


def other_holder(call_id: int, application_id: int, number: str) -> str | None:
    """The reference of another application of the call that has the number already; one given up does not count.

    A draft that holds it is told without its reference: it is its organisation's own business.
    """
    rows = db.session.execute(
        sa.select(FundingLine.external_ref, Call.year, Application.number, Application.status)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(
            Application.call_id == call_id,
            Application.id != application_id,
            Application.status.not_in(_ELSEWHERE),
            Funder.kind == FunderKind.STATE,
            FundingLine.external_ref.is_not(None),
        )
        .order_by(Application.number)
    )
    wanted = number_key(number)
    for ref, year, rank, status in rows:
        if number_key(ref) == wanted:
            return "" if status in NEVER_FILED else f"{year}-{rank:03d}"
    return None

"""Taking a step of the cycle: the only place where a status changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.calls.models import Application, Call, FundingLine
from portal.calls.rules import cycle
from portal.calls.states import ApplicationStatus, CallStatus, FundingStatus
from portal.foundation.actors import Actor
from portal.foundation.events import record


def move_application(application: Application, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the application's table, or raise Refusal; `values` go to the guards and the event."""
    taken = cycle.APPLICATION.check(step, application.status, roles, application, **values)
    before, application.status = application.status, ApplicationStatus(taken.target)
    application.version += 1
    record(actor, taken.event, application, status=[before, application.status], **values)


def move_funding(line: FundingLine, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the funding line's table, or raise Refusal. Amounts are the caller's to set, before."""
    taken = cycle.FUNDING.check(step, line.status, roles, line, **values)
    before, line.status = line.status, FundingStatus(taken.target)
    line.version += 1
    record(actor, taken.event, line, status=[before, line.status], funder=line.funder_id, **values)


def move_call(call: Call, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the call's table, or raise Refusal."""
    taken = cycle.CALL.check(step, call.status, roles, call, **values)
    before, call.status = call.status, CallStatus(taken.target)
    call.version += 1
    record(actor, taken.event, call, status=[before, call.status], **values)

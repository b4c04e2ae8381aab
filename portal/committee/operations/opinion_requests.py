"""Moving a request for an opinion: answered, declined, withdrawn, over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.calls.rules.cycle import SYSTEM_ROLE
from portal.committee.models import Opinion, OpinionRequest
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import opinion_requests as queries
from portal.committee.rules.opinion_requests import REQUEST, last_day
from portal.committee.states import OpinionRequestStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris


def move_request(request: OpinionRequest, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the request's table, or raise Refusal; `values` go to the guards and the event."""
    taken = REQUEST.check(step, request.status, roles, request, **values)
    before, request.status = request.status, OpinionRequestStatus(taken.target)
    record(actor, taken.event, request, status=[before, request.status], **values)


def settle(opinion: Opinion, *, actor: Actor, roles: Iterable[str]) -> None:
    """An opinion given, by whatever way, answers the request that waits for it."""
    db.session.flush()
    request = queries.request_answered_by(opinion)
    if request is None:
        return
    request.opinion_id, request.answered_at = opinion.id, clock.now()
    move_request(request, "give", actor=actor, roles=roles)


def withdraw_request(request: OpinionRequest, *, actor: Actor, roles: Iterable[str]) -> None:
    """The Direction no longer waits for this opinion; its line leaves the link."""
    refuse_recused(actor, request.application)
    db.session.refresh(request, with_for_update=True)
    move_request(request, "withdraw", actor=actor, roles=roles)


def end_waits() -> None:
    """What nobody answered is over after the grace; what has no object any more is withdrawn."""
    today = to_paris(clock.now()).date()
    for request in queries.past_their_day(today):
        if today <= last_day(request.due_on, request.application.call.contract.opinion_grace_days):
            continue
        move_request(request, "expire", actor=SYSTEM, roles={SYSTEM_ROLE})
    for request in queries.without_object():
        if request.status is OpinionRequestStatus.ASKED:
            move_request(request, "withdraw", actor=SYSTEM, roles={SYSTEM_ROLE})


outbox.periodic(end_waits)

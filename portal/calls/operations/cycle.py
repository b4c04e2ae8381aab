"""Taking a step of the cycle: the only place where a status changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from portal.calls.models import Application, Call, FundingLine, Reception
from portal.calls.operations.table_changes import touch_application, touch_line
from portal.calls.rules import cycle
from portal.calls.rules.reception import RECEPTION
from portal.calls.states import PROGRAMMED, ApplicationStatus, CallStatus, Confirmation, FundingStatus
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record

Follower = Callable[..., None]
F = TypeVar("F", bound=Follower)
_followers: dict[str, list[Follower]] = {}


def follows(event: str) -> Callable[[F], F]:
    """Register what a higher room does in the same unit of work once a step was taken (by its event).

    It is called as `follower(subject, actor=actor)`.
    """

    def register(follower: F) -> F:
        known = _followers.setdefault(event, [])
        if follower not in known:
            known.append(follower)
        return follower

    return register


def _tell(event: str, subject: object, actor: Actor) -> None:
    for follower in _followers.get(event, []):
        follower(subject, actor=actor)


def hold(application: Application) -> None:
    """Read an application anew and keep it as it is until the end: who files waits for who writes, and each
    then meets what the other did."""
    db.session.flush()
    db.session.refresh(application, with_for_update={"key_share": True})


def move_application(application: Application, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the application's table, or raise Refusal; `values` go to the guards and the event."""
    hold(application)
    taken = cycle.APPLICATION.check(step, application.status, roles, application, **values)
    before, application.status = application.status, ApplicationStatus(taken.target)
    application.version += 1
    if {before, application.status} & PROGRAMMED:
        touch_application(application)
    record(actor, taken.event, application, status=[before, application.status], **values)
    _tell(taken.event, application, actor)


def move_funding(line: FundingLine, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the funding line's table, or raise Refusal. Amounts are the caller's to set, before."""
    taken = cycle.FUNDING.check(step, line.status, roles, line, **values)
    before, line.status = line.status, FundingStatus(taken.target)
    line.version += 1
    touch_line(line, actor)
    record(actor, taken.event, line, status=[before, line.status], funder=line.funder_id, **values)
    _tell(taken.event, line, actor)


def move_call(call: Call, step: str, *, actor: Actor, roles: Iterable[str], **values: Any) -> None:
    """Take `step` of the call's table, or raise Refusal."""
    taken = cycle.CALL.check(step, call.status, roles, call, **values)
    before, call.status = call.status, CallStatus(taken.target)
    call.version += 1
    record(actor, taken.event, call, status=[before, call.status], **values)
    _tell(taken.event, call, actor)


def move_reception(reception: Reception, step: str, *, actor: Actor, roles: Iterable[str], words: str = "") -> None:
    """Take `step` of the table of what the Direction typed, or raise Refusal. The journal keeps no name."""
    taken = RECEPTION.check(step, reception.confirmation, roles, reception, words=words)
    before, reception.confirmation = reception.confirmation, Confirmation(taken.target)
    reception.version += 1
    record(actor, taken.event, reception, confirmation=[before, reception.confirmation], reason=words)
    _tell(taken.event, reception, actor)

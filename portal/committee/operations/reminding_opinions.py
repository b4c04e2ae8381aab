"""Writing again to those who have not given the opinion asked: by itself around the date, by hand in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import OpinionRequest
from portal.committee.operations.asking_opinions import write_to
from portal.committee.queries import opinion_following as following
from portal.committee.queries import opinion_requests as queries
from portal.committee.queries.opinion_links import contacts_shut_out
from portal.committee.queries.opinion_plan import Seen, reachable
from portal.committee.queries.opinion_recipients import Recipient, recipients_of, stepped_out_of
from portal.committee.rules.opinion_requests import Addressee, Way, mark_of, reminder_due
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal

REMINDER_MAIL = "opinions_reminder"


@dataclass(frozen=True)
class Reminded:
    """One recipient of a reminder and what it is about."""

    recipient: Recipient
    requests: tuple[OpinionRequest, ...]


@dataclass(frozen=True)
class ReminderPlan:
    """Whom a reminder would reach; `unreachable` counts the requests of those whom nothing reaches."""

    lines: Sequence[Reminded]
    unreachable: int

    @property
    def requests(self) -> int:
        return sum(len(line.requests) for line in self.lines)

    @property
    def mark(self) -> str:
        return mark_of((line.recipient.addressee.key, each.id) for line in self.lines for each in line.requests)


def reminder_plan(call: Call, seen: Seen, wanted: following.Wanted) -> ReminderPlan:
    """Whom reminding the unanswered requests of a list would reach. Reads only."""
    return _planned(call, following.unanswered(call, seen, wanted, _today()))


def remind_unanswered(
    call: Call, seen: Seen, wanted: following.Wanted, mark: str, words: str, *, actor: Actor, roles: Iterable[str]
) -> ReminderPlan:
    """Write to those that the screen showed, at most once a day each. Raises Refusal otherwise."""
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction relance.")
    db.session.refresh(call, with_for_update=True)
    plan = reminder_plan(call, seen, wanted)
    if not plan.lines:
        raise Refusal("Personne à relancer : tous ont répondu, ou ont déjà été relancés aujourd’hui.")
    if plan.mark != mark:
        raise Refusal("La liste a changé depuis que vous l’avez lue. Relisez-la, puis envoyez.")
    _remind(call, plan.lines, words.strip())
    record(
        actor,
        "opinion_requests.reminded",
        call,
        requests=sorted(each.id for line in plan.lines for each in line.requests),
    )
    return plan


def remind_on_their_day() -> None:
    """Around the date, on the days that each contract says; each once, never right after the demand."""
    today, days = _today(), queries.reminder_days_of_contracts()
    first = min((each for told in days.values() for each in told), default=None)
    if first is None:
        return
    due: dict[int, list[OpinionRequest]] = defaultdict(list)
    for request in queries.asked_before(today - timedelta(days=first)):
        since = max(to_paris(request.asked_at).date(), request.reminded_on or date.min)
        if reminder_due(request.due_on, since, today, days[request.application.call.contract_id]):
            due[request.application.call_id].append(request)
    for found in due.values():
        call = found[0].application.call
        _remind(call, _planned(call, found).lines, "")


outbox.periodic(remind_on_their_day)


def _planned(call: Call, found: Sequence[OpinionRequest]) -> ReminderPlan:
    """The requests by recipient, without those of whom everybody stepped out."""
    if not found:
        return ReminderPlan([], 0)
    recipients = {each.addressee: each for each in recipients_of(call)}
    people = {box.person_id for each in recipients.values() for box in each.people}
    people |= {holder for each in recipients.values() for holder in each.holders}
    stepped_out = stepped_out_of(call.id, people)
    closed = contacts_shut_out(call.id)
    grouped: dict[Addressee, list[OpinionRequest]] = defaultdict(list)
    lost = 0
    for request in found:
        who = _addressee(request)
        recipient = recipients.get(who)
        if recipient is None or recipient.way is Way.NOWHERE or _holds_a_closed_link(recipient, closed):
            lost += 1
        elif reachable(recipient, request.application_id, stepped_out):
            grouped[who].append(request)
    lines = [Reminded(recipients[who], tuple(each)) for who, each in grouped.items()]
    return ReminderPlan(sorted(lines, key=lambda line: line.recipient.name), lost)


def _holds_a_closed_link(recipient: Recipient, closed: Collection[int]) -> bool:
    """A link that the Direction closed is not opened again by a reminder."""
    return recipient.way is Way.LINK and recipient.contact_id in closed


def _remind(call: Call, lines: Sequence[Reminded], words: str) -> None:
    today = _today()
    stepped_out = stepped_out_of(call.id, {box.person_id for line in lines for box in line.recipient.people})
    for line in lines:
        about = [request.application_id for request in line.requests]
        due_on = min(request.due_on for request in line.requests)
        write_to(line.recipient, call, about, due_on, REMINDER_MAIL, today.isoformat(), stepped_out, words=words)
        for request in line.requests:
            request.reminders += 1
            request.reminded_on = today


def _addressee(request: OpinionRequest) -> Addressee:
    if request.funder_id is not None:
        return Addressee(funder_id=request.funder_id)
    return Addressee(contact_id=request.contact_id)


def _today() -> date:
    return to_paris(clock.now()).date()

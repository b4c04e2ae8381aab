"""What asking for opinions would send, before anything leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Call, FundingLine, Placement
from portal.committee.models import Opinion, OpinionRequest
from portal.committee.queries.opinion_recipients import Recipient, recipients_of, stepped_out_of
from portal.committee.rules.opinion_requests import ASKED_AGAIN_IN_BULK, Addressee, Way, mark_of
from portal.committee.rules.opinions import ASKABLE, OPEN_STATUSES
from portal.committee.states import OpinionRequestStatus
from portal.contracts.models import Theme
from portal.extensions import db
from portal.foundation.folding import fold

Seen = sa.Select[tuple[int]]


@dataclass(frozen=True)
class Selection:
    """Which applications opinions are asked on; None asks for nothing."""

    quartier_id: int | None = None
    theme_id: int | None = None
    funder_id: int | None = None
    application_id: int | None = None


def selected(call: Call, seen: Seen, wanted: Selection) -> Seen:
    """The ids of the applications of a selection, among those that the reader sees and that take opinions."""
    statement = sa.select(Application.id).where(
        Application.call_id == call.id, Application.status.in_(OPEN_STATUSES), Application.id.in_(seen)
    )
    if wanted.application_id is not None:
        statement = statement.where(Application.id == wanted.application_id)
    if wanted.quartier_id is not None:
        placed = sa.select(Placement.application_id).where(Placement.quartier_id == wanted.quartier_id)
        statement = statement.where(Application.id.in_(placed))
    if wanted.theme_id is not None:
        under = sa.select(Theme.id).where(sa.or_(Theme.id == wanted.theme_id, Theme.parent_id == wanted.theme_id))
        statement = statement.where(Application.main_theme_id.in_(under))
    if wanted.funder_id is not None:
        asks = sa.select(FundingLine.application_id).where(FundingLine.funder_id == wanted.funder_id)
        statement = statement.where(Application.id.in_(asks))
    return statement


def listed(call: Call, seen: Seen, wanted: Selection) -> sa.Select[Any]:
    """The applications of a selection, to be paged."""
    return (
        sa.select(Application.id, Application.number, Application.title, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.id.in_(selected(call, seen, wanted)))
        .order_by(Application.number, Application.id)
    )


@dataclass(frozen=True)
class PlanLine:
    """What one recipient would get. `new` and `again` are applications; the others are left alone."""

    recipient: Recipient
    new: tuple[int, ...]
    again: tuple[int, ...]
    asked: int
    answered: int
    stepped_out: int
    mails: int

    @property
    def sent(self) -> tuple[int, ...]:
        return (*self.new, *self.again)


@dataclass(frozen=True)
class Plan:
    """What is about to be sent. `mark` names this very selection."""

    applications: int
    lines: Sequence[PlanLine]
    stepped_out: Mapping[int, set[int]]

    @property
    def mails(self) -> int:
        return sum(line.mails for line in self.lines)

    @property
    def requests(self) -> int:
        return sum(len(line.sent) for line in self.lines)

    @property
    def mark(self) -> str:
        return mark_of((line.recipient.addressee.key, each) for line in self.lines for each in line.sent)


def plan_of(
    call: Call, seen: Seen, wanted: Selection, chosen: Collection[Addressee], *, also_declined: bool = False
) -> Plan:
    """What asking the `chosen` about a selection would send. A fixed number of queries.

    `also_declined` asks again those who declined: for one application at a time.
    """
    ids = list(db.session.scalars(selected(call, seen, wanted).order_by(Application.number, Application.id)))
    recipients = [each for each in recipients_of(call) if each.addressee in chosen]
    people = {box.person_id for each in recipients for box in each.people}
    stepped_out = stepped_out_of(call.id, people | {each for one in recipients for each in one.holders})
    known = _Known(selected(call, seen, wanted))
    again = ASKED_AGAIN_IN_BULK | ({OpinionRequestStatus.DECLINED} if also_declined else set())
    return Plan(len(ids), [known.line(each, ids, stepped_out, again) for each in recipients], stepped_out)


class _Known:
    """What the selected applications already hold: what they ask of funders, requests, opinions."""

    def __init__(self, ids: Seen) -> None:
        self.asks: dict[int, set[int]] = defaultdict(set)
        lines = sa.select(FundingLine.funder_id, FundingLine.application_id).where(
            FundingLine.application_id.in_(ids), FundingLine.status.in_(ASKABLE)
        )
        for funder_id, application_id in db.session.execute(lines):
            self.asks[funder_id].add(application_id)
        self.requests: dict[tuple[Addressee, int], OpinionRequestStatus] = {}
        requests = sa.select(
            OpinionRequest.funder_id, OpinionRequest.contact_id, OpinionRequest.application_id, OpinionRequest.status
        ).where(OpinionRequest.application_id.in_(ids))
        for funder_id, contact_id, application_id, status in db.session.execute(requests):
            who = Addressee(funder_id=funder_id) if funder_id is not None else Addressee(contact_id=contact_id)
            self.requests[who, application_id] = status
        opinions = sa.select(Opinion.funder_id, Opinion.partner_name, Opinion.application_id).where(
            Opinion.application_id.in_(ids)
        )
        self.given = {
            (funder_id if funder_id is not None else fold(partner or ""), application_id)
            for funder_id, partner, application_id in db.session.execute(opinions)
        }

    def line(
        self,
        recipient: Recipient,
        ids: Sequence[int],
        stepped_out: Mapping[int, set[int]],
        asked_again: Collection[OpinionRequestStatus],
    ) -> PlanLine:
        who = recipient.addressee
        concerned = [each for each in ids if who.funder_id is None or each in self.asks[who.funder_id]]
        new, again, asked, answered, out = [], [], 0, 0, 0
        for application_id in concerned:
            status = self.requests.get((who, application_id))
            if self._is_given(recipient, application_id) or status is OpinionRequestStatus.GIVEN:
                answered += 1
            elif not reachable(recipient, application_id, stepped_out):
                out += 1
            elif status is None:
                new.append(application_id)
            elif status in asked_again:
                again.append(application_id)
            else:
                asked += 1
        if recipient.way is Way.NOWHERE:
            new, again = [], []
        line = PlanLine(recipient, tuple(new), tuple(again), asked, answered, out, 0)
        return PlanLine(
            recipient, line.new, line.again, asked, answered, out, _mails(recipient, line.sent, stepped_out)
        )

    def _is_given(self, recipient: Recipient, application_id: int) -> bool:
        funder_id = recipient.addressee.funder_id
        return (funder_id if funder_id is not None else fold(recipient.name), application_id) in self.given


def reachable(recipient: Recipient, application_id: int, stepped_out: Mapping[int, set[int]]) -> bool:
    """Whether somebody who did not step out of the application may answer for this recipient."""
    people = [box.person_id for box in recipient.people] or list(recipient.holders)
    return not people or any(application_id not in stepped_out.get(each, ()) for each in people)


def told_to(person_id: int, application_ids: Collection[int], stepped_out: Mapping[int, set[int]]) -> int:
    """How many of these applications somebody with an account is told of."""
    return len(set(application_ids) - stepped_out.get(person_id, set()))


def _mails(recipient: Recipient, sent: Collection[int], stepped_out: Mapping[int, set[int]]) -> int:
    if not sent or recipient.way is Way.NOWHERE:
        return 0
    if recipient.way is Way.LINK:
        return 1
    return sum(1 for box in recipient.people if told_to(box.person_id, sent, stepped_out))

"""Asking funders and partners for their opinion: one application or many, the selection read first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.calls.models import Call
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import OpinionLink, OpinionRequest
from portal.committee.operations.opinion_requests import move_request
from portal.committee.opinion_links import new_handle
from portal.committee.queries import opinion_requests as requests
from portal.committee.queries.opinion_links import link_of
from portal.committee.queries.opinion_plan import Plan, PlanLine, Seen, Selection, plan_of, told_to
from portal.committee.queries.opinion_recipients import Recipient
from portal.committee.rules.opinion_requests import Addressee, check_due
from portal.committee.states import OpinionRequestStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.dates import date_fr
from portal.foundation.events import record, record_each
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal

ASKED_MAIL = "opinions_asked"


@dataclass(frozen=True)
class Asking:
    """What is asked to be sent. `mark` names the selection that was on screen; `words` are the Direction's own."""

    selection: Selection
    chosen: frozenset[Addressee]
    due_on: date | None
    words: str
    mark: str


def ask_opinions(call: Call, asking: Asking, seen: Seen, *, actor: Actor, roles: Iterable[str]) -> Plan:
    """Send exactly what the screen showed, or nothing: a second click finds everything asked already.

    `seen` are the applications that the actor may see. Raises Refusal when the selection is empty or
    changed since.
    """
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction demande des avis.")
    # Two clicks at once: the second waits, then finds the requests of the first.
    db.session.refresh(call, with_for_update=True)
    due_on = check_due(asking.due_on, to_paris(clock.now()).date())
    if not asking.chosen:
        raise Refusal("Choisissez au moins un destinataire.", "to")
    single = asking.selection.application_id is not None
    plan = plan_of(call, seen, asking.selection, asking.chosen, also_declined=single)
    if not plan.requests:
        raise Refusal("Rien à envoyer : tout est déjà demandé ou rendu.")
    if plan.mark != asking.mark:
        raise Refusal("La sélection a changé depuis que vous l’avez lue. Relisez-la, puis envoyez.")
    for line in plan.lines:
        if line.sent:
            _ask(call, line, due_on, asking.words.strip(), plan.stepped_out, actor, roles)
    return plan


def _ask(
    call: Call,
    line: PlanLine,
    due_on: date,
    words: str,
    stepped_out: Mapping[int, set[int]],
    actor: Actor,
    roles: Iterable[str],
) -> None:
    who = line.recipient
    for request in requests.requests_of(who.addressee, line.again):
        move_request(request, "ask_again", actor=actor, roles=roles)
        request.due_on, request.asked_at, request.asked_by_id = due_on, clock.now(), actor.person_id
        request.contact_id, request.declined_reason, request.reminded_on = who.contact_id, "", None
    if line.new:
        db.session.execute(sa.insert(OpinionRequest), [_row(who, each, due_on, actor) for each in line.new])
        named = {"funder": who.addressee.funder_id, "contact": who.contact_id, "due_on": due_on}
        record_each(actor, "opinion.asked", "application", line.new, **named)
    db.session.flush()
    write_to(who, call, line.sent, due_on, ASKED_MAIL, clock.now().isoformat(), stepped_out, words=words)


def _row(who: Recipient, application_id: int, due_on: date, actor: Actor) -> dict[str, object]:
    return {
        "application_id": application_id,
        "funder_id": who.addressee.funder_id,
        "contact_id": who.contact_id,
        "status": OpinionRequestStatus.ASKED,
        "due_on": due_on,
        "asked_at": clock.now(),
        "asked_by_id": actor.person_id,
        "declined_reason": "",
        "reminders": 0,
    }


def write_to(
    who: Recipient,
    call: Call,
    application_ids: Collection[int],
    due_on: date,
    template: str,
    moment: str,
    stepped_out: Mapping[int, set[int]],
    *,
    words: str = "",
) -> None:
    """One mail to each account of a funder, or the link to an address; `moment` makes its key unique."""
    key = f"{template}:{call.id}:{who.addressee.key}:{moment}"
    # Any: mypy cannot follow keyword values through **.
    common: dict[str, Any] = {"call_title": call.title, "due_on": date_fr(due_on), "words": words}
    for box in who.people:
        number = told_to(box.person_id, application_ids, stepped_out)
        if number:
            outbox.mail(
                template, to=box.email, key=f"{key}:{box.person_id}", person_id=box.person_id, number=number, **common
            )
    if not who.people and who.contact_id is not None and who.email:
        link = open_link(who.contact_id, call.id)
        outbox.mail(
            template, to=who.email, key=key, link_id=link.id, name=who.name, number=len(application_ids), **common
        )


# -- links ------------------------------------------------------------------------------------------------


def open_link(contact_id: int, call_id: int) -> OpinionLink:
    """The running link of a contact in a call; one closed before gives way to a new one."""
    link = link_of(contact_id, call_id)
    if link is None:
        link = OpinionLink(contact_id=contact_id, call_id=call_id, handle=new_handle(), made_at=clock.now())
        db.session.add(link)
    elif link.closed_at is not None:
        link.handle, link.made_at, link.closed_at = new_handle(), clock.now(), None
    db.session.flush()
    return link


def close_link(link: OpinionLink, *, actor: Actor, roles: Iterable[str]) -> None:
    """Whoever holds the link opens nothing any more; the requests stay, to be answered otherwise."""
    _direction_only(roles)
    if link.closed_at is not None:
        raise Refusal("Ce lien est déjà fermé.")
    link.closed_at = clock.now()
    record(actor, "opinion_link.closed", link, contact=link.contact_id)


def send_link_again(link: OpinionLink, number: int, due_on: date, *, actor: Actor, roles: Iterable[str]) -> None:
    """A new link by mail, at most one every minute; it ends the former one. `number`: opinions still awaited."""
    _direction_only(roles)
    db.session.refresh(link, with_for_update=True)
    if link.contact.email is None:
        raise Refusal("L’adresse de ce partenaire n’est pas connue : complétez le carnet d’adresses.")
    if not number:
        raise Refusal("Ce partenaire n’a plus d’avis à rendre : un lien ne lui servirait à rien.")
    if (clock.now() - link.made_at).total_seconds() < 60:
        raise Refusal("Un lien vient de partir. Patientez une minute.")
    link.handle, link.made_at, link.closed_at = new_handle(), clock.now(), None
    record(actor, "opinion_link.renewed", link, contact=link.contact_id)
    outbox.mail(
        ASKED_MAIL,
        to=link.contact.email,
        key=f"{ASKED_MAIL}:again:{link.id}:{link.made_at.isoformat()}",
        link_id=link.id,
        name=link.contact.name,
        number=number,
        call_title=link.call.title,
        due_on=date_fr(due_on),
        words="",
    )


def _direction_only(roles: Iterable[str]) -> None:
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction gère les liens envoyés.")

"""Asking an organisation to confirm what the Direction typed on its behalf, and hearing its answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.accounts.rules import Role
from portal.calls.models import Application, Reception
from portal.calls.operations.cycle import move_reception
from portal.calls.queries import reception as queries
from portal.calls.queries.writers import recipient, writers_of
from portal.calls.rules import cycle
from portal.calls.rules.reception import reminders_due
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.refusals import Refusal


def ask_or_confirm(reception: Reception, *, actor: Actor, roles: Iterable[str]) -> None:
    """Once filed: a member who filed has confirmed by that; otherwise the organisation is asked."""
    if Role.APPLICANT in set(roles):
        confirmed_by(reception, actor.label, actor=actor, roles=roles)
    else:
        ask(reception, actor=actor, roles=roles)


def ask(reception: Reception, *, actor: Actor, roles: Iterable[str]) -> None:
    """Write to the organisation: to those who write its applications, else to the address it gave."""
    move_reception(reception, "ask", actor=actor, roles=roles)
    reception.asked_at = clock.now()
    reception.answered_at = reception.answered_by_id = reception.answered_by = reception.answer = None
    _write(reception, "reception_to_confirm", 0)


def confirmed_by(reception: Reception, name: str, *, actor: Actor, roles: Iterable[str]) -> None:
    move_reception(reception, "confirm", actor=actor, roles=roles)
    _keep_answer(reception, name, "", actor)


def contested_by(reception: Reception, step: str, words: str, name: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take `step` (« correct » or « refuse ») for the reason given, and tell whoever typed."""
    move_reception(reception, step, actor=actor, roles=roles, words=words.strip())
    _keep_answer(reception, name, words.strip(), actor)


def _keep_answer(reception: Reception, name: str, words: str, actor: Actor) -> None:
    reception.answered_at, reception.answered_by_id = clock.now(), actor.person_id
    reception.answered_by, reception.answer = name.strip() or None, words or None
    typed_by = recipient(reception.typed_by_id)
    if typed_by is None or typed_by.person_id == actor.person_id:
        return
    outbox.mail(
        "reception_answered",
        to=typed_by.email,
        key=f"reception_answered:{reception.id}:{reception.version}",
        person_id=typed_by.person_id,
        reception_id=reception.id,
    )


def _write(reception: Reception, template: str, rank: int) -> None:
    """`rank`: 0 for the demand, then the number of the reminder."""
    key = f"{template}:{reception.id}:{reception.version}:{rank}"
    context: dict[str, Any] = {"reception_id": reception.id, "rank": rank}
    members = writers_of(reception.application.organisation_id)
    for member in members:
        outbox.mail(template, to=member.email, key=f"{key}:{member.person_id}", person_id=member.person_id, **context)
    if not members and reception.confirm_email:
        outbox.mail(template, to=reception.confirm_email, key=key, **context)


def remind_confirmations() -> None:
    """Write again to the organisations that have not answered; idempotent."""
    now = clock.now()
    for reception in queries.unanswered():
        if reception.asked_at is not None and (due := reminders_due(reception.asked_at, now)):
            _write(reception, "reception_to_confirm", due)


outbox.periodic(remind_confirmations)


@cycle.APPLICATION.guard("sections_complete")
def _what_came_is_kept(application: Application, **_values: object) -> None:
    reception = application.reception
    if reception is not None and reception.evidence_file_id is None:
        raise Refusal("Joignez la copie de ce que la Direction a reçu (page « Réception »).")

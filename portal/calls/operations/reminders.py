"""Writing to those who have begun an application and not filed it."""

from __future__ import annotations

from typing import Any

from portal.calls.models import Call
from portal.calls.queries import calling as queries
from portal.calls.queries.progress import last_reminder_on, reminder_list
from portal.calls.rules import calling
from portal.calls.rules.reminders import Reminder
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import datetime_fr


def remind_beginners(call: Call, reminder: Reminder, *, actor: Actor) -> int:
    """Write to a selection, at most once a day; returns how many people are written to.

    Raises Refusal when the call is not open, when the selection is empty or is no longer that of the
    screen, or on the same day's repeat.
    """
    now = clock.now()
    if not calling.is_open(queries.window_of(call), now):
        raise Refusal("L’appel n’est pas ouvert, un rappel ne servirait à personne.")
    today = to_paris(now).date()
    if last_reminder_on(call.id) == today:
        raise Refusal("Un rappel est déjà parti aujourd’hui.")
    found = reminder_list(call, reminder.selection, actor.person_id or 0)
    if not found.beginners:
        raise Refusal("Aucun dossier en cours de rédaction ne correspond.")
    if found.mark != reminder.mark:
        raise Refusal("La liste a changé depuis que vous l’avez lue. Relisez-la, puis envoyez.")
    for beginner in found.beginners:
        write_to(
            beginner,
            call,
            "call_reminder",
            f"reminder:{beginner.application_id}:{beginner.person_id}:{today:%Y%m%d}",
            message=reminder.message.value,
            words=reminder.words,
            contact_email=call.contract.contact_email or "",
            contact_phone=call.contract.contact_phone or "",
        )
    record(
        actor,
        "call.reminded",
        call,
        people=found.people,
        applications=sorted({beginner.application_id for beginner in found.beginners}),
        selection=reminder.selection.label,
        message=reminder.message.label,
    )
    return found.people


def tell_beginners(call: Call, told: str) -> None:
    """Write to those who have begun what changed in a published call, in a sentence of French."""
    for beginner in queries.beginners(call.id):
        key = f"call_changed:{call.id}:{call.version}:{beginner.application_id}:{beginner.person_id}"
        write_to(beginner, call, "call_changed", key, told=told, call_id=call.id)


def write_to(beginner: queries.Beginner, call: Call, template: str, key: str, **more: Any) -> None:
    """A mail to somebody who has begun, about the draft and its call."""
    outbox.mail(
        template,
        to=beginner.email,
        key=key,
        person_id=beginner.person_id,
        given_name=beginner.given_name,
        call_title=call.title,
        application_id=beginner.application_id,
        application_title=beginner.title,
        closing=datetime_fr(call.closes_at),
        **more,
    )

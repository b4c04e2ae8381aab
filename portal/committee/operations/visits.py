"""Internal notes and visits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.accounts.models import Person
from portal.calls.models import Application
from portal.calls.queries.writers import writers_of
from portal.committee.models import FileNote, Visit
from portal.committee.operations.recusals import refuse_recused
from portal.committee.rules.visits import VISIT, VISITORS, check_planned, check_seen, checked_day, checked_note
from portal.committee.states import VisitStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.dates import date_fr
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


def write_note(application: Application, body: str, *, actor: Actor, roles: Iterable[str]) -> FileNote:
    """A note for those who instruct; the journal knows that it was written, not its words."""
    _visitors_only(roles)
    refuse_recused(actor, application)
    if actor.person_id is None:
        raise Refusal("Connectez-vous pour écrire une note.")
    note = FileNote(
        application_id=application.id, author_id=actor.person_id, body=checked_note(body), written_at=clock.now()
    )
    db.session.add(note)
    record(actor, "note.written", note)
    return note


def take_back_note(note: FileNote, *, actor: Actor) -> None:
    """Its author removes a note."""
    refuse_recused(actor, note.application)
    if note.author_id != actor.person_id:
        raise Refusal("Seule la personne qui a écrit une note la retire.")
    record(actor, "note.taken_back", note)
    db.session.delete(note)


@dataclass(frozen=True)
class VisitTerms:
    """When, where and with whom."""

    day: date | None
    hour: str = ""
    place: str = ""
    people: str = ""


def plan_visit(
    application: Application, terms: VisitTerms, *, tells: bool, actor: Actor, roles: Iterable[str]
) -> Visit:
    """Plan a visit; with `tells` the structure gets a mail. Raises Refusal on `day`."""
    _visitors_only(roles)
    refuse_recused(actor, application)
    visit = Visit(
        application_id=application.id,
        application=application,
        day=checked_day(terms.day),
        hour=terms.hour,
        place=terms.place,
        people=terms.people,
        planned_by_id=actor.person_id,
    )
    db.session.add(visit)
    db.session.flush()
    record(actor, "visit.planned", visit, day=visit.day)
    if tells:
        _tell(visit)
    return visit


def change_visit(
    visit: Visit, terms: VisitTerms, *, version: int, tells: bool, actor: Actor, roles: Iterable[str]
) -> None:
    """Another day, hour or place. Conflict when somebody changed it since its page was opened."""
    _visitors_only(roles)
    refuse_recused(actor, visit.application)
    db.session.refresh(visit, with_for_update=True)
    check_planned(visit.status)
    check_seen(version, visit.version)
    before = visit.day
    visit.day, visit.hour, visit.place, visit.people = checked_day(terms.day), terms.hour, terms.place, terms.people
    visit.version += 1
    record(actor, "visit.changed", visit, day=[before, visit.day])
    if tells:
        _tell(visit)


def report_visit(visit: Visit, report: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The visit took place: what was seen. Raises Refusal on `report`."""
    _move(visit, "report", actor, roles, report=report)


def cancel_visit(visit: Visit, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The visit will not take place, and why. Raises Refusal on `reason`."""
    _move(visit, "cancel", actor, roles, reason=reason)


def _move(visit: Visit, step: str, actor: Actor, roles: Iterable[str], **words: str) -> None:
    refuse_recused(actor, visit.application)
    db.session.refresh(visit, with_for_update=True)
    taken = VISIT.check(step, visit.status, roles, visit, **words)
    before, visit.status = visit.status, VisitStatus(taken.target)
    visit.report, visit.cancel_reason = words.get("report", "").strip(), words.get("reason", "").strip()
    visit.version += 1
    record(actor, taken.event, visit, status=[before, visit.status])


@VISIT.guard("visit_reported")
def visit_reported(_visit: Visit, *, report: str = "", **_: object) -> None:
    if not report.strip():
        raise Refusal("Écrivez ce que vous avez vu et entendu.", "report")


@VISIT.guard("visit_reason")
def visit_reason(_visit: Visit, *, reason: str = "", **_: object) -> None:
    if not reason.strip():
        raise Refusal("Indiquez pourquoi la visite n’a pas lieu.", "reason")


def _tell(visit: Visit) -> None:
    application = visit.application
    author = db.session.get(Person, visit.planned_by_id) if visit.planned_by_id else None
    for each in writers_of(application.organisation_id):
        outbox.mail(
            "visit_planned",
            to=each.email,
            person_id=each.person_id,
            key=f"visit:{visit.id}:{visit.version}:{each.person_id}",
            application_id=application.id,
            reference=application.reference,
            title=application.title,
            day=date_fr(visit.day),
            hour=visit.hour,
            place=visit.place,
            people=visit.people,
            author=author.display_name if author else application.call.contract.contact_service,
        )


def _visitors_only(roles: Iterable[str]) -> None:
    if not VISITORS & set(roles):
        raise Refusal("Seuls la Direction et le délégué du Préfet suivent les actions de cette façon.")

"""Preparing, opening and closing a sitting."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.calls.models import Application
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import AgendaItem, Sitting, SittingKind, SittingMember
from portal.committee.queries import sittings as queries
from portal.committee.rules.sittings import SITTING, check_editable
from portal.committee.states import SittingStatus
from portal.extensions import db
from portal.foundation import outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import date_fr

# -- the sitting --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SittingTerms:
    """What is known of a sitting before it is held."""

    kind_id: int
    call_id: int | None
    title: str
    held_on: date
    place: str | None


def create_sitting(terms: SittingTerms, *, actor: Actor) -> Sitting:
    """Plan a sitting of the kind's contract; its call, when it has one, must be of the same."""
    kind = db.session.get_one(SittingKind, terms.kind_id)
    sitting = Sitting(
        kind_id=kind.id, contract_id=kind.contract_id, title=terms.title, held_on=terms.held_on, place=terms.place
    )
    _set_call(sitting, terms.call_id)
    db.session.add(sitting)
    record(actor, "sitting.planned", sitting, title=sitting.title, held_on=sitting.held_on)
    return sitting


def change_sitting(sitting: Sitting, terms: SittingTerms, *, actor: Actor) -> None:
    """Change the terms of a sitting not closed; its kind only before it opens."""
    check_editable(sitting.status)
    kind = db.session.get_one(SittingKind, terms.kind_id)
    if kind.id != sitting.kind_id and sitting.status is not SittingStatus.PLANNED:
        raise Refusal("La nature d’une séance ouverte ne change plus.", "kind_id")
    if kind.contract_id != sitting.contract_id:
        raise Refusal("Choisissez une nature de séance du même contrat.", "kind_id")
    before = [sitting.title, sitting.held_on, sitting.place]
    sitting.kind_id, sitting.title, sitting.held_on, sitting.place = (
        kind.id,
        terms.title,
        terms.held_on,
        terms.place,
    )
    _set_call(sitting, terms.call_id)
    sitting.version += 1
    record(actor, "sitting.changed", sitting, before=before, after=[terms.title, terms.held_on, terms.place])


def _set_call(sitting: Sitting, call_id: int | None) -> None:
    known = {known_id for known_id, _title, _contract in queries.calls_of([sitting.contract_id])}
    if call_id is not None and call_id not in known:
        raise Refusal("Cet appel à projets relève d’un autre contrat.", "call_id")
    if call_id != sitting.call_id and sitting.agenda:
        raise Refusal("Des dossiers sont déjà à l’ordre du jour : l’appel à projets ne change plus.", "call_id")
    sitting.call_id = call_id


def move_sitting(sitting: Sitting, step: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """Open or close a sitting. Closing it asks for its minutes (PDF, by job)."""
    db.session.refresh(sitting, with_for_update=True)
    taken = SITTING.check(step, sitting.status, roles, sitting)
    sitting.status = SittingStatus(taken.target)
    sitting.version += 1
    record(actor, taken.event, sitting)
    if sitting.status is SittingStatus.CLOSED:
        ask_minutes(sitting, actor=actor)


def ask_minutes(sitting: Sitting, *, actor: Actor) -> int:
    """Ask for the minutes of a closed sitting, again when the first attempt failed; the task's id."""
    if sitting.status is not SittingStatus.CLOSED:
        raise Refusal("Le relevé de décisions est établi à la clôture de la séance.")
    sitting.version += 1
    return outbox.enqueue(
        "committee.minutes",
        key=f"minutes:{sitting.id}:{sitting.version}",
        label=f"Relevé de décisions — {sitting.title}",
        owner_person_id=actor.person_id,
        sitting_id=sitting.id,
    )


def attach_minutes(sitting_id: int, stored: StoredFile, *, task_id: int) -> None:
    """Keep the minutes with their sitting; they replace those made before."""
    sitting = db.session.get_one(Sitting, sitting_id)
    db.session.add(stored)
    db.session.flush()
    sitting.minutes_file_id = stored.id
    db.session.execute(sa.update(outbox.Task).where(outbox.Task.id == task_id).values(file_id=stored.id))
    record(SYSTEM, "sitting.minutes_made", sitting)


# -- members ------------------------------------------------------------------------------------


def convene(
    sitting: Sitting, *, person_id: int | None, name: str, capacity: str, is_voting: bool, actor: Actor
) -> SittingMember:
    """Convene somebody, by account or by name alone."""
    check_editable(sitting.status)
    if person_id is not None and any(member.person_id == person_id for member in sitting.members):
        raise Refusal("Cette personne est déjà convoquée.", "person_id")
    person = db.session.get_one(Person, person_id) if person_id is not None else None
    if person is None and not name.strip():
        raise Refusal("Choisissez une personne, ou indiquez son nom si elle n’a pas de compte.", "name")
    member = SittingMember(
        sitting_id=sitting.id,
        person_id=person_id,
        name=person.display_name if person else name.strip(),
        capacity=capacity.strip(),
        is_voting=is_voting,
    )
    db.session.add(member)
    db.session.flush()
    db.session.expire(sitting, ["members"])
    record(actor, "sitting.member_convened", sitting, member=member.id, personal=["name"])
    return member


def convene_usual(sitting: Sitting, *, actor: Actor) -> int:
    """Convene those who sit by right and were not yet; returns how many."""
    found = queries.usual_members(sitting)
    for person in found:
        convene(
            sitting,
            person_id=person.person_id,
            name=person.name,
            capacity=person.role.label,
            is_voting=True,
            actor=actor,
        )
    return len(found)


def dismiss(member: SittingMember, sitting: Sitting, *, actor: Actor) -> None:
    """Take somebody off a sitting that has not begun."""
    if sitting.status is not SittingStatus.PLANNED:
        raise Refusal("La séance est commencée : pointez plutôt l’absence de cette personne.")
    db.session.delete(member)
    db.session.flush()
    db.session.expire(sitting, ["members"])
    record(actor, "sitting.member_dismissed", sitting, personal=["name"])


def send_convocations(sitting: Sitting, *, actor: Actor) -> int:
    """Write to each convened person who has an account; once each for a given date. Returns how many."""
    if sitting.status is not SittingStatus.PLANNED:
        raise Refusal("Les convocations partent avant l’ouverture de la séance.")
    people = db.session.execute(
        sa.select(Person.id, Person.email)
        .join(SittingMember, SittingMember.person_id == Person.id)
        .where(SittingMember.sitting_id == sitting.id)
    ).all()
    if not people:
        raise Refusal("Aucun membre convoqué n’a de compte : prévenez-les par vos moyens.")
    for person_id, email in people:
        outbox.mail(
            "sitting_convened",
            to=email,
            key=f"convened:{sitting.id}:{person_id}:{sitting.held_on:%Y%m%d}",
            person_id=person_id,
            title=sitting.title,
            held_on=date_fr(sitting.held_on),
            place=sitting.place or "",
            path=f"/seances/{sitting.id}",
        )
    record(actor, "sitting.convocations_sent", sitting, people=len(people))
    return len(people)


def take_attendance(sitting: Sitting, present: Collection[int], *, actor: Actor) -> None:
    """Say who is there: `present` holds members' ids, the others are absent."""
    check_editable(sitting.status)
    for member in sitting.members:
        member.is_present = member.id in present
    sitting.version += 1
    record(actor, "sitting.attendance_taken", sitting, present=sorted(present))


# -- agenda -------------------------------------------------------------------------------------


def add_to_agenda(sitting: Sitting, applications: Collection[Application], *, actor: Actor) -> None:
    """Put applications on the agenda, in the order given, after those already there."""
    check_editable(sitting.status)
    if not applications:
        raise Refusal("Choisissez au moins un dossier.")
    known = {item.application_id for item in sitting.agenda}
    last = max((item.position for item in sitting.agenda), default=0)
    new = [application for application in applications if application.id not in known]
    db.session.add_all(
        AgendaItem(sitting_id=sitting.id, application_id=application.id, position=position)
        for position, application in enumerate(new, last + 1)
    )
    db.session.flush()
    db.session.expire(sitting, ["agenda"])
    record(actor, "sitting.agenda_extended", sitting, applications=[application.id for application in new])


def take_off_agenda(item: AgendaItem, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take an application off the agenda, unless the sitting has decided of it."""
    sitting = item.sitting
    check_editable(sitting.status)
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction modifie l’ordre du jour.")
    if any(decision.sitting_id == sitting.id for decision in queries.decisions_of(item.application_id)):
        raise Refusal("La séance s’est déjà prononcée sur ce dossier : il reste à l’ordre du jour.")
    record(actor, "sitting.agenda_reduced", sitting, application_id=item.application_id)
    db.session.delete(item)

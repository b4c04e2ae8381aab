"""Who sits: those convened by right or one by one, what they are sent, and when it is cancelled."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.committee.models import Convocation, Sitting, SittingMember
from portal.committee.queries import convocations
from portal.committee.queries import sittings as queries
from portal.committee.rules.sittings import check_editable
from portal.committee.states import SittingStatus
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.dates import date_fr, hour_fr
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.refusals import Refusal

# -- members --------------------------------------------------------------------------------------


def convene(
    sitting: Sitting,
    *,
    person_id: int | None,
    name: str,
    capacity: str,
    is_voting: bool,
    email: str | None = None,
    actor: Actor,
) -> SittingMember:
    """Convene somebody, by account or by name alone; without account, by mail when an address is given."""
    _hold(sitting)
    check_editable(sitting.status)
    return _convene(
        sitting,
        person_id=person_id,
        name=name,
        capacity=capacity,
        is_voting=is_voting,
        email=email,
        actor=actor,
    )


def _hold(sitting: Sitting) -> None:
    """Two people, or two clicks, at once: the second waits here, then finds whom the first convened."""
    db.session.flush()
    # Its key is left to those who write decisions that name it.
    db.session.refresh(sitting, with_for_update={"key_share": True})


def _convene(
    sitting: Sitting,
    *,
    person_id: int | None,
    name: str,
    capacity: str,
    is_voting: bool,
    email: str | None = None,
    actor: Actor,
) -> SittingMember:
    if person_id is not None and any(member.person_id == person_id for member in sitting.members):
        raise Refusal("Cette personne est déjà convoquée.", "person_id")
    person = db.session.get_one(Person, person_id) if person_id is not None else None
    if person is None and not name.strip():
        raise Refusal("Choisissez une personne, ou indiquez son nom si elle n’a pas de compte.", "name")
    member = SittingMember(
        sitting_id=sitting.id,
        person_id=person_id,
        name=person.display_name if person else name.strip(),
        # Whoever has an account is written to at the address of that account.
        email=None if person else email,
        capacity=capacity.strip(),
        is_voting=is_voting,
    )
    db.session.add(member)
    db.session.flush()
    db.session.expire(sitting, ["members"])
    record(actor, "sitting.member_convened", sitting, member=member.id, personal=["name", "email"])
    return member


def convene_seats(sitting: Sitting, *, actor: Actor) -> int:
    """Convene those who hold a seat in this kind of sitting and were not convened yet; how many."""
    known = {member.person_id for member in sitting.members if member.person_id}
    known_names = {member.name for member in sitting.members}
    added = 0
    for seat in sitting.kind.seats:
        if seat.person_id in known if seat.person_id else seat.name in known_names:
            continue
        _convene(
            sitting,
            person_id=seat.person_id,
            name=seat.name,
            capacity=seat.capacity,
            is_voting=seat.is_voting,
            email=seat.email,
            actor=actor,
        )
        added += 1
    return added


def convene_usual(sitting: Sitting, *, actor: Actor) -> int:
    """Convene those who sit by right, by their seat or by their role, and were not yet; returns how many."""
    _hold(sitting)
    check_editable(sitting.status)
    seated = convene_seats(sitting, actor=actor)
    found = queries.usual_members(sitting)
    for person in found:
        _convene(
            sitting,
            person_id=person.person_id,
            name=person.name,
            capacity=person.role.label,
            is_voting=True,
            actor=actor,
        )
    return seated + len(found)


def dismiss(member: SittingMember, sitting: Sitting, *, actor: Actor) -> None:
    """Take somebody off a sitting that has not begun; what they were sent stays in its history."""
    if sitting.status is not SittingStatus.PLANNED:
        raise Refusal("La séance est commencée : pointez plutôt l’absence de cette personne.")
    db.session.execute(sa.update(Convocation).where(Convocation.member_id == member.id).values(member_id=None))
    db.session.execute(
        sa.update(SittingMember)
        .where(SittingMember.represented_by_id == member.id)
        .values(represented_by_id=None, attendance=None)
    )
    db.session.delete(member)
    db.session.flush()
    db.session.expire(sitting, ["members"])
    record(actor, "sitting.member_dismissed", sitting, personal=["name"])


# -- convocations ---------------------------------------------------------------------------------


def send_convocations(sitting: Sitting, *, actor: Actor) -> int:
    """Convene each member not told yet of the sitting as it stands; returns how many.

    Each gets a letter (PDF, by job): by mail with a calendar file when an address is known, otherwise
    to be printed and posted.
    """
    _hold(sitting)
    if sitting.status is not SittingStatus.PLANNED:
        raise Refusal("Les convocations partent avant l’ouverture de la séance.")
    waiting = [each.member for each in convocations.summoned(sitting) if not each.is_current]
    if not sitting.members:
        raise Refusal("Convoquez d’abord les membres de la séance.")
    addresses = _addresses(sitting)
    for member in waiting:
        made = _convocation(sitting, member, by_mail=member.id in addresses, cancels=False, actor=actor)
        outbox.enqueue(
            "committee.convocation",
            key=f"convocation:{made.id}",
            label=f"Convocation — {sitting.title}",
            owner_person_id=actor.person_id,
            convocation_id=made.id,
        )
    if waiting:
        record(actor, "sitting.convocations_sent", sitting, people=len(waiting), number=sitting.summons_number)
    return len(waiting)


def attach_convocation(convocation_id: int, stored: StoredFile) -> None:
    """Keep the letter of a convocation, and let its mail leave; once."""
    made = db.session.get_one(Convocation, convocation_id)
    if made.file_id is not None:
        return
    db.session.add(stored)
    db.session.flush()
    made.file_id = stored.id
    sitting = db.session.get_one(Sitting, made.sitting_id)
    if made.by_mail:
        _write(made, sitting, "sitting_convened")
    record(SYSTEM, "sitting.convocation_made", sitting, convocation=made.id)


def tell_cancelled(sitting: Sitting, *, actor: Actor) -> None:
    """Tell each person convened that the sitting is not held."""
    addresses = _addresses(sitting)
    for each in convocations.summoned(sitting):
        if each.last is None:
            continue
        made = _convocation(sitting, each.member, by_mail=each.member.id in addresses, cancels=True, actor=actor)
        if made.by_mail:
            _write(made, sitting, "sitting_cancelled")


def _convocation(sitting: Sitting, member: SittingMember, *, by_mail: bool, cancels: bool, actor: Actor) -> Convocation:
    made = Convocation(
        sitting_id=sitting.id,
        member_id=member.id,
        name=member.name,
        number=sitting.summons_number,
        cancels=cancels,
        by_mail=by_mail,
        held_on=sitting.held_on,
        starts_at=sitting.starts_at,
        place=sitting.place,
        sent_at=clock.now(),
        sent_by_id=actor.person_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _addresses(sitting: Sitting) -> dict[int, tuple[str, int | None]]:
    """Where each member is written to, with their account when they have one; nobody without address."""
    rows = db.session.execute(
        sa.select(SittingMember.id, sa.func.coalesce(Person.email, SittingMember.email), Person.id)
        .outerjoin(Person, Person.id == SittingMember.person_id)
        .where(SittingMember.sitting_id == sitting.id)
    )
    return {member_id: (address, person_id) for member_id, address, person_id in rows if address}


def _write(made: Convocation, sitting: Sitting, template: str) -> None:
    if made.member_id is None or made.member_id not in (addresses := _addresses(sitting)):
        return
    address, person_id = addresses[made.member_id]
    outbox.mail(
        template,
        to=address,
        key=f"{template}:{made.id}",
        person_id=person_id,
        convocation_id=made.id,
        title=sitting.title,
        changed=made.number > 1,
        held_on=date_fr(sitting.held_on),
        hour=hour_fr(sitting.starts_at) if sitting.starts_at else "",
        place=sitting.place or "",
        reason=sitting.cancelled_reason,
        path=f"/seances/{sitting.id}" if person_id else "",
    )

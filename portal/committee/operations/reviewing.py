"""Giving files to reviewers, by hand or balanced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.accounts.models import Person
from portal.accounts.rules import HeldGrant
from portal.calls.models import Application, Call
from portal.calls.queries.visibility import is_recused
from portal.calls.queries.writers import recipient
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import Assignment
from portal.committee.operations.recusals import follow_mandates, refuse_recused
from portal.committee.queries import reviewing as queries
from portal.committee.queries.reviewing import EVERYTHING, Scope
from portal.committee.rules.reviewing import balanced, levelled
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal

AT_MOST = 5
"""Reviewers per application that a balanced distribution may ask for."""


def assign(application: Application, person: Person, *, actor: Actor, roles: Iterable[str]) -> Assignment:
    """Give an application to a reviewer of its call. Mandates are looked at first."""
    _direction_only(roles)
    refuse_recused(actor, application)
    if application.status not in queries.REVIEWED:
        raise Refusal(f"Ce dossier ne s’analyse plus dans l’état actuel : {application.status.label}.")
    if application.agreement is not None:
        raise Refusal("Ce dossier continue une convention : il a été analysé la première année.")
    if not queries.is_reviewer(person.id, application.call):
        raise Refusal(f"{person.display_name} n’est pas membre du comité technique de cet appel.", "person")
    follow_mandates()
    if is_recused(person.id, application):
        raise Refusal(f"{person.display_name} s’est déporté·e : ce dossier ne peut pas lui être confié.", "person")
    given = _give(application, person.id, actor)
    _tell(application.call, person.id)
    return given


def unassign(application: Application, person: Person, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take a file back from a reviewer; what they wrote stays."""
    _direction_only(roles)
    refuse_recused(actor, application)
    assignment = queries.assignment_of(application.id, person.id)
    if assignment is None or assignment.ended_at is not None:
        raise Refusal(f"{person.display_name} n’a pas ce dossier à analyser.")
    assignment.ended_at = clock.now()
    record(actor, "assignment.ended", assignment, person=person.id)


@dataclass(frozen=True)
class Wanted:
    """What a distribution is asked: how many analyses per application, of which ones, by whom (everybody
    when empty), and whether those not begun may change hands to even the loads."""

    per_application: int
    scope: Scope = EVERYTHING
    people: frozenset[int] = frozenset()
    levels: bool = False


@dataclass(frozen=True)
class Plan:
    """The (application, reviewer) pairs that would be given, and those taken back."""

    given: tuple[tuple[int, int], ...] = ()
    taken: tuple[tuple[int, int], ...] = ()


def distribute(call: Call, wanted: Wanted, *, actor: Actor, roles: Iterable[str], grants: Sequence[HeldGrant]) -> Plan:
    """Do what `plan` shows.

    Only the applications the actor may see; nobody is given what they are recused from.
    """
    _direction_only(roles)
    if actor.person_id is None:
        raise Refusal("Connectez-vous pour répartir les analyses.")
    follow_mandates()
    done = plan(call, wanted, actor.person_id, grants)
    for application_id, person_id in done.taken:
        _take_back(application_id, person_id, actor)
    for application_id, person_id in done.given:
        _give(db.session.get_one(Application, application_id), person_id, actor)
    for person_id in sorted({person_id for _, person_id in done.given}):
        _tell(call, person_id)
    return done


def plan(call: Call, wanted: Wanted, person_id: int, grants: Sequence[HeldGrant]) -> Plan:
    """What `distribute` would do now; shown before it is asked."""
    if not 1 <= wanted.per_application <= AT_MOST:
        raise Refusal(f"Demandez de 1 à {AT_MOST} analyses par dossier.", "per_application")
    ids = queries.ids_to_distribute(call, person_id, grants, wanted.scope)
    everybody = queries.reviewers_of(call)
    reviewers = [each.id for each in everybody if not wanted.people or each.id in wanted.people]
    assigned: dict[int, set[int]] = queries.assigned_people(ids)
    recused = queries.recused_pairs(call)
    loads = {each.id: each.assigned for each in everybody}
    added = balanced(
        ids, reviewers, per_application=wanted.per_application, assigned=assigned, recused=recused, loads=loads
    )
    held = queries.pairs_not_begun(ids, reviewers) if wanted.levels else []
    for application_id, person in added:
        assigned.setdefault(application_id, set()).add(person)
        loads[person] += 1
    final = levelled([*held, *added], reviewers, assigned=assigned, recused=recused, loads=loads)
    return Plan(tuple(sorted(set(final) - set(held))), tuple(sorted(set(held) - set(final))))


def _take_back(application_id: int, person_id: int, actor: Actor) -> None:
    assignment = queries.assignment_of(application_id, person_id)
    if assignment is None or assignment.ended_at is not None:
        raise Refusal("La répartition a changé entre-temps. Regardez-la à nouveau.")
    assignment.ended_at = clock.now()
    record(actor, "assignment.ended", assignment, person=person_id, reason="rééquilibrage")


def _give(application: Application, person_id: int, actor: Actor) -> Assignment:
    assignment = queries.assignment_of(application.id, person_id)
    if assignment is not None and assignment.ended_at is None:
        raise Refusal("Ce dossier est déjà confié à cette personne.", "person")
    if assignment is None:
        assignment = Assignment(application_id=application.id, person_id=person_id)
        db.session.add(assignment)
    assignment.assigned_at = clock.now()
    assignment.assigned_by_id = actor.person_id
    assignment.ended_at = None
    record(actor, "assignment.given", assignment, person=person_id)
    return assignment


def _tell(call: Call, person_id: int) -> None:
    """One mail an hour at most, however many files are given: the page of their analyses lists them."""
    reviewer = recipient(person_id)
    if reviewer is not None:
        outbox.mail(
            "analyses_given",
            to=reviewer.email,
            person_id=person_id,
            key=f"analyses-given:{call.id}:{person_id}:{clock.now():%Y%m%d%H}",
            call_title=call.title,
        )


def _direction_only(roles: Iterable[str]) -> None:
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction répartit les analyses.")

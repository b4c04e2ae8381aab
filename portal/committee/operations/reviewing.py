"""Giving files to reviewers, by hand or balanced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.accounts.models import Person
from portal.accounts.rules import HeldGrant
from portal.calls.models import Application, Call
from portal.calls.queries.visibility import is_recused
from portal.calls.rules.cycle import DIRECTION
from portal.committee.models import Assignment
from portal.committee.operations.recusals import follow_mandates, refuse_recused
from portal.committee.queries import reviewing as queries
from portal.committee.rules.reviewing import balanced
from portal.extensions import db
from portal.foundation import clock
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
    if not queries.is_reviewer(person.id, application.call):
        raise Refusal(f"{person.display_name} n’est pas membre du comité technique de cet appel.", "person")
    follow_mandates()
    if is_recused(person.id, application):
        raise Refusal(f"{person.display_name} s’est déporté·e : ce dossier ne peut pas lui être confié.", "person")
    return _give(application, person.id, actor)


def unassign(application: Application, person: Person, *, actor: Actor, roles: Iterable[str]) -> None:
    """Take a file back from a reviewer; what they wrote stays."""
    _direction_only(roles)
    refuse_recused(actor, application)
    assignment = queries.assignment_of(application.id, person.id)
    if assignment is None or assignment.ended_at is not None:
        raise Refusal(f"{person.display_name} n’a pas ce dossier à analyser.")
    assignment.ended_at = clock.now()
    record(actor, "assignment.ended", assignment, person=person.id)


def distribute(
    call: Call, per_application: int, *, actor: Actor, roles: Iterable[str], grants: Sequence[HeldGrant]
) -> int:
    """Complete each application of a call to `per_application` reviewers; returns how many were added.

    Only the applications the actor may see; nobody is given what they are recused from.
    """
    _direction_only(roles)
    if actor.person_id is None:
        raise Refusal("Connectez-vous pour répartir les analyses.")
    follow_mandates()
    pairs = plan(call, per_application, actor.person_id, grants)
    for application_id, person_id in pairs:
        _give(db.session.get_one(Application, application_id), person_id, actor)
    return len(pairs)


def plan(call: Call, per_application: int, person_id: int, grants: Sequence[HeldGrant]) -> list[tuple[int, int]]:
    """The (application, reviewer) pairs that `distribute` would add now; shown before it is asked."""
    if not 1 <= per_application <= AT_MOST:
        raise Refusal(f"Demandez de 1 à {AT_MOST} analyses par dossier.", "per_application")
    ids = [row.id for row in queries.to_distribute(call, person_id, grants)]
    return balanced(
        ids,
        [reviewer.id for reviewer in queries.reviewers_of(call)],
        per_application=per_application,
        assigned=queries.assigned_people(ids),
        recused=queries.recused_pairs(call),
    )


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


def _direction_only(roles: Iterable[str]) -> None:
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction répartit les analyses.")

"""Stepping out of an application or of a structure, and its consequences on what was entrusted."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from portal.accounts.models import Organisation, Person
from portal.calls.models import Application, Recusal
from portal.calls.operations.table_changes import touch_call
from portal.calls.queries.visibility import is_recused
from portal.calls.rules.cycle import DIRECTION
from portal.calls.states import RecusalSource
from portal.committee.models import Assignment
from portal.committee.queries import recusals as queries
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import SYSTEM, Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal


def refuse_recused(actor: Actor, application: Application) -> None:
    """Stop whatever a recused person would do on an application, whoever let them come this far."""
    if actor.person_id is not None and is_recused(actor.person_id, application):
        raise Refusal("Vous vous êtes déporté·e de ce dossier : vous ne pouvez pas y intervenir.")


def declare_recusal(application: Application, reason: str, *, whole_structure: bool, actor: Actor) -> Recusal:
    """« Je me déporte »: the person steps out, of the application or of all those of its structure."""
    if actor.person_id is None:
        raise Refusal("Connectez-vous pour vous déporter.")
    person = db.session.get_one(Person, actor.person_id)
    subject = application.organisation if whole_structure else application
    return _add(person, subject, RecusalSource.DECLARED, reason, actor)


def record_recusal(
    person: Person, subject: Application | Organisation, reason: str, *, actor: Actor, roles: Iterable[str]
) -> Recusal:
    """The Direction notes that somebody must step out."""
    _direction_only(roles)
    return _add(person, subject, RecusalSource.RECORDED, reason, actor)


def end_recusal(recusal: Recusal, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """The cause is over. Nobody ends their own; what was entrusted before does not come back by itself."""
    _direction_only(roles)
    if recusal.ended_at is not None:
        raise Refusal("Ce déport a déjà pris fin.")
    if recusal.person_id == actor.person_id:
        raise Refusal("Une autre personne de la Direction doit mettre fin à votre déport.")
    if not reason.strip():
        raise Refusal("Indiquez pourquoi ce déport prend fin.", "reason")
    recusal.ended_at = clock.now()
    _tell_tables(recusal)
    record(actor, "recusal.ended", recusal, reason=reason.strip())


def follow_mandates() -> None:
    """Give each running mandate of a staff member its recusal, and end those of mandates that are over."""
    today = to_paris(clock.now()).date()
    for mandate in queries.mandates_without_recusal(today):
        person = db.session.get_one(Person, mandate.person_id)
        organisation = db.session.get_one(Organisation, mandate.organisation_id)
        reason = f"Mandat : {mandate.office}, {organisation.name}"
        _add(person, organisation, RecusalSource.MANDATE, reason, SYSTEM, mandate_id=mandate.id)
    for recusal in queries.recusals_of_ended_mandates(today):
        recusal.ended_at = clock.now()
        _tell_tables(recusal)
        record(SYSTEM, "recusal.ended", recusal, reason="Fin du mandat")


outbox.periodic(follow_mandates)


def _add(
    person: Person,
    subject: Application | Organisation,
    source: RecusalSource,
    reason: str,
    actor: Actor,
    *,
    mandate_id: int | None = None,
) -> Recusal:
    if not reason.strip():
        raise Refusal("Indiquez le motif du déport.", "reason")
    application_id = subject.id if isinstance(subject, Application) else None
    organisation_id = subject.id if isinstance(subject, Organisation) else None
    same = queries.running_recusal(person.id, application_id=application_id, organisation_id=organisation_id)
    if same is not None:
        if mandate_id is None:
            raise Refusal("Ce déport est déjà enregistré.")
        same.mandate_id = same.mandate_id or mandate_id
        return same
    recusal = Recusal(
        person_id=person.id,
        application_id=application_id,
        organisation_id=organisation_id,
        source=source,
        mandate_id=mandate_id,
        reason=reason.strip(),
        created_at=clock.now(),
        created_by_id=actor.person_id,
    )
    db.session.add(recusal)
    _tell_tables(recusal)
    record(actor, "recusal.recorded", recusal, person=person.id, source=source)
    end_assignments(recusal, actor)
    return recusal


def _tell_tables(recusal: Recusal) -> None:
    """An open programming table loses, or finds again, what the person steps out of."""
    calls = sa.select(Application.call_id).where(_covered_by(recusal)).distinct()
    for call_id in db.session.execute(calls).scalars():
        touch_call(call_id)


def _covered_by(recusal: Recusal) -> sa.ColumnElement[bool]:
    """The applications from which a recusal keeps its person away."""
    if recusal.application_id:
        return Application.id == recusal.application_id
    return Application.organisation_id == recusal.organisation_id


def end_assignments(recusal: Recusal, actor: Actor) -> None:
    """Whoever steps out no longer has the file to analyse."""
    touched = sa.select(Application.id).where(_covered_by(recusal))
    running = db.session.execute(
        sa.select(Assignment).where(
            Assignment.person_id == recusal.person_id,
            Assignment.ended_at.is_(None),
            Assignment.application_id.in_(touched),
        )
    ).scalars()
    for assignment in running:
        assignment.ended_at = clock.now()
        record(actor, "assignment.ended", assignment, person=assignment.person_id, reason="déport")


def _direction_only(roles: Iterable[str]) -> None:
    if not DIRECTION & set(roles):
        raise Refusal("Seule la Direction peut enregistrer ou clore un déport.")

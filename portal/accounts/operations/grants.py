"""Roles given and ended, invitations sent."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Grant, Organisation, Person
from portal.accounts.operations.people import new_person, send
from portal.accounts.queries.membership import members_of
from portal.accounts.queries.people import person_by_email, running_admins
from portal.accounts.rules import ROLE_SCOPES, STAFF_ROLES, MemberLevel, Role, ScopeKind
from portal.accounts.rules.granting import LAST_ADMIN, check_owner_remains, is_erased
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


def invite(
    email: str,
    given_name: str,
    family_name: str,
    role: Role,
    kind: ScopeKind,
    scope_id: int,
    what: str,
    *,
    level: MemberLevel | None = None,
    actor: Actor,
) -> Grant:
    """Give a role to the person of an address, who gets an account when they have none.

    `what` says in words what is given, for the mail: « Membre du comité technique, Appel 2026 ».
    Raises Refusal on `email` when the role is held already or the account is closed.
    """
    person = person_by_email(email)
    if person is None:
        person = new_person(given_name, family_name, email)
        record(actor, "person.invited", person)
    if person.disabled_at is not None:
        raise Refusal("Le compte de cette personne est fermé.", "email")
    grant = give(person, role, kind, scope_id, level=level, actor=actor)
    template = "access_given" if person.confirmed_at else "invitation"
    send(person, template, what=what, invited_by=actor.label or "La Direction Politique de la Ville")
    return grant


def give(
    person: Person, role: Role, kind: ScopeKind, scope_id: int, *, level: MemberLevel | None = None, actor: Actor
) -> Grant:
    """Give a role on exactly one scope. Raises Refusal on `email` when it is held already."""
    if kind not in ROLE_SCOPES[role]:
        raise Refusal("Ce rôle ne se donne pas ici.", "role")
    if running_grant(person.id, role, kind, scope_id) is not None:
        raise Refusal("Cette personne a déjà cet accès.", "email")
    grant = Grant(
        person_id=person.id,
        role=role,
        scope_kind=kind,
        scope_id=scope_id,
        level=level,
        created_at=clock.now(),
        granted_by_id=actor.person_id,
    )
    db.session.add(grant)
    try:
        db.session.flush()
    except IntegrityError as error:
        if broke(error, "uq_grant_running"):
            raise Refusal("Cette personne a déjà cet accès.", "email") from error
        raise
    record(actor, "grant.given", grant, role=role, scope_kind=kind, scope_id=scope_id, level=level)
    return grant


def running_grant(person_id: int, role: Role, kind: ScopeKind, scope_id: int) -> Grant | None:
    return db.session.execute(
        sa.select(Grant).where(
            Grant.person_id == person_id,
            Grant.role == role,
            Grant.scope_kind == kind,
            Grant.scope_id == scope_id,
            Grant.ended_at.is_(None),
        )
    ).scalar_one_or_none()


def end(grant: Grant, *, actor: Actor) -> None:
    """End a role. Somebody who loses a staff role is signed out everywhere.

    Raises Refusal when it is ended already, or when nobody responsible would remain.
    """
    if grant.ended_at is not None:
        raise Refusal("Cet accès est déjà terminé.")
    _check_somebody_remains(grant)
    grant.ended_at = clock.now()
    if grant.role in STAFF_ROLES:
        grant.person.session_epoch += 1
    record(actor, "grant.ended", grant, role=grant.role, scope_kind=grant.scope_kind, scope_id=grant.scope_id)


def _check_somebody_remains(grant: Grant) -> None:
    if grant.role is Role.ADMIN and running_admins() <= 1:
        raise Refusal(LAST_ADMIN)
    if grant.role is Role.APPLICANT:
        lock_members(grant.scope_id)
        remaining = [member.level for member in members_of(grant.scope_id) if member.grant_id != grant.id]
        if remaining or grant.level is MemberLevel.OWNER:
            check_owner_remains(remaining)


def lock_members(organisation_id: int) -> None:
    """Two owners leaving at the same instant: the second waits and sees the first gone."""
    db.session.execute(sa.select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())


def resend_invitation(person: Person, *, actor: Actor) -> None:
    """The invitation again, for somebody who has not chosen a password."""
    if person.confirmed_at is not None:
        raise Refusal("Cette personne a déjà choisi son mot de passe.")
    record(actor, "person.invited_again", person)
    send(person, "invitation", what="accès au portail", invited_by=actor.label)


def close_account(person: Person, reason: str, *, actor: Actor) -> None:
    """Nobody signs in with this account any more; its roles stay, for the day it reopens."""
    if person.disabled_at is not None:
        raise Refusal("Ce compte est déjà fermé.")
    if any(grant.role is Role.ADMIN and grant.ended_at is None for grant in person.grants) and running_admins() <= 1:
        raise Refusal(LAST_ADMIN)
    person.disabled_at = clock.now()
    person.session_epoch += 1
    record(actor, "person.closed", person, reason=reason)


def reopen_account(person: Person, *, actor: Actor) -> None:
    if person.disabled_at is None:
        raise Refusal("Ce compte est ouvert.")
    if is_erased(person.email_fold):
        raise Refusal("Ce compte a été supprimé à la demande de la personne : il ne rouvre pas.")
    person.disabled_at = None
    record(actor, "person.reopened", person)

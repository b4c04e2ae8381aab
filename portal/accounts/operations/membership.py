"""Structures made, joined and left; their members and levels."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal.accounts.models import (
    Establishment,
    Grant,
    JoinRequest,
    Organisation,
    OrganisationKind,
    OwnershipRestoration,
    Person,
)
from portal.accounts.operations import grants
from portal.accounts.operations.people import by, send
from portal.accounts.queries.grants import people_holding
from portal.accounts.queries.membership import (
    join_request_waiting,
    members_of,
    membership,
    organisation_by_rna,
    organisation_by_siren,
    owners_of,
)
from portal.accounts.queries.people import person_by_email
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.accounts.rules.granting import check_owner_remains
from portal.accounts.rules.identifiers import siren_of
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.files import StoredFile
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal

ALREADY_KNOWN = "Cette structure est déjà connue du portail : demandez à la rejoindre."


def create_organisation(person: Person, name: str, kind: OrganisationKind, siret: str, rna: str | None) -> Organisation:
    """A structure made by somebody who becomes responsible for it; the rest as `register_organisation`."""
    organisation = register_organisation(name, kind, siret, rna, actor=by(person))
    grants.give(
        person, Role.APPLICANT, ScopeKind.ORGANISATION, organisation.id, level=MemberLevel.OWNER, actor=by(person)
    )
    return organisation


def register_organisation(
    name: str, kind: OrganisationKind, siret: str, rna: str | None, *, actor: Actor
) -> Organisation:
    """A structure without member yet (its application came on paper). `siret` and `rna` are checked ones.

    Raises Refusal on `siret` or `rna` when the structure is known already.
    """
    if organisation_by_siren(siren_of(siret)) is not None:
        raise Refusal(ALREADY_KNOWN, "siret")
    if rna and organisation_by_rna(rna) is not None:
        raise Refusal("Ce numéro RNA est déjà celui d’une autre structure.", "rna")
    organisation = Organisation(
        name=name, name_fold=fold(name), kind=kind, siren=siren_of(siret), rna=rna or None, created_at=clock.now()
    )
    organisation.establishments.append(Establishment(siret=siret, starts_on=None, ends_on=None))
    db.session.add(organisation)
    try:
        db.session.flush()
    except IntegrityError as error:
        if broke(error, "uq_organisation_siren") or broke(error, "uq_establishment_siret"):
            raise Refusal(ALREADY_KNOWN, "siret") from error
        raise
    record(actor, "organisation.created", organisation, name=name, siret=siret)
    return organisation


def ask_to_join(person: Person, organisation: Organisation) -> JoinRequest:
    """Ask the owners to be let in; where there is none, the Direction is asked."""
    if membership(organisation.id, person.id) is not None:
        raise Refusal("Vous êtes déjà membre de cette structure.")
    if join_request_waiting(organisation.id, person.id):
        raise Refusal("Votre demande est déjà envoyée : attendez la réponse.")
    request = JoinRequest(organisation_id=organisation.id, person_id=person.id, created_at=clock.now())
    db.session.add(request)
    record(by(person), "join_request.made", request, organisation_id=organisation.id)
    owners = owners_of(organisation.id)
    page = f"/structures/{organisation.id}/membres" if owners else "/personnes/demandes"
    for answerer in owners or people_holding(Role.MANAGER, Role.ADMIN):
        send(answerer, "join_request", organisation=organisation.name, asker=person.display_name, page=page)
    return request


def answer_join_request(request: JoinRequest, accepted: bool, *, answerer: Person) -> None:
    """Let somebody in, or not. The Direction answers only where the structure has no owner.

    Whom the Direction lets in becomes responsible; whom an owner lets in may edit.
    """
    if request.answered_at is not None:
        raise Refusal("Cette demande a déjà sa réponse.")
    owners = owners_of(request.organisation_id)
    if owners and answerer.id not in {owner.id for owner in owners}:
        raise Refusal("Les responsables de la structure répondent eux-mêmes à cette demande.")
    request.answered_at, request.accepted = clock.now(), accepted
    record(by(answerer), "join_request.answered", request, accepted=accepted)
    if accepted and membership(request.organisation_id, request.person_id) is None:
        level = MemberLevel.EDITOR if owners else MemberLevel.OWNER
        grants.give(
            request.person,
            Role.APPLICANT,
            ScopeKind.ORGANISATION,
            request.organisation_id,
            level=level,
            actor=by(answerer),
        )
    template = "join_accepted" if accepted else "join_refused"
    send(request.person, template, organisation=request.organisation.name)


def invite_member(
    organisation: Organisation, email: str, given_name: str, family_name: str, level: MemberLevel, *, actor: Actor
) -> Grant:
    """Invite somebody by their address, with a level."""
    return grants.invite(
        email,
        given_name,
        family_name,
        Role.APPLICANT,
        ScopeKind.ORGANISATION,
        organisation.id,
        f"{organisation.name} ({level.label})",
        level=level,
        actor=actor,
    )


def change_level(grant: Grant, level: MemberLevel, *, actor: Actor) -> None:
    """Give a member another level; one owner at least remains."""
    if grant.ended_at is not None:
        raise Refusal("Cette personne n’est plus membre de la structure.")
    if grant.level is level:
        return
    grants.lock_members(grant.scope_id)
    others = [member.level for member in members_of(grant.scope_id) if member.grant_id != grant.id]
    check_owner_remains([*others, level])
    before, grant.level = grant.level, level
    record(actor, "grant.level_changed", grant, level=[before, level])


def transfer_ownership(grant: Grant, owner: Person) -> None:
    """An owner hands the organisation over: the other becomes responsible, the owner may still edit.

    Raises Refusal when the other left, or has not chosen a password yet.
    """
    mine = membership(grant.scope_id, owner.id)
    if mine is None or mine.level is not MemberLevel.OWNER or grant.ended_at is not None or grant.id == mine.id:
        raise Refusal("Cette personne n’est plus membre de la structure.")
    if grant.person.confirmed_at is None or grant.person.disabled_at is not None:
        raise Refusal("Cette personne n’a pas encore ouvert son compte : attendez qu’elle réponde à l’invitation.")
    grants.lock_members(grant.scope_id)
    for changed, level in ((grant, MemberLevel.OWNER), (mine, MemberLevel.EDITOR)):
        before, changed.level = changed.level, level
        record(by(owner), "grant.level_changed", changed, level=[before, level])
    organisation = db.session.get_one(Organisation, grant.scope_id)
    send(grant.person, "access_given", what=f"{organisation.name} (responsable)", invited_by=owner.display_name)


def restore_ownership(
    organisation: Organisation,
    email: str,
    given_name: str,
    family_name: str,
    reason: str,
    proof: StoredFile,
    *,
    actor: Actor,
) -> OwnershipRestoration:
    """The Direction makes somebody responsible for an organisation whose owners are gone or unknown.

    `proof` (a list of directors, minutes; not saved yet) and the reason stay; whoever is responsible
    already is told. Raises Refusal on `email`.
    """
    owners = owners_of(organisation.id)
    person = person_by_email(email)
    if person is not None and person.id == actor.person_id:
        raise Refusal("Vous ne pouvez pas vous donner vous-même cette responsabilité.", "email")
    if person is not None and person.id in {owner.id for owner in owners}:
        raise Refusal("Cette personne est déjà responsable de la structure.", "email")
    known = membership(organisation.id, person.id) if person is not None else None
    if known is not None:
        change_level(known, MemberLevel.OWNER, actor=actor)
        grant = known
        send(grant.person, "access_given", what=f"{organisation.name} (responsable)", invited_by=actor.label)
    else:
        grant = invite_member(organisation, email, given_name, family_name, MemberLevel.OWNER, actor=actor)
    proof.created_by_id = actor.person_id
    db.session.add(proof)
    db.session.flush()
    restored = OwnershipRestoration(
        organisation_id=organisation.id,
        person_id=grant.person_id,
        given_by_id=actor.person_id,
        at=clock.now(),
        reason=reason,
        file_id=proof.id,
    )
    db.session.add(restored)
    record(actor, "organisation.ownership_restored", organisation, person=grant.person_id, reason=reason)
    page = f"/structures/{organisation.id}/membres"
    for owner in owners:
        send(owner, "ownership_restored", organisation=organisation.name, page=page)
    return restored


def leave(organisation: Organisation, person: Person) -> None:
    """Leave a structure by oneself."""
    grant = membership(organisation.id, person.id)
    if grant is None:
        raise Refusal("Vous n’êtes plus membre de cette structure.")
    grants.end(grant, actor=by(person))

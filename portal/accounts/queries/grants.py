"""Who holds which role, on what; the accounts as the admins see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts import scopes
from portal.accounts.models import Grant, Organisation, Person
from portal.accounts.rules import MemberLevel, Role, ScopeKind
from portal.accounts.rules.granting import manages, roles_for
from portal.accounts.scopes import ScopeChoice
from portal.extensions import db
from portal.foundation.events import Event
from portal.foundation.folding import fold
from portal.foundation.pagination import Page, paged
from portal.foundation.quantities import plain_number

KIND_ORDER = (
    ScopeKind.CONTRACT,
    ScopeKind.CALL,
    ScopeKind.FUNDER,
    ScopeKind.SITTING,
    ScopeKind.QUARTIER,
    ScopeKind.INSTANCE,
)


@dataclass(frozen=True)
class Granter:
    """What somebody may grant: everything, or what belongs to the contracts they manage."""

    is_admin: bool
    managed_contracts: frozenset[int]

    def may_manage(self, kind: ScopeKind, choice: ScopeChoice) -> bool:
        return manages(kind, choice.contracts, is_admin=self.is_admin, managed_contracts=self.managed_contracts)


@dataclass(frozen=True)
class ManagedScope:
    """A scope whose people somebody manages. `code` names it in addresses: « call-3 »."""

    kind: ScopeKind
    id: int
    label: str
    roles: list[Role]
    people: int

    @property
    def code(self) -> str:
        return f"{self.kind}-{self.id}"

    @property
    def kind_label(self) -> str:
        return scopes.KIND_LABELS[self.kind]


def managed_scopes(granter: Granter) -> list[ManagedScope]:
    """The scopes whose people `granter` manages, by kind, with how many hold a role there."""
    counts = _people_by_scope()
    return [
        ManagedScope(kind, choice.id, choice.label, roles_for(kind, choice.roles), counts.get((kind, choice.id), 0))
        for kind in KIND_ORDER
        if kind in scopes.scope_choices
        for choice in scopes.scope_choices[kind]()
        if granter.may_manage(kind, choice)
    ]


def managed_scopes_by_kind(granter: Granter) -> list[tuple[str, list[ManagedScope]]]:
    """The same under the name of each kind."""
    return [(label, list(lines)) for label, lines in groupby(managed_scopes(granter), lambda each: each.kind_label)]


def managed_scope(code: str, granter: Granter) -> ManagedScope | None:
    """The scope of an address, None when there is none or it is not the granter's to manage."""
    kind, _, number = code.partition("-")
    scope_id = plain_number(number)
    if kind not in {each.value for each in KIND_ORDER} or scope_id is None:
        return None
    choice = scopes.choice(ScopeKind(kind), scope_id)
    if choice is None or not granter.may_manage(ScopeKind(kind), choice):
        return None
    return ManagedScope(ScopeKind(kind), choice.id, choice.label, roles_for(ScopeKind(kind), choice.roles), 0)


def _people_by_scope() -> dict[tuple[ScopeKind, int], int]:
    rows = db.session.execute(
        sa.select(Grant.scope_kind, Grant.scope_id, sa.func.count(Grant.person_id.distinct()))
        .where(Grant.ended_at.is_(None), Grant.scope_kind != ScopeKind.ORGANISATION)
        .group_by(Grant.scope_kind, Grant.scope_id)
    )
    return {(kind, scope_id): count for kind, scope_id, count in rows}


@dataclass(frozen=True)
class Holder:
    """A person holding a role on a scope; `invited` until they have chosen a password."""

    grant_id: int
    person_id: int
    name: str
    email: str
    role: Role
    since: datetime
    invited: bool


def holders(kind: ScopeKind, scope_id: int) -> list[Holder]:
    """Who holds a role on a scope, by role then name."""
    rows = db.session.execute(
        sa.select(Grant, Person)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.scope_kind == kind, Grant.scope_id == scope_id, Grant.ended_at.is_(None))
    )
    found = [
        Holder(
            grant.id,
            person.id,
            person.display_name,
            person.email,
            grant.role,
            grant.created_at,
            person.confirmed_at is None,
        )
        for grant, person in rows
    ]
    order = list(Role)
    return sorted(found, key=lambda holder: (order.index(holder.role), fold(holder.name), holder.grant_id))


def people_holding(*roles: Role) -> list[Person]:
    """The people who hold one of `roles` anywhere, accounts closed left out."""
    held = sa.select(Grant.person_id).where(Grant.role.in_(roles), Grant.ended_at.is_(None))
    return list(
        db.session.execute(
            sa.select(Person).where(Person.id.in_(held), Person.disabled_at.is_(None)).order_by(Person.id)
        ).scalars()
    )


@dataclass(frozen=True)
class PersonGrant:
    """A role somebody holds or held, its scope in words."""

    id: int
    role: Role
    level: MemberLevel | None
    scope: str
    since: datetime
    ended_at: datetime | None


def grants_of(person_id: int) -> list[PersonGrant]:
    """Every role somebody holds or held, running ones first."""
    rows = db.session.execute(
        sa.select(Grant).where(Grant.person_id == person_id).order_by(Grant.ended_at.isnot(None), Grant.id)
    ).scalars()
    found = list(rows)
    labels = _scope_labels({(grant.scope_kind, grant.scope_id) for grant in found})
    return [
        PersonGrant(
            grant.id,
            grant.role,
            grant.level,
            labels.get((grant.scope_kind, grant.scope_id), scopes.KIND_LABELS[grant.scope_kind]),
            grant.created_at,
            grant.ended_at,
        )
        for grant in found
    ]


def _scope_labels(wanted: set[tuple[ScopeKind, int]]) -> dict[tuple[ScopeKind, int], str]:
    organisations = [scope_id for kind, scope_id in wanted if kind is ScopeKind.ORGANISATION]
    names = db.session.execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisations)))
    labels = {(ScopeKind.ORGANISATION, scope_id): name for scope_id, name in names}
    for kind in {kind for kind, _ in wanted} & set(scopes.scope_choices):
        labels |= {(kind, choice.id): choice.label for choice in scopes.scope_choices[kind]()}
    return labels


def accounts_page(text: str, number: int) -> Page:
    """Accounts by name, searched in name and address: rows (id, name parts, address, dates)."""
    statement = sa.select(
        Person.id,
        Person.given_name,
        Person.family_name,
        Person.email,
        Person.confirmed_at,
        Person.disabled_at,
        Person.totp_confirmed_at,
    ).order_by(Person.family_name, Person.given_name, Person.id)
    for word in text.split():
        like = f"%{word.replace('%', '').replace('_', '')}%"
        statement = statement.where(
            sa.or_(Person.email_fold.ilike(like), Person.given_name.ilike(like), Person.family_name.ilike(like))
        )
    return paged(statement, number)


ACTION_WORDS = {
    "person.asked": "Compte demandé",
    "person.invited": "Invitation",
    "person.invited_again": "Invitation renvoyée",
    "person.password_chosen": "Mot de passe choisi par un lien",
    "person.password_changed": "Mot de passe changé",
    "person.signed_in": "Connexion",
    "person.signed_out_everywhere": "Déconnexion de tous les appareils",
    "person.second_factor_passed": "Double authentification réussie",
    "person.second_factor_set_up": "Double authentification mise en place",
    "person.second_factor_reset": "Double authentification réinitialisée",
    "person.recovery_codes_renewed": "Codes de secours remplacés",
    "person.edited": "Profil modifié",
    "person.email_change_asked": "Changement d’adresse demandé",
    "person.email_changed": "Adresse changée",
    "person.closed": "Compte fermé",
    "person.reopened": "Compte rouvert",
    "person.erased": "Compte supprimé à la demande de la personne",
    "person.data_exported": "Données personnelles téléchargées",
    "grant.given": "Rôle donné",
    "grant.ended": "Rôle terminé",
    "grant.level_changed": "Niveau changé",
}
"""What the journal's actions on accounts are called on pages."""


@dataclass(frozen=True)
class PastAct:
    """One line of an account's history: when, what in words, by whom."""

    at: datetime
    words: str
    by: str


def history_of_person(person_id: int, limit: int = 50) -> list[PastAct]:
    """What happened to an account and its roles, latest first."""
    author = aliased(Person)
    grants = sa.select(Grant.id).where(Grant.person_id == person_id)
    about = sa.or_(
        sa.and_(Event.subject_type == "person", Event.subject_id == person_id),
        sa.and_(Event.subject_type == "grant", Event.subject_id.in_(grants)),
    )
    rows = db.session.execute(
        sa.select(Event.at, Event.action, Event.details, author)
        .outerjoin(author, author.id == Event.actor_person_id)
        .where(about)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    return [
        PastAct(at, _act_words(action, details), _author_words(who, person_id)) for at, action, details, who in rows
    ]


def _act_words(action: str, details: dict[str, Any]) -> str:
    words = ACTION_WORDS.get(action, action)
    role = f"\u00a0: {Role(details['role']).label}" if "role" in details else ""
    reason = f" ({details['reason']})" if "reason" in details else ""
    return words + role + reason


def _author_words(who: Person | None, subject_id: int) -> str:
    if who is None:
        return "le portail"
    return "la personne elle-même" if who.id == subject_id else who.display_name

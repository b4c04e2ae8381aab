"""The accounts of the demonstration: one per role, invented, with one password that is printed."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import Person
from portal.accounts.operations import grants
from portal.accounts.operations.people import new_person
from portal.accounts.passwords import hashed
from portal.accounts.rules import INSTANCE_ID, Role, ScopeKind
from portal.foundation import clock
from portal.foundation.actors import SYSTEM

PASSWORD = "quartiers en fête 2026"


@dataclass(frozen=True)
class Account:
    """Somebody invented and the role they show; `funder` is the kind of funder they act for."""

    key: str
    given_name: str
    role: Role
    words: str
    funder: str | None = None

    @property
    def email(self) -> str:
        return f"{self.key}@demonstration.test"


ACCOUNTS = (
    Account("association", "Nadia", Role.APPLICANT, "responsable d’une association"),
    Account("chargee", "Claire", Role.OFFICER, "chargée de mission à la Direction"),
    Account("direction", "Simon", Role.MANAGER, "responsable de la Direction"),
    Account("comite", "Amel", Role.REVIEWER, "membre du comité technique"),
    Account("comite2", "Bruno", Role.REVIEWER, "membre du comité technique, en déport sur une structure"),
    Account("delegue", "Denis", Role.DELEGATE, "délégué du Préfet"),
    Account("etat", "Élise", Role.STATE_OFFICER, "service de l’État", "state"),
    Account("ville", "Vanessa", Role.FUNDER_AGENT, "agente de la Ville", "city"),
    Account("metropole", "Marius", Role.FUNDER_AGENT, "agent de la Métropole", "metropole"),
    Account("caf", "Sonia", Role.FUNDER_AGENT, "agente de la CAF", "caf"),
    Account("departement", "Théo", Role.FUNDER_AGENT, "agent du Département", "department"),
    Account("elue", "Aurore", Role.STEERING, "élue, membre du comité de pilotage"),
    Account("habitant", "Karim", Role.RESIDENT, "membre du conseil citoyen d’Encagnane"),
    Account("admin", "Alex", Role.ADMIN, "administration du portail"),
)


def make_people(words: str = PASSWORD) -> dict[str, Person]:
    """Every account, confirmed, with the printed password; {key: person}."""
    password_hash = hashed(words)
    return {account.key: _confirmed(account.given_name, account.email, password_hash) for account in ACCOUNTS}


def make_author(given_name: str, key: str) -> Person:
    """Somebody of an invented association, without a password: they only sign."""
    return _confirmed(given_name, f"{key}@demonstration.test", None)


def _confirmed(given_name: str, email: str, password_hash: str | None) -> Person:
    person = new_person(given_name, "Exemple", email)
    person.password_hash = password_hash
    person.confirmed_at = clock.now()
    return person


def give_roles(people: dict[str, Person], *, contract_id: int, call_ids: list[int], funders: dict[str, int]) -> None:
    """Each account's role on the invented contract, its calls and funders; associations get theirs apart."""
    for account in ACCOUNTS:
        for kind, scope_id in _scopes(account, contract_id, call_ids, funders):
            grants.give(people[account.key], account.role, kind, scope_id, actor=SYSTEM)


def _scopes(
    account: Account, contract_id: int, call_ids: list[int], funders: dict[str, int]
) -> list[tuple[ScopeKind, int]]:
    if account.role in (Role.OFFICER, Role.MANAGER, Role.DELEGATE, Role.STEERING):
        return [(ScopeKind.CONTRACT, contract_id)]
    if account.role is Role.REVIEWER:
        return [(ScopeKind.CALL, call_id) for call_id in call_ids]
    if account.funder is not None:
        return [(ScopeKind.FUNDER, funders[account.funder])]
    if account.role is Role.ADMIN:
        return [(ScopeKind.INSTANCE, INSTANCE_ID)]
    return []

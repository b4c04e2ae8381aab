"""Who may give which role, and what is kept of somebody who leaves."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.rules.roles import ROLE_SCOPES, STAFF_ROLES, MemberLevel, Role, ScopeKind
from portal.foundation.refusals import Refusal

LAST_OWNER = "La structure doit garder au moins une personne responsable : donnez d’abord ce niveau à un autre membre."
ERASED_DOMAIN = "@supprime.invalid"
LAST_ADMIN = "Le portail doit garder au moins une personne qui l’administre."


def roles_for(kind: ScopeKind, narrowed: frozenset[Role] | None = None) -> list[Role]:
    """The roles that are given from the people pages on a scope of this kind."""
    return [
        role
        for role in Role
        if role is not Role.APPLICANT and kind in ROLE_SCOPES[role] and (narrowed is None or role in narrowed)
    ]


def manages(
    kind: ScopeKind, contracts: frozenset[int] | None, *, is_admin: bool, managed_contracts: frozenset[int]
) -> bool:
    """Whether somebody manages the people of a scope.

    `contracts` are those the scope belongs to; None for what all contracts share (funders). The
    instance's own people are the admins' business alone.
    """
    if is_admin:
        return True
    if kind is ScopeKind.INSTANCE or not managed_contracts:
        return False
    return contracts is None or bool(contracts & managed_contracts)


def check_owner_remains(levels: Iterable[MemberLevel | None]) -> None:
    """Refuse what would leave an organisation with members but nobody responsible.

    `levels` are those of the members after the change.
    """
    if MemberLevel.OWNER not in set(levels):
        raise Refusal(LAST_OWNER, "level")


def keeps_name(roles_ever_held: Iterable[Role]) -> bool:
    """Whether the name of somebody who deletes their account stays.

    Who analysed, decided or granted public money signs acts that must be kept with their author.
    """
    return bool(set(roles_ever_held) & STAFF_ROLES)


def erased_address(person_id: int) -> str:
    """What stands for the address of somebody whose account was deleted: it receives nothing."""
    return f"compte-{person_id}{ERASED_DOMAIN}"


def is_erased(email_fold: str) -> bool:
    return email_fold.endswith(ERASED_DOMAIN)

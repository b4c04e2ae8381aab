"""Roles and their scopes: plain values, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class ScopeKind(StrEnum):
    """What a grant holds on."""

    ORGANISATION = "organisation"
    CONTRACT = "contract"
    CALL = "call"
    FUNDER = "funder"
    QUARTIER = "quartier"
    SITTING = "sitting"
    INSTANCE = "instance"


class Role(StrEnum):
    APPLICANT = "applicant"
    OFFICER = "officer"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    DELEGATE = "delegate"
    STATE_OFFICER = "state_officer"
    FUNDER_AGENT = "funder_agent"
    STEERING = "steering"
    RESIDENT = "resident"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


class MemberLevel(StrEnum):
    """What a member of an organisation may do there; each level includes the next."""

    OWNER = "owner"
    EDITOR = "editor"
    READER = "reader"

    @property
    def label(self) -> str:
        return {"owner": "responsable", "editor": "rédaction", "reader": "lecture"}[self.value]


ROLE_LABELS: Mapping[Role, str] = {
    Role.APPLICANT: "Porteur de projet",
    Role.OFFICER: "Chargé·e de mission (Direction Politique de la Ville)",
    Role.MANAGER: "Responsable de la Direction Politique de la Ville",
    Role.REVIEWER: "Membre du comité technique",
    Role.DELEGATE: "Délégué·e du Préfet",
    Role.STATE_OFFICER: "Service de l’État (DDETS, sous-préfecture)",
    Role.FUNDER_AGENT: "Agent d’un financeur",
    Role.STEERING: "Membre du comité de pilotage",
    Role.RESIDENT: "Conseil citoyen",
    Role.ADMIN: "Administration du portail",
}

ROLE_SCOPES: Mapping[Role, frozenset[ScopeKind]] = {
    Role.APPLICANT: frozenset({ScopeKind.ORGANISATION}),
    Role.OFFICER: frozenset({ScopeKind.CONTRACT}),
    Role.MANAGER: frozenset({ScopeKind.CONTRACT}),
    Role.REVIEWER: frozenset({ScopeKind.CALL}),
    Role.DELEGATE: frozenset({ScopeKind.CONTRACT}),
    Role.STATE_OFFICER: frozenset({ScopeKind.FUNDER}),
    Role.FUNDER_AGENT: frozenset({ScopeKind.FUNDER}),
    Role.STEERING: frozenset({ScopeKind.CONTRACT}),
    Role.RESIDENT: frozenset({ScopeKind.SITTING, ScopeKind.QUARTIER}),
    Role.ADMIN: frozenset({ScopeKind.INSTANCE}),
}

STAFF_ROLES = frozenset(Role) - {Role.APPLICANT, Role.RESIDENT}
"""Those who sign in with a second factor."""

INSTANCE_ID = 1
"""The scope id of the whole instance."""

LEVELS_INCLUDED: Mapping[MemberLevel, frozenset[MemberLevel]] = {
    MemberLevel.READER: frozenset(MemberLevel),
    MemberLevel.EDITOR: frozenset({MemberLevel.OWNER, MemberLevel.EDITOR}),
    MemberLevel.OWNER: frozenset({MemberLevel.OWNER}),
}
"""For a wanted level, the levels that satisfy it."""

Scopes = Mapping[ScopeKind, Iterable[int]]
"""The scopes that contain a thing: {kind: ids}."""


@dataclass(frozen=True)
class HeldGrant:
    """A grant as rules see it."""

    role: Role
    scope_kind: ScopeKind
    scope_id: int
    level: MemberLevel | None = None

    def covers(self, scopes: Scopes) -> bool:
        return self.scope_id in set(scopes.get(self.scope_kind, ()))


def roles_on(grants: Iterable[HeldGrant], scopes: Scopes, level: MemberLevel | None = None) -> frozenset[Role]:
    """The roles that `grants` give on a thing contained in `scopes`.

    `level` asks applicants for at least that level of membership.
    """
    return frozenset(
        grant.role
        for grant in grants
        if grant.covers(scopes)
        and (grant.role is not Role.APPLICANT or level is None or grant.level in LEVELS_INCLUDED[level])
    )

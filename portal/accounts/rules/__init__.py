"""The pure rules of people and access."""

from portal.accounts.rules.roles import (
    INSTANCE_ID,
    LEVELS_INCLUDED,
    ROLE_LABELS,
    ROLE_SCOPES,
    STAFF_ROLES,
    HeldGrant,
    MemberLevel,
    Role,
    ScopeKind,
    Scopes,
    roles_on,
)

__all__ = [
    "INSTANCE_ID",
    "LEVELS_INCLUDED",
    "ROLE_LABELS",
    "ROLE_SCOPES",
    "STAFF_ROLES",
    "HeldGrant",
    "MemberLevel",
    "Role",
    "ScopeKind",
    "Scopes",
    "roles_on",
]

"""People, organisations, who may do what."""

from portal.accounts.models.joining import JoinRequest, OwnershipRestoration
from portal.accounts.models.organisation import (
    Approval,
    BankAccount,
    DirectoryAnswer,
    Establishment,
    Mandate,
    Organisation,
    OrganisationKind,
    OrganisationYear,
    VaultDocument,
)
from portal.accounts.models.people import Grant, Person, ReadAudit, RecoveryCode

__all__ = [
    "Approval",
    "BankAccount",
    "DirectoryAnswer",
    "Establishment",
    "Grant",
    "JoinRequest",
    "Mandate",
    "Organisation",
    "OrganisationKind",
    "OrganisationYear",
    "OwnershipRestoration",
    "Person",
    "ReadAudit",
    "RecoveryCode",
    "VaultDocument",
]

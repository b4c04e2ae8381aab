"""Whether somebody may sign an application for its organisation."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.models import Person, VaultDocument
from portal.accounts.queries.membership import membership, owners_of
from portal.accounts.rules import MemberLevel
from portal.accounts.rules.organisation import DELEGATION
from portal.calls.models import Application, ApplicationDocument, DocumentRequirement
from portal.calls.rules.signing import Standing
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.periods import to_paris


def standing_to_sign(application: Application, person_id: int) -> Standing:
    """What lets a member sign, or not."""
    person = db.session.get_one(Person, person_id)
    organisation = application.organisation
    grant = membership(organisation.id, person_id)
    return Standing(
        is_owner=grant is not None and grant.level is MemberLevel.OWNER,
        names=(person.display_name, person.email),
        declared=(
            organisation.representative_name, organisation.representative_email, organisation.signatory_name,
        ),
        has_delegation=_has_delegation(application),
        owners=tuple(each.display_name for each in owners_of(organisation.id)),
    )  # fmt: skip


def _has_delegation(application: Application) -> bool:
    """A delegation kept by the organisation and not expired, or joined to the application."""
    today = to_paris(clock.now()).date()
    kept = sa.select(VaultDocument.id).where(
        VaultDocument.organisation_id == application.organisation_id,
        VaultDocument.kind == DELEGATION,
        VaultDocument.replaced_at.is_(None),
        sa.or_(VaultDocument.expires_on.is_(None), VaultDocument.expires_on >= today),
    )
    joined = (
        sa.select(ApplicationDocument.id)
        .join(DocumentRequirement, DocumentRequirement.id == ApplicationDocument.requirement_id)
        .where(
            ApplicationDocument.application_id == application.id,
            ApplicationDocument.removed_at.is_(None),
            DocumentRequirement.code == DELEGATION,
        )
    )
    return bool(db.session.execute(sa.select(sa.or_(kept.exists(), joined.exists()))).scalar())

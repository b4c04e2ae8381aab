"""The address book of a contract."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.contracts.models import Funder, PartnerContact
from portal.extensions import db
from portal.foundation.folding import fold


def partners_of(contract_id: int, *, with_retired: bool = False) -> list[PartnerContact]:
    """The bodies of a contract's address book."""
    statement = sa.select(PartnerContact).where(PartnerContact.contract_id == contract_id)
    if not with_retired:
        statement = statement.where(PartnerContact.retired_at.is_(None))
    return list(db.session.scalars(statement.order_by(PartnerContact.name_fold, PartnerContact.id)))


def listed_partners(contract_id: int, words: str = "") -> sa.Select[Any]:
    """The lines for the page of the address book, those in use first. To be paged."""
    statement = (
        sa.select(
            PartnerContact.id,
            PartnerContact.name,
            PartnerContact.kind,
            PartnerContact.person_name,
            PartnerContact.email,
            PartnerContact.retired_at,
            Funder.name.label("funder"),
        )
        .outerjoin(Funder, Funder.id == PartnerContact.funder_id)
        .where(PartnerContact.contract_id == contract_id)
    )
    if words:
        statement = statement.where(PartnerContact.name_fold.contains(fold(words), autoescape=True))
    return statement.order_by(PartnerContact.retired_at.is_not(None), PartnerContact.name_fold, PartnerContact.id)


def contacts_of_person(person_id: int) -> list[dict[str, Any]]:
    """What address books hold of somebody's address, for their own export."""
    address = sa.select(Person.email_fold).where(Person.id == person_id).scalar_subquery()
    rows = db.session.execute(
        sa.select(
            PartnerContact.contract_id,
            PartnerContact.name,
            PartnerContact.person_name,
            PartnerContact.email,
            PartnerContact.created_at,
        )
        .where(PartnerContact.email_fold == address)
        .order_by(PartnerContact.id)
    ).mappings()
    return [dict(row) for row in rows]

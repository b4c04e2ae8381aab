"""The offices people hold in structures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.accounts.models import Mandate, Organisation
from portal.extensions import db
from portal.foundation.folding import fold

FOUND_AT_MOST = 20


@dataclass(frozen=True)
class OwnMandate:
    """An office declared by a person; `ends_on` None while it runs."""

    id: int
    organisation: str
    office: str
    starts_on: date
    ends_on: date | None


def mandates_of(person_id: int) -> list[OwnMandate]:
    """Every mandate somebody declared, running ones first, then the latest."""
    rows = db.session.execute(
        sa.select(Mandate.id, Organisation.name, Mandate.office, Mandate.starts_on, Mandate.ends_on)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(Mandate.person_id == person_id)
        .order_by(Mandate.ends_on.isnot(None), Mandate.starts_on.desc(), Mandate.id)
    )
    return [OwnMandate(*row) for row in rows]


@dataclass(frozen=True)
class FoundOrganisation:
    id: int
    name: str
    town: str | None


def search_organisations(text: str) -> list[FoundOrganisation]:
    """The structures whose name holds every word of `text`, at most twenty, in French order."""
    words = fold(text).split()
    if not words:
        return []
    statement = sa.select(Organisation.id, Organisation.name, Organisation.town).where(
        Organisation.merged_into_id.is_(None)
    )
    for word in words:
        statement = statement.where(Organisation.name_fold.contains(word, autoescape=True))
    rows = db.session.execute(statement.order_by(Organisation.name_fold, Organisation.id).limit(FOUND_AT_MOST))
    return [FoundOrganisation(*row) for row in rows]

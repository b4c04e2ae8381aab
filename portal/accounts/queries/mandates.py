"""The offices people hold in structures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.accounts.models import Grant, Mandate, Organisation
from portal.accounts.rules import Role, ScopeKind
from portal.extensions import db
from portal.foundation.folding import fold

FOUND_AT_MOST = 20
LONGEST_SEARCH = 200
SIREN_LENGTH, SIRET_LENGTH = 9, 14


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
class Officer:
    """An office of an organisation; `is_declared` by the person who holds it."""

    id: int
    holder_name: str
    office: str
    starts_on: date
    ends_on: date | None
    is_declared: bool


def officers_of(organisation_id: int) -> list[Officer]:
    """The offices that the organisation said, and those that its own members declared; running ones first.

    What other people declared (somebody of a committee, of the Direction) is not the organisation's to read.
    """
    members = sa.select(Grant.person_id).where(
        Grant.scope_kind == ScopeKind.ORGANISATION,
        Grant.scope_id == organisation_id,
        Grant.role == Role.APPLICANT,
        Grant.ended_at.is_(None),
    )
    rows = db.session.execute(
        sa.select(
            Mandate.id, Mandate.holder_name, Mandate.office, Mandate.starts_on, Mandate.ends_on,
            Mandate.person_id.is_not(None),
        )
        .where(
            Mandate.organisation_id == organisation_id,
            sa.or_(Mandate.person_id.is_(None), Mandate.person_id.in_(members)),
        )
        .order_by(Mandate.ends_on.is_not(None), Mandate.starts_on.desc(), Mandate.id)
    )  # fmt: skip
    return [Officer(*row) for row in rows]


@dataclass(frozen=True)
class FoundOrganisation:
    id: int
    name: str
    town: str | None


def search_organisations(text: str) -> list[FoundOrganisation]:
    """The structures whose name holds every word of `text`, or whose SIRET or SIREN it is; at most twenty."""
    words = fold(text[:LONGEST_SEARCH]).split()
    if not words:
        return []
    number = "".join(words)
    if number.isdecimal() and len(number) in (SIREN_LENGTH, SIRET_LENGTH):
        words = []
    statement = sa.select(Organisation.id, Organisation.name, Organisation.town).where(
        Organisation.merged_into_id.is_(None)
    )
    if not words:
        statement = statement.where(Organisation.siren == number[:SIREN_LENGTH])
    for word in words:
        statement = statement.where(Organisation.name_fold.contains(word, autoescape=True))
    rows = db.session.execute(statement.order_by(Organisation.name_fold, Organisation.id).limit(FOUND_AT_MOST))
    return [FoundOrganisation(*row) for row in rows]

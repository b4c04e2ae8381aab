"""What would follow an organisation into another, and what it became."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.accounts import merging
from portal.accounts.models import Organisation
from portal.accounts.queries.banking import bank_account_of
from portal.accounts.queries.membership import is_member, members_of, owners_of
from portal.accounts.rules.merging import level_after
from portal.extensions import db
from portal.foundation.events import Event


@dataclass(frozen=True)
class Move:
    """How many lines of a kind the organisation has."""

    one: str
    many: str
    count: int


def moves_of(organisation: Organisation, successor: Organisation) -> list[Move]:
    """What follows the organisation into its successor, kind by kind; the empty kinds left out.

    Between two SIRENs, SIRETs stay.
    """
    staying = {"establishment"} if organisation.siren and successor.siren else set()
    following = [mover for mover in merging.movers() if mover.table not in staying]
    counted = [Move(mover.one, mover.many, mover.count(organisation)) for mover in following]
    return [move for move in counted if move.count]


@dataclass(frozen=True)
class Arrival:
    """A member of the absorbed organisation, and what they become in the other; `is_in` already."""

    name: str
    level: str
    is_in: bool


def arrivals(absorbed_id: int, successor_id: int) -> list[Arrival]:
    has_owner = bool(owners_of(successor_id))
    return [
        Arrival(
            member.name,
            level_after(member.level, successor_has_owner=has_owner).label,
            is_member(successor_id, member.person_id),
        )
        for member in members_of(absorbed_id)
    ]


def accounts_met(absorbed_id: int, successor_id: int) -> str:
    """What becomes of the bank accounts, in words; empty when the absorbed one has none."""
    if bank_account_of(absorbed_id) is None:
        return ""
    if bank_account_of(successor_id) is None:
        return "Son compte bancaire devient celui de la structure, à vérifier de nouveau par téléphone."
    return "La structure garde son compte bancaire ; l’autre reste dans l’historique."


@dataclass(frozen=True)
class Became:
    """What an absorbed organisation became."""

    successor_id: int
    name: str
    at: datetime | None
    reason: str


def became(organisation: Organisation) -> Became | None:
    """The organisation that absorbed this one, when, and why; None when it stands."""
    if organisation.merged_into_id is None:
        return None
    successor = db.session.get_one(Organisation, organisation.merged_into_id)
    told = db.session.execute(
        sa.select(Event.at, Event.details)
        .where(
            Event.subject_type == "organisation",
            Event.subject_id == organisation.id,
            Event.action == "organisation.absorbed",
        )
        .order_by(Event.id.desc())
        .limit(1)
    ).first()
    return Became(successor.id, successor.name, told.at if told else None, told.details["reason"] if told else "")


def absorbed_by(organisation_id: int) -> list[tuple[int, str]]:
    """(id, name) of the organisations that this one took in."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.merged_into_id == organisation_id)
        .order_by(Organisation.name_fold)
    )
    return [(row.id, row.name) for row in rows]

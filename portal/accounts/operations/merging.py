"""Putting two organisations together, and dissolving one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.accounts import merging
from portal.accounts.merging import Mover
from portal.accounts.models import Organisation
from portal.accounts.operations.people import send
from portal.accounts.queries.membership import people_of
from portal.accounts.rules.merging import check_pair
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal, Refusals

Settling = Callable[[Organisation, Organisation, Actor], None]


def plain(column: Any, one: str, many: str, before: Settling | None = None) -> Mover:
    """A table whose lines change organisation and nothing else, once `before` settled what both hold."""
    table = column.class_

    def count(organisation: Organisation) -> int:
        statement = sa.select(sa.func.count()).select_from(table).where(column == organisation.id)
        return db.session.execute(statement).scalar_one()

    def move(absorbed: Organisation, successor: Organisation, actor: Actor) -> None:
        if before is not None:
            before(absorbed, successor, actor)
            db.session.flush()
        db.session.execute(sa.update(table).where(column == absorbed.id).values({column: successor.id}))

    return Mover(table.__tablename__, one, many, count, move)


def obstacles(absorbed: Organisation, successor: Organisation) -> list[str]:
    """In words, what forbids putting the two together; an empty list when nothing does."""
    try:
        check_pair(absorbed.id, successor.id, absorbed.merged_into_id, successor.merged_into_id)
    except Refusal as refusal:
        return [refusal.message]
    return [told for mover in merging.movers() for told in mover.obstacles(absorbed, successor)]


def absorb(absorbed: Organisation, successor: Organisation, reason: str, *, actor: Actor) -> None:
    """Move everything of `absorbed` to `successor`; the absorbed one stays as the trace that leads there.

    Its members are told. Raises Refusals when something forbids it: then nothing moved.
    """
    _lock(absorbed, successor)
    if told := obstacles(absorbed, successor):
        raise Refusals([Refusal(message) for message in told])
    members = people_of(absorbed.id)
    moved = {mover.table: mover.count(absorbed) for mover in merging.movers()}
    for mover in merging.movers():
        mover.move(absorbed, successor, actor)
    _lead_to(absorbed, successor)
    record(actor, "organisation.absorbed", absorbed, into=successor.id, reason=reason, moved=moved)
    record(actor, "organisation.took_in", successor, absorbed=absorbed.id, name=absorbed.name, reason=reason)
    page = f"/structures/{successor.id}/membres"
    for person in members:
        send(person, "organisation_absorbed", organisation=absorbed.name, successor=successor.name, page=page)


def _lock(absorbed: Organisation, successor: Organisation) -> None:
    """Always in the same order, so that two managers do not wait for each other."""
    ids = sorted((absorbed.id, successor.id))
    db.session.execute(
        sa.select(Organisation.id).where(Organisation.id.in_(ids)).order_by(Organisation.id).with_for_update()
    )
    for each in (absorbed, successor):
        db.session.refresh(each)


def _lead_to(absorbed: Organisation, successor: Organisation) -> None:
    """What led to the absorbed one now leads to its successor, in one step."""
    db.session.execute(
        sa.update(Organisation).where(Organisation.merged_into_id == absorbed.id).values(merged_into_id=successor.id)
    )
    absorbed.merged_into_id = successor.id
    absorbed.version += 1
    successor.version += 1
    db.session.flush()
    for each in (absorbed, successor):
        db.session.expire(each)


def dissolve(organisation: Organisation, on: date, reason: str, *, actor: Actor) -> None:
    """From that day the organisation begins no application; what it filed stays."""
    if organisation.merged_into_id is not None or organisation.dissolved_on is not None:
        raise Refusal("Cette structure est déjà dissoute, ou réunie à une autre.")
    if organisation.created_on is not None and on < organisation.created_on:
        raise Refusal("La dissolution ne peut pas précéder la création.", "on")
    organisation.dissolved_on = on
    record(actor, "organisation.dissolved", organisation, on=on, reason=reason)


def revive(organisation: Organisation, reason: str, *, actor: Actor) -> None:
    """The dissolution was a mistake."""
    if organisation.dissolved_on is None:
        raise Refusal("Cette structure n’est pas dissoute.")
    before, organisation.dissolved_on = organisation.dissolved_on, None
    record(actor, "organisation.revived", organisation, dissolved_on=before, reason=reason)

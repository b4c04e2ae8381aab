"""Changing a thing from a screen: what differs is written and told to the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal


def change(thing: Any, values: Mapping[str, object], *, actor: Actor, action: str) -> bool:
    """Bring `thing` to `values` and record before and after; False when nothing differs."""
    changed = {name: [getattr(thing, name), value] for name, value in values.items() if getattr(thing, name) != value}
    for name, value in values.items():
        setattr(thing, name, value)
    if changed:
        record(actor, action, thing, changes=changed)
    return bool(changed)


def add(thing: Any, *, actor: Actor, action: str, label: str) -> Any:
    """Keep a new thing and record it."""
    db.session.add(thing)
    record(actor, action, thing, label=label)
    return thing


def remove(thing: Any, *, actor: Actor, action: str, label: str) -> None:
    """Delete a thing nothing hangs on."""
    record(actor, action, thing, label=label)
    db.session.delete(thing)
    db.session.flush()


def retire(thing: Any, *, actor: Actor, action: str) -> None:
    """Take a thing out of the lists offered; what already uses it keeps it."""
    if thing.retired_at is not None:
        raise Refusal("Cette ligne est déjà retirée.")
    thing.retired_at = clock.now()
    record(actor, action, thing)


def restore(thing: Any, *, actor: Actor, action: str) -> None:
    """Offer a retired thing again."""
    if thing.retired_at is None:
        raise Refusal("Cette ligne n’est pas retirée.")
    thing.retired_at = None
    record(actor, action, thing)


def move(thing: Any, siblings: Sequence[Any], *, up: bool, actor: Actor, action: str) -> None:
    """Exchange a thing with its neighbour among `siblings`, given in order, and number them anew."""
    order = list(siblings)
    place = order.index(thing)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        raise Refusal("Cette ligne est déjà au bout de la liste.")
    order[place], order[other] = order[other], order[place]
    for position, each in enumerate(order, start=1):
        each.position = position
    record(actor, action, thing, position=other + 1)

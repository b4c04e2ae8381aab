"""Keeping and forgetting the views of a list."""

from __future__ import annotations

from portal.contracts.models import SavedView
from portal.contracts.queries import saved_views as queries
from portal.contracts.rules.saved_views import LONGEST_QUERY, check_room, checked_name, kept_query
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal


def save_view(
    contract_id: int, place: str, name: str, query: str, *, is_shared: bool, actor: Actor, person_id: int
) -> SavedView:
    """Keep a list's filters, order and columns under a name; the same name again replaces them.

    Raises Refusal, on `name` when it is the matter.
    """
    words, kept = checked_name(name), kept_query(query)
    if len(kept) > LONGEST_QUERY:
        raise Refusal("Cette vue a trop de critères pour être gardée.")
    view = queries.own_named(words, contract_id, place, person_id)
    if view is None:
        check_room(queries.own_count(contract_id, place, person_id))
        view = SavedView(contract_id=contract_id, person_id=person_id, place=place)
        db.session.add(view)
    view.name, view.name_fold, view.query, view.is_shared = words, fold(words), kept, is_shared
    db.session.flush()
    record(actor, "view.saved", view, place=place, is_shared=is_shared)
    return view


def forget_view(view: SavedView, *, actor: Actor) -> None:
    """Remove a view; those it was shared with lose it too."""
    record(actor, "view.forgotten", view, place=view.place)
    db.session.delete(view)

"""The saved views of a list."""

from __future__ import annotations

import sqlalchemy as sa

from portal.contracts.models import SavedView
from portal.extensions import db
from portal.foundation.folding import fold


def views_of(contract_id: int, place: str, person_id: int) -> list[SavedView]:
    """One's own views of a list and those shared by others, by name."""
    statement = (
        sa.select(SavedView)
        .where(
            SavedView.contract_id == contract_id,
            SavedView.place == place,
            sa.or_(SavedView.person_id == person_id, SavedView.is_shared),
        )
        .order_by(SavedView.name_fold, SavedView.id)
    )
    return list(db.session.scalars(statement))


def own_view(view_id: int, contract_id: int, place: str, person_id: int) -> SavedView | None:
    """A view of that list that the person made; None for anybody else's."""
    statement = _own(contract_id, place, person_id).where(SavedView.id == view_id)
    return db.session.scalars(statement).one_or_none()


def own_named(name: str, contract_id: int, place: str, person_id: int) -> SavedView | None:
    """The person's view of that name, accents and capitals aside."""
    statement = _own(contract_id, place, person_id).where(SavedView.name_fold == fold(name))
    return db.session.scalars(statement).one_or_none()


def own_count(contract_id: int, place: str, person_id: int) -> int:
    counted = sa.select(sa.func.count()).select_from(_own(contract_id, place, person_id).subquery())
    return db.session.execute(counted).scalar_one()


def _own(contract_id: int, place: str, person_id: int) -> sa.Select[tuple[SavedView]]:
    return sa.select(SavedView).where(
        SavedView.contract_id == contract_id, SavedView.place == place, SavedView.person_id == person_id
    )

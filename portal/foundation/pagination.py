"""Lists paged in the database: two queries whatever the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of `rows` out of `total`; pages count from 1."""

    rows: Sequence[Any]
    number: int
    per_page: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.last


def asked_page() -> int:
    """The page number of the address (?page=3); anything odd is page 1."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def paged(statement: sa.Select[Any], number: int, per_page: int = PER_PAGE) -> Page:
    """Run an ordered select for one page; a page past the end answers the last one."""
    from portal.extensions import db

    counted = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    total = db.session.execute(counted).scalar_one()
    number = min(number, max(1, -(-total // per_page)))
    rows = db.session.execute(statement.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows, number, per_page, total)

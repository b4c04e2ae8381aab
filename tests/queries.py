"""Counting the queries of a page: the same for 1 row and for 200."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from portal.extensions import db


@dataclass
class Counter:
    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def counted() -> Iterator[Counter]:
    """Collect the SELECTs and writes sent while the block runs."""
    counter = Counter()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counter.statements.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield counter
    finally:
        event.remove(engine, "before_cursor_execute", note)

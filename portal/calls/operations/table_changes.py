"""Telling the pages of the programming table what changed: a revision per call, kept on what it touched.

Operations say what they touch as they go. It is settled once, at the end of their unit of work: each
call's revision moves by one under its row's lock, so that revisions are in the order of the commits,
and a page that saw one of them asks for what bears a later one.
"""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from portal.calls.models import Application, Call, FundingLine
from portal.calls.operations.apportioning import reapportion_lines
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.database import before_commit


def touch_line(line: FundingLine, actor: Actor) -> None:
    """A funding line changed: its amounts, its status. Its parts by quartier are rewritten too."""
    _changes().lines[line] = actor.person_id


def touch_application(application: Application) -> None:
    """What the table shows of the whole application changed: its decision, opinions, score."""
    _changes().applications.add(application)


def touch_call(call_id: int) -> None:
    """Something else of the table changed: an envelope, who may see what."""
    _changes().calls.add(call_id)


class TableChanges:
    """What one unit of work touched."""

    def __init__(self) -> None:
        self.lines: dict[FundingLine, int | None] = {}
        self.applications: set[Application] = set()
        self.calls: set[int] = set()

    def __call__(self) -> None:
        """Move the revisions, write them on what was touched, and the parts of the lines by quartier."""
        revisions = self._next_revisions()
        by_author: dict[tuple[int, int | None], list[int]] = defaultdict(list)
        for line, author in self.lines.items():
            by_author[line.application.call_id, author].append(line.id)
        for (call_id, author), ids in by_author.items():
            _write(FundingLine, ids, table_revision=revisions[call_id], table_author_id=author)
        by_call: dict[int, list[int]] = defaultdict(list)
        for application in self.applications:
            by_call[application.call_id].append(application.id)
        for call_id, ids in by_call.items():
            _write(Application, ids, table_revision=revisions[call_id])
        if self.lines:
            reapportion_lines([line.id for line in self.lines])

    def _next_revisions(self) -> dict[int, int]:
        # The calls last: whoever holds one has all the locks it needs, and nobody waits in a circle.
        touched = sorted(application.id for application in self.applications)
        if touched:
            locked = sa.select(Application.id).where(Application.id.in_(touched)).order_by(Application.id)
            db.session.execute(locked.with_for_update(key_share=True))
        owners = {*(line.application for line in self.lines), *self.applications}
        return {call_id: _moved(call_id) for call_id in sorted(self.calls | {each.call_id for each in owners})}


def _changes() -> TableChanges:
    return before_commit(TableChanges)


def _moved(call_id: int) -> int:
    statement = (
        sa.update(Call)
        .where(Call.id == call_id)
        .values(table_revision=Call.table_revision + 1)
        .returning(Call.table_revision)
    )
    return int(db.session.execute(statement, execution_options={"synchronize_session": False}).scalar_one())


def _write(model: type[FundingLine] | type[Application], ids: list[int], **values: int | None) -> None:
    db.session.execute(
        sa.update(model).where(model.id.in_(ids)).values(**values),
        execution_options={"synchronize_session": False},
    )

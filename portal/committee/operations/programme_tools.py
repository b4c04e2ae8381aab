"""What a tool of the programming table previewed, written in one go or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.calls.models import Application, Call, FundingLine
from portal.calls.states import FundingStatus
from portal.committee.operations.arbitration import bump_table
from portal.committee.operations.programme import put_proposal
from portal.committee.queries import programme as table
from portal.committee.queries import programme_tools as queries
from portal.committee.queries.programme import Reader
from portal.committee.queries.programme_tools import Choice, ToolLine
from portal.committee.rules.programme_tools import Settings, result_for
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.money import format_euros
from portal.foundation.refusals import Conflict, Refusal

CHANGED = "Des lignes ont changé depuis l’aperçu : rien n’a été écrit. Comparez, puis cochez celles à appliquer."
GONE = "Cette ligne n’est plus dans votre tableau"


@dataclass(frozen=True)
class Seen:
    """A line as its author saw it in the preview: its version, and the amount it would take."""

    line_id: int
    version: int
    cents: int


def apply_tool(
    call: Call,
    reader: Reader,
    choice: Choice,
    settings: Settings,
    seen: Sequence[Seen],
    *,
    actor: Actor,
    roles: Mapping[int, Collection[str]],
) -> int:
    """Propose the previewed amounts, all or none; returns how many lines.

    `roles` are its author's on each funder's lines. The same preview sent twice writes once. Raises
    Conflict when a line is no longer what was seen: `theirs` and `mine` hold words by line id.
    """
    if not seen:
        raise Refusal("Cochez au moins une ligne.")
    lines = _locked(seen)
    # A line that got a proposal meanwhile must be told, whatever the choice says of proposals.
    choice = replace(choice, seen=frozenset(lines))
    found = queries.tool_lines(call, reader, choice, table.envelopes(call, reader))
    now = {line.id: line for line in found}
    if all(_is_done(now.get(each.line_id), each) for each in seen):
        return len(seen)
    _check_as_seen(seen, now, settings)
    for each in seen:
        line = lines[each.line_id]
        put_proposal(line, each.cents, actor=actor, roles=roles[line.funder_id], tool=settings.words)
    bump_table(call.id)
    return len(seen)


def _locked(seen: Sequence[Seen]) -> dict[int, FundingLine]:
    """The lines, locked in the order of their ids so that two authors wait instead of crossing."""
    found = db.session.scalars(
        sa.select(FundingLine)
        .where(FundingLine.id.in_({each.line_id for each in seen}))
        .order_by(FundingLine.id)
        .with_for_update(of=FundingLine)
        .options(joinedload(FundingLine.funder), joinedload(FundingLine.application).joinedload(Application.call))
        .execution_options(populate_existing=True)
    )
    return {line.id: line for line in found}


def _is_done(line: ToolLine | None, seen: Seen) -> bool:
    """Whether the very next writing of the line was this one: a button pressed twice."""
    return (
        line is not None
        and line.version == seen.version + 1
        and line.facts.proposed == seen.cents
        and line.facts.status is FundingStatus.PROPOSED
    )


def _check_as_seen(seen: Sequence[Seen], now: Mapping[int, ToolLine], settings: Settings) -> None:
    theirs = {}
    for each in seen:
        line = now.get(each.line_id)
        if line is None:
            theirs[each.line_id] = GONE
        elif line.version != each.version or result_for(settings, line.facts).cents != each.cents:
            stored = line.facts.proposed
            theirs[each.line_id] = "aucune proposition" if stored is None else format_euros(stored)
    if theirs:
        mine = {each.line_id: format_euros(each.cents) for each in seen if each.line_id in theirs}
        raise Conflict(CHANGED, theirs=theirs, mine=mine)

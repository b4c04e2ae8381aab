"""The plain lists of a contract: axes, priorities of a year, bodies, working groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from portal.contracts.models import Axis, Contract, GovernanceBody, Priority
from portal.contracts.operations import editing
from portal.contracts.rules.settings import checked_new_label
from portal.extensions import db
from portal.foundation.actors import Actor

Line = Axis | Priority | GovernanceBody


@dataclass(frozen=True)
class ListKind:
    """One of the lists: its table, where its label stands, whether it goes by year."""

    model: type[Axis] | type[Priority] | type[GovernanceBody]
    event: str
    label_column: str = "label"
    by_year: bool = False
    fixed: Mapping[str, object] = field(default_factory=dict)

    @property
    def can_be_retired(self) -> bool:
        """Applications hang on axes and priorities, which are retired; bodies are simply removed."""
        return self.model is not GovernanceBody


KINDS: Mapping[str, ListKind] = {
    "axes": ListKind(Axis, "axis"),
    "priorites": ListKind(Priority, "priority", by_year=True),
    "instances": ListKind(GovernanceBody, "governance_body", "name", fixed={"is_working_group": False}),
    "groupes": ListKind(GovernanceBody, "governance_body", "name", fixed={"is_working_group": True}),
}


def line_of(contract: Contract, kind: ListKind, line_id: int) -> Line | None:
    """A line of this list in this contract."""
    return next((line for line in lines_of(contract, kind) if line.id == line_id), None)


def lines_of(contract: Contract, kind: ListKind, year: int | None = None) -> list[Line]:
    """The lines of a list in order; of a list by year, those of one year when it is given."""
    model = kind.model
    statement = sa.select(model).where(model.contract_id == contract.id).order_by(model.position, model.id)
    for name, value in kind.fixed.items():
        statement = statement.where(getattr(model, name) == value)
    if year is not None:
        statement = statement.where(Priority.year == year)
    return list(db.session.scalars(statement))


def label_of(kind: ListKind, line: Line) -> str:
    label: str = getattr(line, kind.label_column)
    return label


def add_line(contract: Contract, kind: ListKind, label: str, year: int | None, *, actor: Actor) -> Line:
    """Add a line at the end of its list (of its year)."""
    siblings = lines_of(contract, kind, year)
    checked_new_label(label, [label_of(kind, line) for line in _rivals(contract, kind, year)])
    values = {kind.label_column: label, **kind.fixed} | ({"year": year} if kind.by_year else {})
    position = max((line.position for line in siblings), default=0) + 1
    line = kind.model(contract_id=contract.id, position=position, **values)
    editing.add(line, actor=actor, action=f"{kind.event}.added", label=label)
    return line


def rename_line(contract: Contract, kind: ListKind, line: Line, label: str, year: int | None, *, actor: Actor) -> None:
    others = [other for other in _rivals(contract, kind, year) if other.id != line.id]
    checked_new_label(label, [label_of(kind, other) for other in others])
    values: dict[str, object] = {kind.label_column: label}
    if kind.by_year:
        values["year"] = year
    editing.change(line, values, actor=actor, action=f"{kind.event}.changed")


def retire_line(kind: ListKind, line: Line, *, actor: Actor) -> None:
    if kind.can_be_retired:
        editing.retire(line, actor=actor, action=f"{kind.event}.retired")
    else:
        editing.remove(line, actor=actor, action=f"{kind.event}.removed", label=label_of(kind, line))


def restore_line(kind: ListKind, line: Line, *, actor: Actor) -> None:
    editing.restore(line, actor=actor, action=f"{kind.event}.restored")


def move_line(contract: Contract, kind: ListKind, line: Line, *, up: bool, actor: Actor) -> None:
    year = line.year if isinstance(line, Priority) else None
    editing.move(line, lines_of(contract, kind, year), up=up, actor=actor, action=f"{kind.event}.moved")


def _rivals(contract: Contract, kind: ListKind, year: int | None) -> list[Line]:
    """The lines a label must differ from: bodies and groups share one list of names."""
    if kind.model is GovernanceBody:
        return list(db.session.scalars(sa.select(GovernanceBody).where(GovernanceBody.contract_id == contract.id)))
    return lines_of(contract, kind, year)

"""Reading one row: every faulty cell is told, not only the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from portal.exchange.rules.sent import cells
from portal.exchange.rules.sent.cells import BadCell
from portal.exchange.rules.sent.columns import Reader
from portal.exchange.rules.sent.matching import KnownLine, KnownLines, Named
from portal.exchange.rules.sent.report import Fault
from portal.exchange.rules.sent.tables import SentRow
from portal.foundation.workbooks import SentCell

T = TypeVar("T")


class FaultyRow(ValueError):
    """A row that cannot be used; `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass
class RowReading:
    """A row being read."""

    reader: Reader
    row: SentRow
    faults: list[Fault] = field(default_factory=list)

    def take(self, key: str, read: Callable[[SentCell], T]) -> T | None:
        """What a cell says, None when it is empty or wrong (then told)."""
        cell = self.reader.cell(self.row, key)
        if not cell.column:
            return None
        if self.reader.table.merged_at(cell):
            self.wrong(key, "cellules fusionnées : défusionnez-les, et écrivez la valeur sur chaque ligne.")
            return None
        try:
            return read(cell)
        except BadCell as bad:
            self.wrong(key, str(bad.args[0]))
            return None

    def wrong(self, key: str, message: str) -> None:
        self.faults.append(self._fault(key, message))

    def faulty(self, key: str, message: str) -> FaultyRow:
        """The same, to be raised."""
        return FaultyRow(self._fault(key, message))

    def _fault(self, key: str, message: str) -> Fault:
        cell = self.reader.cell(self.row, key)
        place = self.reader.place(cell) if cell.column else f"ligne {self.row.number}"
        return Fault(place, message)

    def named(self) -> Named:
        """What the row says of its application."""
        return Named(
            self.take("reference", cells.words) or "",
            self.take("number", cells.words) or "",
            self.take("siret", cells.siret) or "",
            self.take("title", cells.words) or "",
            self.take("nature", cells.words) or "",
        )

    def line(self, known: KnownLines) -> KnownLine | None:
        """The funding line it means, None when it cannot be told (then said why)."""
        before = len(self.faults)
        named = self.named()
        if len(self.faults) > before:
            return None
        try:
            return known.found(named)
        except BadCell as bad:
            self.wrong(str(bad.args[1]), str(bad.args[0]))
            return None

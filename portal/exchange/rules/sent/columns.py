"""The columns of a sent table: known by their headings, or by what a person chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.exchange.rules.sent.tables import SentRow, SentTable, bare
from portal.exchange.rules.tables import UnusableTable
from portal.foundation.workbooks import SentCell


@dataclass(frozen=True)
class Column:
    """Something a table may say: its key, its words, the headings under which it is met (as `bare` writes them)."""

    key: str
    label: str
    names: frozenset[str]

    @classmethod
    def named(cls, key: str, label: str, *others: str) -> Column:
        return cls(key, label, frozenset({bare(label), *others}))


REFERENCE = Column.named("reference", "Dossier", "reference", "reference du dossier", "dossier portail")
NUMBER = Column.named(
    "number", "N° chez le financeur", "numero chez le financeur", "n dauphin", "numero dauphin", "numero de dossier",
    "n de dossier", "n dossier", "numero dossier", "code dossier", "numero de demande", "n demande",
)  # fmt: skip
SIRET = Column.named("siret", "SIRET", "n siret", "numero siret", "siret du tiers", "siret porteur", "code siret")
TITLE = Column.named(
    "title", "Action", "titre", "intitule", "projet", "intitule du projet", "intitule de l action", "objet",
    "titre de l action", "nom de l action", "libelle du projet",
)  # fmt: skip
NATURE = Column.named("nature", "Nature des crédits")
IDENTIFYING = (REFERENCE, NUMBER, SIRET, TITLE, NATURE)


def guessed(table: SentTable, columns: Sequence[Column]) -> dict[str, int]:
    """{key: column of the table} of the headings known; the first of two alike is taken."""
    found: dict[str, int] = {}
    for place in sorted(table.headings):
        heading = bare(table.headings[place])
        for column in columns:
            if column.key not in found and heading in column.names:
                found[column.key] = place
                break
    return found


def is_known(columns: Sequence[Column], heading: str) -> bool:
    return any(heading in column.names for column in columns)


def check_present(places: Mapping[str, int], required: Sequence[Column]) -> None:
    """Raises UnusableTable naming the columns that are not there, or when nothing says which application is meant."""
    missing = [f"« {column.label} »" for column in required if column.key not in places]
    if missing:
        plural = len(missing) > 1
        raise UnusableTable(f"{'Colonnes absentes' if plural else 'Colonne absente'} : {', '.join(missing)}.")
    named = {REFERENCE.key, NUMBER.key} & places.keys() or {SIRET.key, TITLE.key} <= places.keys()
    if not named:
        raise UnusableTable(
            "Rien ne dit de quel dossier il s’agit : il faut une colonne « Dossier », « N° chez le financeur », ou "
            "« SIRET » et « Action »."
        )


@dataclass(frozen=True)
class Reader:
    """The cells of a table by key."""

    table: SentTable
    places: Mapping[str, int]

    def cell(self, row: SentRow, key: str) -> SentCell:
        place = self.places.get(key)
        return SentCell(row.number, 0, None, False) if place is None else row.at(place)

    def place(self, cell: SentCell) -> str:
        return self.table.place(cell)

"""How somebody lays the programming table out: its columns, its groups, its order. All in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.calls.states import LabelledEnum


class Column(LabelledEnum):
    """The columns one may do without, in their order; the funder and what is proposed are always there."""

    REQUESTED = "demande", "Demandé"
    PREVIOUS = "n-1", "Attribué N−1"
    EARLIER = "n-2", "Attribué N−2"
    OPINION = "avis", "Avis"
    ARBITRATED = "arbitre", "Arbitré"
    GRANTED = "attribue", "Attribué"
    STATUS = "etat", "État"


class Group(LabelledEnum):
    """What the applications are put together by."""

    QUARTIER = "quartier", "Quartier"
    PILLAR = "pilier", "Pilier"
    ORGANISATION = "structure", "Structure"
    FUNDER = "financeur", "Financeur"


class Sort(LabelledEnum):
    """The order of the applications, within their group."""

    NUMBER = "numero", "Numéro"
    TITLE = "titre", "Titre"
    ORGANISATION = "structure", "Structure"
    REQUESTED = "demande", "Montant demandé"
    PROPOSED = "propose", "Montant proposé"
    ARBITRATED = "arbitre", "Montant arbitré"
    GRANTED = "attribue", "Montant attribué"

    @property
    def is_amount(self) -> bool:
        return self in {Sort.REQUESTED, Sort.PROPOSED, Sort.ARBITRATED, Sort.GRANTED}


@dataclass(frozen=True)
class Layout:
    """How the table is laid out; `sort` None is the order of the committee (later years of agreements first)."""

    columns: frozenset[Column] = frozenset(Column)
    group: Group | None = None
    sort: Sort | None = None
    descending: bool = False


BARE = Layout()


def read_layout(columns: Iterable[str] | None, group: str, sort: str) -> Layout:
    """The layout of an address, whatever is odd in it left aside; `columns` None shows them all."""
    shown = frozenset(Column) if columns is None else frozenset(each for each in Column if each.value in set(columns))
    word = sort.removeprefix("-")
    order = next((each for each in Sort if each.value == word), None)
    chosen = next((each for each in Group if each.value == group), None)
    return Layout(shown, chosen, order, order is not None and sort.startswith("-"))

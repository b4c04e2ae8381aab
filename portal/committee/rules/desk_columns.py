"""The columns of the instruction queue. Its number and its project always show."""

from __future__ import annotations

from collections.abc import Iterable

from portal.calls.states import LabelledEnum


class DeskColumn(LabelledEnum):
    """A column that may be shown, under the name it has in the address."""

    ORGANISATION = "structure", "Structure"
    STAGE = "attend", "Attend"
    STATUS = "etat", "État"
    QUARTIERS = "quartiers", "Quartiers"
    THEME = "thematique", "Thématique"
    FILED = "depot", "Déposé le"
    PEOPLE = "public", "Personnes attendues"
    ASSESSMENTS = "analyses", "Analyses rendues"
    OPINIONS = "avis", "Avis rendus"
    REQUESTED = "demande", "Demandé"
    GRANTED_BEFORE = "n1", "Attribué à la structure N−1"


USUAL_COLUMNS = (DeskColumn.ORGANISATION, DeskColumn.STAGE, DeskColumn.STATUS, DeskColumn.REQUESTED)

FIGURES = frozenset(
    {
        DeskColumn.PEOPLE,
        DeskColumn.ASSESSMENTS,
        DeskColumn.OPINIONS,
        DeskColumn.REQUESTED,
        DeskColumn.GRANTED_BEFORE,
    }
)
"""The columns whose figures stand to the right."""


def columns_asked(names: Iterable[str]) -> tuple[DeskColumn, ...]:
    """The columns that an address names, in their own order; the usual ones when it names none."""
    asked = set(names)
    return tuple(column for column in DeskColumn if column.value in asked) or USUAL_COLUMNS

"""The sheets « Indicateurs » and « Bilans » of the délégué du Préfet's workbook, from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from portal.calls.states import Phase
from portal.foundation.spreadsheets import Column

INDICATEURS = (
    Column("N° de dossier", width=13),
    Column("Structure", width=34),
    Column("Action", width=40),
    Column("Code", width=10),
    Column("Indicateur", width=40),
    Column("Unité", width=16),
    Column("Cible", "number", 12),
    Column("Réalisé", "number", 12),
    Column("Réalisé, partie du taux", "whole", 14),
    Column("Réalisé, ensemble du taux", "whole", 14),
    Column("Non mesuré, pourquoi", width=34),
    Column("Source", width=30),
)
BILANS = (
    Column("N° de dossier", width=13),
    Column("Structure", width=34),
    Column("Action", width=40),
    Column("Bilan", width=22),
    Column("État", width=22),
    Column("Échéance", "day", 12),
    Column("Envoyé le", "day", 12),
    Column("Accepté le", "day", 12),
    Column("Personnes touchées", "whole", 12),
)


def indicator_rows(measures: Iterable[Any], dossiers: Mapping[int, Any]) -> list[list[Any]]:
    """One row per application and indicator: its target (the adjusted one if there is one) beside its value."""
    found: dict[tuple[int, int | None, str], dict[Phase, Any]] = {}
    for each in measures:
        key = (each.application_id, each.indicator_id, each.label)
        found.setdefault(key, {})[each.phase] = each
    return [_indicator_row(dossiers[application_id], by_phase) for (application_id, *_), by_phase in found.items()]


def _indicator_row(dossier: Any, by_phase: Mapping[Phase, Any]) -> list[Any]:
    target = by_phase.get(Phase.ADJUSTED) or by_phase.get(Phase.EXPECTED)
    actual = by_phase.get(Phase.ACTUAL)
    named: Any = actual or target
    return [
        dossier.reference,
        dossier.organisation,
        dossier.title,
        named.code,
        named.label,
        named.unit,
        _value(target),
        _value(actual),
        actual.numerator if actual else None,
        actual.denominator if actual else None,
        actual.not_measured_reason if actual else None,
        actual.source if actual else None,
    ]


def _value(measure: Any) -> Decimal | None:
    """The number itself; a share in percent, of two decimals."""
    if measure is None:
        return None
    if measure.denominator:
        return round(Decimal(measure.numerator or 0) * 100 / Decimal(measure.denominator), 2)
    return None if measure.value_thousandths is None else Decimal(measure.value_thousandths) / 1000


def bilan_row(bilan: Any, dossier: Any) -> list[Any]:
    return [
        dossier.reference,
        dossier.organisation,
        dossier.title,
        bilan.kind.label,
        bilan.status.label,
        bilan.due_on,
        bilan.submitted_at,
        bilan.accepted_at,
        bilan.people_reached,
    ]

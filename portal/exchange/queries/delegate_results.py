"""What the chosen applications aimed at and gave, for the délégué du Préfet's workbook: one query per sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Organisation
from portal.calls.models import Application, Measure
from portal.calls.states import Phase
from portal.contracts.models import Indicator
from portal.evaluation.models import Bilan
from portal.evaluation.queries.aggregation import returned
from portal.evaluation.rules.cycle import RECEIVED
from portal.evaluation.states import BilanKind, BilanStatus
from portal.extensions import db


@dataclass(frozen=True)
class MeasureRow:
    """A target or a value of an application. Thousandths; a ratio by its two parts."""

    application_id: int
    indicator_id: int | None
    code: str | None
    label: str
    unit: str | None
    phase: Phase
    value_thousandths: int | None
    numerator: int | None
    denominator: int | None
    not_measured_reason: str | None
    source: str | None


@dataclass(frozen=True)
class BilanRow:
    """The state of a bilan; `people_reached` is None until it is sent."""

    application_id: int
    kind: BilanKind
    status: BilanStatus
    due_on: date | None
    submitted_at: datetime | None
    accepted_at: datetime | None
    people_reached: int | None


def measures(chosen: sa.Select[tuple[int]]) -> list[MeasureRow]:
    """Targets, and values once their bilan is sent: what an association is still writing is its own."""
    statement = (
        sa.select(
            Measure.application_id,
            Measure.indicator_id,
            Indicator.code,
            sa.func.coalesce(Indicator.label, Measure.own_label),
            Indicator.unit,
            Measure.phase,
            Measure.value_thousandths,
            Measure.numerator,
            Measure.denominator,
            Measure.not_measured_reason,
            Measure.source,
        )
        .join(Application, Application.id == Measure.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Indicator, Indicator.id == Measure.indicator_id)
        .where(
            Measure.application_id.in_(chosen),
            sa.or_(Measure.phase != Phase.ACTUAL, Measure.application_id.in_(returned())),
        )
        .order_by(*_AS_DOSSIERS, Indicator.position.is_(None), Indicator.position, Measure.id)
    )
    return [MeasureRow(*row) for row in db.session.execute(statement)]


def bilans(chosen: sa.Select[tuple[int]]) -> list[BilanRow]:
    received = Bilan.status.in_(RECEIVED)
    statement = (
        sa.select(
            Bilan.application_id,
            Bilan.kind,
            Bilan.status,
            Bilan.due_on,
            Bilan.submitted_at,
            Bilan.accepted_at,
            sa.case((received, Bilan.people_reached)),
        )
        .join(Application, Application.id == Bilan.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Bilan.application_id.in_(chosen))
        .order_by(*_AS_DOSSIERS, Bilan.due_on, Bilan.id)
    )
    return [BilanRow(*row) for row in db.session.execute(statement)]


_AS_DOSSIERS: tuple[Any, ...] = (Organisation.name_fold, Application.title_fold, Application.id)

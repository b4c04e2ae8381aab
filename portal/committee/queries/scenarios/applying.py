"""The lines of a scenario that a person may turn into proposals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.calls.models import Application, FundingLine
from portal.committee.models import ScenarioAmount
from portal.contracts.models import Funder
from portal.extensions import db
from portal.foundation.money import format_euros


def rows_to_apply(scenario_id: int, application_ids: Collection[int] | None) -> list[ScenarioAmount]:
    """What was not made a proposal yet, with its lines as they are now, locked until the work ends."""
    statement = (
        sa.select(ScenarioAmount)
        .join(ScenarioAmount.funding_line)
        .join(FundingLine.application)
        .where(*_pending(scenario_id, application_ids))
        .order_by(Application.number, FundingLine.id)
        .options(
            contains_eager(ScenarioAmount.funding_line).options(
                contains_eager(FundingLine.application).joinedload(Application.call), joinedload(FundingLine.funder)
            )
        )
        .with_for_update(of=FundingLine)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class FunderSummary:
    """What taking up a selection writes on the lines of one funder; cents."""

    funder: str
    lines: int
    proposed_cents: int
    amount_cents: int
    moved: int


def summary(scenario_id: int, application_ids: Collection[int] | None) -> list[FunderSummary]:
    """By funder: how many lines, what is proposed now, what would be, how many changed since the computing."""
    moved = sa.case((FundingLine.version != ScenarioAmount.line_version, 1), else_=0)
    statement = (
        sa.select(
            Funder.name,
            sa.func.count(ScenarioAmount.id),
            sa.func.coalesce(sa.func.sum(FundingLine.proposed_cents), 0),
            sa.func.sum(ScenarioAmount.amount_cents),
            sa.func.sum(moved),
        )
        .join(FundingLine, FundingLine.id == ScenarioAmount.funding_line_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(*_pending(scenario_id, application_ids))
        .group_by(Funder.id, Funder.name, Funder.position)
        .order_by(Funder.position, Funder.name)
    )
    return [FunderSummary(row[0], *(int(value) for value in row[1:])) for row in db.session.execute(statement)]


def moved_versions(scenario_id: int, application_ids: Collection[int] | None) -> dict[int, int]:
    """The present version of each line that changed since the computing, {line id: version}."""
    rows = db.session.execute(
        sa.select(FundingLine.id, FundingLine.version)
        .join(ScenarioAmount, ScenarioAmount.funding_line_id == FundingLine.id)
        .where(*_pending(scenario_id, application_ids), FundingLine.version != ScenarioAmount.line_version)
        .order_by(FundingLine.id)
    )
    return {row[0]: row[1] for row in rows}


def _pending(scenario_id: int, application_ids: Collection[int] | None) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        ScenarioAmount.scenario_id == scenario_id,
        ScenarioAmount.applied_at.is_(None),
    ]
    if application_ids is not None:
        conditions.append(FundingLine.application_id.in_(application_ids))
    return conditions


def named(row: ScenarioAmount) -> str:
    """« Dossier 2026-003, Ville »."""
    return f"Dossier {row.funding_line.application.reference}, {row.funding_line.funder.name}"


def proposed_words(row: ScenarioAmount) -> str:
    """What is proposed now, in words."""
    cents = row.funding_line.proposed_cents
    state = row.funding_line.status.label.lower()
    return f"aucune proposition ({state})" if cents is None else f"{format_euros(cents)} ({state})"

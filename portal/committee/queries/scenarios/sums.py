"""What scenarios give by funder, quartier and pillar: parts add up to the whole, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.calls.models import Application, Call, FundingLine, Placement
from portal.calls.rules.apportioning import parts
from portal.committee.models import Scenario, ScenarioAmount
from portal.committee.queries.scenarios.facts import pillars_of
from portal.contracts.models import Funder, Theme
from portal.extensions import db


@dataclass(frozen=True)
class Sum:
    """What is asked in a group, and what each scenario gives it; cents."""

    label: str
    requested_cents: int
    amounts: tuple[int, ...]


@dataclass(frozen=True)
class Sums:
    """The same money, grouped in several ways, for one or several scenarios."""

    whole: Sum
    funders: tuple[Sum, ...]
    quartiers: tuple[Sum, ...]
    pillars: tuple[Sum, ...]


Cells = Mapping[tuple[int, int], tuple[int, int]]
"""(requested, amount) in cents by (scenario, group)."""


def sums(call: Call, scenarios: Sequence[Scenario]) -> Sums:
    """What scenarios of a call give by funder, quartier and pillar; parts add up to the whole, to the cent."""
    ids = [scenario.id for scenario in scenarios]
    by_application = _cells(ids, FundingLine.application_id)
    funders = _cells(ids, FundingLine.funder_id)
    names = _funder_names()
    quartier_names = {quartier.id: quartier.name for quartier in call.quartiers}
    return Sums(
        _sum("Ensemble", ids, {(each, 0): _added(by_application, each) for each in ids}, 0),
        _grouped(ids, funders, names, ""),
        _grouped(ids, _by_quartier(by_application), quartier_names, "Non réparti"),
        _grouped(ids, _by_pillar(by_application), pillars_of(call), "Sans pilier"),
    )


def _cells(ids: Sequence[int], group: InstrumentedAttribute[int]) -> dict[tuple[int, int], tuple[int, int]]:
    rows = db.session.execute(
        sa.select(
            ScenarioAmount.scenario_id,
            group,
            sa.func.sum(ScenarioAmount.requested_cents),
            sa.func.sum(ScenarioAmount.amount_cents),
        )
        .join(FundingLine, FundingLine.id == ScenarioAmount.funding_line_id)
        .where(ScenarioAmount.scenario_id.in_(ids))
        .group_by(ScenarioAmount.scenario_id, group)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}


def _added(cells: Cells, scenario_id: int) -> tuple[int, int]:
    mine = [cell for (scenario, _group), cell in cells.items() if scenario == scenario_id]
    return sum(cell[0] for cell in mine), sum(cell[1] for cell in mine)


def _funder_names() -> dict[int, str]:
    rows = db.session.execute(sa.select(Funder.id, Funder.name).order_by(Funder.position, Funder.name))
    return {row[0]: row[1] for row in rows}


NO_GROUP = 0


def _by_quartier(cells: Cells) -> Cells:
    """Amounts of applications shared among their quartiers; what cannot be shared has no group."""
    placed: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for application_id, quartier_id, share in db.session.execute(
        sa.select(Placement.application_id, Placement.quartier_id, Placement.share_bp)
        .where(Placement.application_id.in_({application for _scenario, application in cells}))
        .order_by(Placement.application_id, Placement.id)
    ):
        placed[application_id].append((quartier_id, share))
    found: dict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (scenario, application), cell in cells.items():
        places = placed.get(application, [])
        shared = [parts(cents, [share for _quartier, share in places]) for cents in cell]
        if not places or None in shared[0]:
            _add(found, (scenario, NO_GROUP), cell)
            continue
        for index, (quartier, _share) in enumerate(places):
            _add(found, (scenario, quartier), (shared[0][index] or 0, shared[1][index] or 0))
    return found


def _by_pillar(cells: Cells) -> Cells:
    rows = db.session.execute(
        sa.select(Application.id, sa.case((Theme.depth == 0, Theme.id), else_=Theme.parent_id))
        .join(Theme, Theme.id == Application.main_theme_id)
        .where(Application.id.in_({application for _scenario, application in cells}))
    )
    pillar_of = {row[0]: row[1] for row in rows}
    found: dict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (scenario, application), cell in cells.items():
        _add(found, (scenario, pillar_of.get(application) or NO_GROUP), cell)
    return found


def _add(found: dict[tuple[int, int], tuple[int, int]], key: tuple[int, int], cell: tuple[int, int]) -> None:
    requested, amount = found[key]
    found[key] = (requested + cell[0], amount + cell[1])


def _grouped(ids: Sequence[int], cells: Cells, labels: Mapping[int, str], rest: str) -> tuple[Sum, ...]:
    """The groups in the order of their labels, what has none at the end."""
    known = {group for _scenario, group in cells}
    told = tuple(_sum(label, ids, cells, group) for group, label in labels.items() if group in known)
    return (*told, _sum(rest, ids, cells, NO_GROUP)) if known - set(labels) else told


def _sum(label: str, ids: Sequence[int], cells: Cells, group: int) -> Sum:
    """The request is the same in all, save for what another read when the table had changed: the largest."""
    mine = [cells.get((scenario, group), (0, 0)) for scenario in ids]
    return Sum(label, max((cell[0] for cell in mine), default=0), tuple(cell[1] for cell in mine))

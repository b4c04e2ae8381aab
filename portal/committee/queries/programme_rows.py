"""What one page of the programming table shows of each application, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.calls.models import Application, BudgetLine, Call, ChartAccount, FundingLine, Placement
from portal.calls.states import ApplicationStatus, FundingStatus, Origin, Phase, Side
from portal.committee.models import Assessment, Assignment, Decision, Opinion
from portal.committee.queries.scoring import summaries
from portal.committee.rules.programme import warnings
from portal.committee.rules.scoring import Summary, sees_scores
from portal.committee.states import AssessmentStatus, DecisionKind, Outcome, Verdict
from portal.contracts.models import Funder, FunderKind, Nature, Theme
from portal.extensions import db
from portal.quartiers.models import ContractQuartier, Quartier, QuartierKind


@dataclass(frozen=True)
class Rows:
    """Which rows are asked for, by whom."""

    call: Call
    rows: Sequence[Any]
    funder_ids: Collection[int] | None
    person_id: int
    reads_scores: bool
    oversees: bool

    @property
    def ids(self) -> list[int]:
        return [row.id for row in self.rows]


@dataclass(frozen=True)
class TableLine:
    """A funding line in the table. Cents; None = not said yet.

    `previous_cents` is what the same funder granted the year before; `previous_unknown` when the
    action took place without its amounts being known.
    """

    id: int
    application_id: int
    funder_id: int
    funder: str
    is_state: bool
    nature: Nature
    status: FundingStatus
    requested_cents: int | None
    proposed_cents: int | None
    arbitrated_cents: int | None
    granted_cents: int | None
    version: int
    previous_cents: int | None
    previous_unknown: bool
    opinion: Verdict | None
    reserve: str


@dataclass(frozen=True)
class TableRow:
    """An application in the table. `score` is None when hidden from the reader or not given."""

    id: int
    reference: str
    title: str
    organisation: str
    status: ApplicationStatus
    theme: str | None
    pillar: str | None
    quartiers: tuple[str, ...]
    score: Summary | None
    score_hidden: bool
    outcome: Outcome | None
    waiting_rank: int | None
    warnings: tuple[str, ...]
    lines: tuple[TableLine, ...]


def read_rows(asked: Rows) -> list[TableRow]:
    ids = asked.ids
    lines = _lines(asked)
    placed = _placements(asked.call, ids)
    outcomes = _outcomes(ids)
    pillars = _pillar_labels(asked.call.contract_id)
    shares = _public_shares(asked.call, ids)
    scores = summaries(asked.call, ids) if asked.reads_scores else {}
    own = _own_states(asked.person_id, ids) if asked.reads_scores else {}
    rows = []
    for row in asked.rows:
        seen = asked.reads_scores and _sees(asked, own.get(row.id, (False, False)))
        quartiers = placed.get(row.id, [])
        outcome, rank = outcomes.get(row.id, (None, None))
        rows.append(
            TableRow(
                row.id,
                f"{asked.call.year}-{row.number:03d}",
                row.title,
                row.organisation,
                row.status,
                row.theme,
                row.theme if row.depth == 0 else pillars.get(row.parent_id),
                tuple(name for name, _kind in quartiers),
                scores.get(row.id) if seen else None,
                asked.reads_scores and not seen,
                outcome,
                rank,
                warnings(
                    asks_state=any(line.is_state for line in lines[row.id]),
                    quartier_kinds={kind for _name, kind in quartiers},
                    public_share_bp=shares.get(row.id),
                    public_share_limit_bp=asked.call.public_share_warn_bp,
                ),
                tuple(lines[row.id]),
            )
        )
    return rows


def _sees(asked: Rows, own: tuple[bool, bool]) -> bool:
    final, pending = own
    return sees_scores(
        oversees=asked.oversees,
        reviews=True,
        blind=asked.call.blind_scoring,
        own_final=final,
        own_pending=pending,
    )


def _lines(asked: Rows) -> dict[int, list[TableLine]]:
    statement = (
        sa.select(FundingLine, Funder.name, Funder.kind, Opinion.verdict, Opinion.reserve)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .outerjoin(
            Opinion,
            sa.and_(Opinion.application_id == FundingLine.application_id, Opinion.funder_id == FundingLine.funder_id),
        )
        .where(FundingLine.application_id.in_(asked.ids))
        .order_by(FundingLine.application_id, Funder.position, Funder.name, FundingLine.id)
    )
    if asked.funder_ids is not None:
        statement = statement.where(FundingLine.funder_id.in_(asked.funder_ids))
    previous, unknown = _previous(asked.call, asked.ids)
    found: dict[int, list[TableLine]] = defaultdict(list)
    for line, funder, kind, verdict, reserve in db.session.execute(statement):
        found[line.application_id].append(
            TableLine(
                line.id,
                line.application_id,
                line.funder_id,
                funder,
                kind is FunderKind.STATE,
                line.nature,
                line.status,
                line.requested_cents,
                line.proposed_cents,
                line.arbitrated_cents,
                line.granted_cents,
                line.version,
                previous.get((line.application_id, line.funder_id, line.nature)),
                line.application_id in unknown,
                verdict,
                reserve or "",
            )
        )
    return found


def _previous(call: Call, ids: Collection[int]) -> tuple[dict[tuple[int, int, Nature], int], set[int]]:
    """What was granted the year before to the same action: the one renewed, or the same title.

    The second value holds the applications whose past action is imported: its amounts are unknown.
    """
    before, before_call = aliased(Application), aliased(Call)
    same = sa.or_(
        before.id == Application.renewal_of_id,
        sa.and_(
            Application.renewal_of_id.is_(None),
            before.organisation_id == Application.organisation_id,
            before.title_fold == Application.title_fold,
        ),
    )
    rows = db.session.execute(
        sa.select(
            Application.id,
            before.origin,
            FundingLine.funder_id,
            FundingLine.nature,
            sa.func.sum(FundingLine.granted_cents),
        )
        .join(before, same)
        .join(before_call, before_call.id == before.call_id)
        .outerjoin(FundingLine, FundingLine.application_id == before.id)
        .where(
            Application.id.in_(ids),
            before_call.year == call.year - 1,
        )
        .group_by(Application.id, before.origin, FundingLine.funder_id, FundingLine.nature)
    )
    granted: dict[tuple[int, int, Nature], int] = {}
    unknown = set()
    for application_id, origin, funder_id, nature, cents in rows:
        if origin is Origin.IMPORTED and cents is None:
            unknown.add(application_id)
        if funder_id is not None and cents is not None:
            granted[application_id, funder_id, nature] = int(cents)
    return granted, unknown


def _placements(call: Call, ids: Collection[int]) -> dict[int, list[tuple[str, QuartierKind]]]:
    """The quartiers of each application, with their kind in the call's contract."""
    rows = db.session.execute(
        sa.select(Placement.application_id, Quartier.name, ContractQuartier.kind)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .outerjoin(
            ContractQuartier,
            sa.and_(ContractQuartier.quartier_id == Quartier.id, ContractQuartier.contract_id == call.contract_id),
        )
        .where(Placement.application_id.in_(ids))
        .order_by(Quartier.position, Quartier.name_fold)
    )
    found: dict[int, list[tuple[str, QuartierKind]]] = defaultdict(list)
    for application_id, name, kind in rows:
        found[application_id].append((name, kind))
    return found


def _outcomes(ids: Collection[int]) -> dict[int, tuple[Outcome, int | None]]:
    rows = db.session.execute(
        sa.select(Decision.application_id, Decision.outcome, Decision.waiting_rank).where(
            Decision.application_id.in_(ids),
            Decision.kind == DecisionKind.ARBITRATION,
            Decision.superseded_at.is_(None),
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _pillar_labels(contract_id: int) -> dict[int, str]:
    rows = db.session.execute(
        sa.select(Theme.id, Theme.label).where(Theme.contract_id == contract_id, Theme.depth == 0)
    )
    return {row[0]: row[1] for row in rows}


def _public_shares(call: Call, ids: Collection[int]) -> dict[int, int]:
    """The share of public money in each expected budget, in-kind aside, in basis points."""
    public = sa.case((ChartAccount.is_public_funding, BudgetLine.amount_cents), else_=0)
    rows = db.session.execute(
        sa.select(BudgetLine.application_id, sa.func.sum(public), sa.func.sum(BudgetLine.amount_cents))
        .join(
            ChartAccount,
            sa.and_(
                ChartAccount.chart_version == call.chart_version,
                ChartAccount.side == BudgetLine.side,
                ChartAccount.code == BudgetLine.account_code,
            ),
        )
        .where(
            BudgetLine.application_id.in_(ids),
            BudgetLine.phase == Phase.EXPECTED,
            BudgetLine.side == Side.INCOME,
            ChartAccount.is_in_kind.is_(False),
        )
        .group_by(BudgetLine.application_id)
    )
    return {row[0]: int(row[1]) * 10_000 // int(row[2]) for row in rows if row[2]}


def _own_states(person_id: int, ids: Collection[int]) -> dict[int, tuple[bool, bool]]:
    """For each application that a person reviews: (gave the analysis, still owes it)."""
    rows = db.session.execute(
        sa.select(Assignment.application_id, Assessment.status)
        .outerjoin(
            Assessment,
            sa.and_(
                Assessment.application_id == Assignment.application_id,
                Assessment.person_id == Assignment.person_id,
            ),
        )
        .where(Assignment.person_id == person_id, Assignment.ended_at.is_(None), Assignment.application_id.in_(ids))
    )
    return {row[0]: (row[1] is AssessmentStatus.FINAL, row[1] is not AssessmentStatus.FINAL) for row in rows}

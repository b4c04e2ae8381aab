"""What one page of the programming table shows of each application, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.calls.models import AgreementYear, Application, BudgetLine, Call, ChartAccount, FundingLine, Placement
from portal.calls.queries.envelopes import envelopes_known
from portal.calls.states import ApplicationStatus, FundingStatus, Phase, Side
from portal.committee.models import Assessment, Assignment, Decision, Opinion
from portal.committee.queries.programme_past import past_years
from portal.committee.queries.scoring import summaries
from portal.committee.queries.words import full_name
from portal.committee.rules.programme import warnings
from portal.committee.rules.scoring import Summary, sees_scores
from portal.committee.states import AssessmentStatus, DecisionKind, Outcome, Verdict
from portal.contracts.models import Funder, FunderKind, Nature, Theme
from portal.extensions import db
from portal.quartiers.models import ContractQuartier, Quartier


@dataclass(frozen=True)
class Rows:
    """Which rows are asked for, by whom."""

    call: Call
    rows: Sequence[Any]
    funder_ids: Collection[int] | None
    person_id: int
    reads_scores: bool
    oversees: bool
    by_funder: bool = False

    @property
    def ids(self) -> list[int]:
        return [row.id for row in self.rows]


@dataclass(frozen=True)
class TableLine:
    """A funding line in the table. Cents; None = not said yet.

    `previous_cents` and `earlier_cents` are what the same funder granted one and two years before; they are
    `_unknown` when the action took place without its amounts being known. `envelopes` counts those of its
    funder and nature in the call; `envelope_id` is the line's, or the only one there is. `author` is who
    changed it last, None when nobody did since the request.
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
    earlier_cents: int | None
    earlier_unknown: bool
    envelopes: int
    envelope_id: int | None
    revision: int
    author_id: int | None
    author: str | None
    # What the funder envisages, told on one of its lines: the one of that nature, else the first.
    envisaged_cents: int | None = None
    envisaged_nature: Nature | None = None
    # Its number in its funder's own tool.
    external_ref: str | None = None


@dataclass(frozen=True)
class TableRow:
    """An application in the table. `score` is None when hidden from the reader or not given.

    `shares` are its quartiers with their parts, in basis points, in the order by which amounts are parted.
    `group_key` and `group_label` are those of its group, None in a table without groups and for those of no group.
    """

    id: int
    reference: str
    title: str
    organisation: str
    status: ApplicationStatus
    theme: str | None
    pillar: str | None
    shares: tuple[tuple[str, int | None], ...]
    score: Summary | None
    score_hidden: bool
    outcome: Outcome | None
    waiting_rank: int | None
    warnings: tuple[str, ...]
    agreement: str | None
    lines: tuple[TableLine, ...]
    group_key: int | None = None
    group_label: str | None = None

    @property
    def quartiers(self) -> tuple[str, ...]:
        return tuple(name for name, _share in self.shares)

    @property
    def requested_cents(self) -> int:
        return sum(line.requested_cents or 0 for line in self.lines)

    @property
    def proposed_cents(self) -> int:
        return sum(line.proposed_cents or 0 for line in self.lines)


def read_rows(asked: Rows) -> list[TableRow]:
    """One TableRow per row asked; one that is `by_funder` has the lines of that funder only."""
    ids = asked.ids
    lines = _lines(asked)
    facts = _facts(asked.call, ids)
    outcomes = _outcomes(ids)
    pillars = _pillar_labels(asked.call.contract_id)
    scores = summaries(asked.call, ids) if asked.reads_scores else {}
    own = _own_states(asked.person_id, ids) if asked.reads_scores else {}
    agreements = _agreements(ids)
    rows = []
    for row in asked.rows:
        seen = asked.reads_scores and _sees(asked, own.get(row.id, (False, False)))
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
                tuple((place.name, place.share_bp) for place in facts.placed.get(row.id, [])),
                scores.get(row.id) if seen else None,
                asked.reads_scores and not seen,
                outcome,
                rank,
                facts.warnings(row.id, asks_state=any(line.is_state for line in lines.get(row.id, ()))),
                agreements.get(row.id),
                tuple(line for line in lines.get(row.id, ()) if not asked.by_funder or line.funder_id == row.group_key),
                getattr(row, "group_key", None),
                getattr(row, "group_label", None),
            )
        )
    return rows


@dataclass(frozen=True)
class _Facts:
    """What the rules of the call look at in some applications."""

    call: Call
    placed: dict[int, list[Any]]
    public_shares: dict[int, int]

    def warnings(self, application_id: int, *, asks_state: bool) -> tuple[str, ...]:
        return warnings(
            asks_state=asks_state,
            quartier_kinds={place.kind for place in self.placed.get(application_id, [])},
            public_share_bp=self.public_shares.get(application_id),
            public_share_limit_bp=self.call.public_share_warn_bp,
        )


def _facts(call: Call, ids: Collection[int]) -> _Facts:
    return _Facts(call, _placements(call, ids), _public_shares(call, ids))


def warned(call: Call, ids: Collection[int], funder_ids: Collection[int] | None) -> list[int]:
    """Those of some applications on which the rules of the call point something out to who sees these funders."""
    asked = sa.select(FundingLine.application_id).join(Funder, Funder.id == FundingLine.funder_id)
    asked = asked.where(FundingLine.application_id.in_(ids), Funder.kind == FunderKind.STATE)
    if funder_ids is not None:
        asked = asked.where(FundingLine.funder_id.in_(funder_ids))
    of_state = set(db.session.execute(asked).scalars())
    facts = _facts(call, ids)
    return [each for each in ids if facts.warnings(each, asks_state=each in of_state)]


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
    previous, earlier = past_years(asked.call, asked.ids)
    found: dict[int, list[TableLine]] = defaultdict(list)
    for row in db.session.execute(_select_lines(asked)):
        key = (row.application_id, row.funder_id, row.nature)
        found[row.application_id].append(
            TableLine(
                row.id,
                row.application_id,
                row.funder_id,
                row.funder,
                row.kind is FunderKind.STATE,
                row.nature,
                row.status,
                row.requested_cents,
                row.proposed_cents,
                row.arbitrated_cents,
                row.granted_cents,
                row.version,
                previous.cents.get(key),
                row.application_id in previous.unknown,
                row.verdict,
                row.reserve or "",
                earlier.cents.get(key),
                row.application_id in earlier.unknown,
                row.envelopes,
                row.envelope_id,
                row.table_revision,
                row.table_author_id,
                row.author,
                row.envisaged_cents,
                row.envisaged_nature,
                row.external_ref,
            )
        )
    return {application_id: _told_once(each) for application_id, each in found.items()}


def _told_once(lines: Sequence[TableLine]) -> list[TableLine]:
    """An opinion envisages one amount for a funder, who may be asked on several lines."""
    told: dict[int, int] = {}
    for line in lines:
        if line.funder_id not in told or (line.nature is line.envisaged_nature and line.envisaged_cents is not None):
            told[line.funder_id] = line.id
    return [
        line if told[line.funder_id] == line.id else replace(line, envisaged_cents=None, envisaged_nature=None)
        for line in lines
    ]


def _select_lines(asked: Rows) -> sa.Select[Any]:
    known = envelopes_known(asked.call.id)
    statement = (
        sa.select(
            FundingLine.id,
            FundingLine.application_id,
            FundingLine.funder_id,
            FundingLine.nature,
            FundingLine.status,
            FundingLine.requested_cents,
            FundingLine.proposed_cents,
            FundingLine.arbitrated_cents,
            FundingLine.granted_cents,
            FundingLine.version,
            FundingLine.external_ref,
            FundingLine.table_revision,
            FundingLine.table_author_id,
            Funder.name.label("funder"),
            Funder.kind,
            Opinion.verdict,
            Opinion.reserve,
            Opinion.envisaged_cents,
            Opinion.envisaged_nature,
            sa.func.coalesce(known.c.number, 0).label("envelopes"),
            sa.func.coalesce(FundingLine.envelope_id, sa.case((known.c.number == 1, known.c.envelope_id))).label(
                "envelope_id"
            ),
            full_name().label("author"),
        )
        .join(Funder, Funder.id == FundingLine.funder_id)
        .outerjoin(known, sa.and_(known.c.funder_id == FundingLine.funder_id, known.c.nature == FundingLine.nature))
        .outerjoin(Person, Person.id == FundingLine.table_author_id)
        .outerjoin(
            Opinion,
            sa.and_(Opinion.application_id == FundingLine.application_id, Opinion.funder_id == FundingLine.funder_id),
        )
        .where(FundingLine.application_id.in_(asked.ids))
        .order_by(FundingLine.application_id, Funder.position, Funder.name, FundingLine.id)
    )
    if asked.funder_ids is not None:
        statement = statement.where(FundingLine.funder_id.in_(asked.funder_ids))
    return statement


def _placements(call: Call, ids: Collection[int]) -> dict[int, list[Any]]:
    """The quartiers of each application (name, share, kind in the call's contract), in the order stored."""
    rows = db.session.execute(
        sa.select(Placement.application_id, Quartier.name, Placement.share_bp, ContractQuartier.kind)
        .join(Quartier, Quartier.id == Placement.quartier_id)
        .outerjoin(
            ContractQuartier,
            sa.and_(ContractQuartier.quartier_id == Quartier.id, ContractQuartier.contract_id == call.contract_id),
        )
        .where(Placement.application_id.in_(ids))
        .order_by(Placement.application_id, Placement.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.application_id].append(row)
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


def _agreements(ids: Collection[int]) -> dict[int, str]:
    """« CPO, année 2 sur 3 » for the later years of agreements."""
    first = aliased(Application)
    rows = db.session.execute(
        sa.select(AgreementYear.application_id, AgreementYear.year_index, first.years)
        .join(first, first.id == AgreementYear.first_id)
        .where(AgreementYear.application_id.in_(ids))
    )
    return {application_id: f"CPO, année {index} sur {years}" for application_id, index, years in rows}


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
            BudgetLine.year_index == 1,
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

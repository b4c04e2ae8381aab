"""All that one bilan holds, beside what was forecast: a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import (
    BudgetLine,
    CallIndicator,
    ChartAccount,
    Measure,
    PeopleByAge,
    PeopleByQuartier,
    Placement,
)
from portal.calls.states import Phase, Sex, Side
from portal.contracts.models import AgeBand, Indicator, IndicatorKind
from portal.evaluation.models import Bilan, BilanDocument, BilanGap
from portal.evaluation.rules import gaps
from portal.evaluation.rules.answers import Answer, Missing, missing_answers
from portal.extensions import db
from portal.foundation.files import StoredFile
from portal.foundation.scan_states import ScanState
from portal.quartiers.models import Quartier

WORDS = {
    "done": "Ce qui a été fait",
    "difficulties": "Les difficultés",
    "residents_part": "La part des habitants",
    "next_steps": "La suite",
}
"""The questions of the first section, by column."""


@dataclass(frozen=True)
class BudgetRow:
    """A line of the budget: forecast (None: was not in it) beside realised (None: not answered)."""

    key: str
    side: Side
    account_code: str
    label: str
    expected_cents: int | None
    actual_cents: int | None
    funder_id: int | None
    nature: str | None
    position: int

    @property
    def is_in_kind(self) -> bool:
        return gaps.is_in_kind(self.account_code)

    @property
    def gap_bp(self) -> int | None:
        if self.actual_cents is None or not self.expected_cents:
            return None
        return gaps.gap_bp(self.expected_cents, self.actual_cents)


@dataclass(frozen=True)
class Account:
    side: Side
    code: str
    label: str


@dataclass(frozen=True)
class BudgetSheet:
    """The budget of a bilan, account by account."""

    rows: list[BudgetRow]
    accounts: list[Account]
    explanations: dict[tuple[Side, str], str]

    @property
    def by_account(self) -> list[gaps.AccountGap]:
        expected = [gaps.Line(row.side, row.account_code, row.expected_cents or 0) for row in self.rows]
        actual = [gaps.Line(row.side, row.account_code, row.actual_cents) for row in self.rows]
        return gaps.account_gaps(expected, actual)

    @property
    def to_explain(self) -> list[gaps.AccountGap]:
        return [gap for gap in self.by_account if gap.asks_for_a_word]

    @property
    def expected_totals(self) -> gaps.Totals:
        return gaps.totals(gaps.Line(row.side, row.account_code, row.expected_cents) for row in self.rows)

    @property
    def actual_totals(self) -> gaps.Totals:
        return gaps.totals(gaps.Line(row.side, row.account_code, row.actual_cents) for row in self.rows)

    def account_label(self, side: Side, code: str) -> str:
        known = {(account.side, account.code): account.label for account in self.accounts}
        label = known.get((side, code)) or next(
            (row.label for row in self.rows if (row.side, row.account_code) == (side, code)), ""
        )
        return f"{code} {label}".strip()


def forecast_phase(application_id: int) -> Phase:
    """What a bilan is compared with: the project as adjusted when its grant was cut, else as filed."""
    adjusted = (
        sa.select(BudgetLine.id)
        .where(BudgetLine.application_id == application_id, BudgetLine.phase == Phase.ADJUSTED)
        .exists()
    )
    return Phase.ADJUSTED if db.session.execute(sa.select(adjusted)).scalar() else Phase.EXPECTED


def budget_of(bilan: Bilan) -> BudgetSheet:
    phase = forecast_phase(bilan.application_id)
    lines = db.session.scalars(
        sa.select(BudgetLine)
        .where(
            BudgetLine.application_id == bilan.application_id,
            BudgetLine.phase.in_([phase, Phase.ACTUAL]),
            BudgetLine.year_index == 1,
        )
        .order_by(BudgetLine.side, BudgetLine.position, BudgetLine.id)
    ).all()
    actual = {_identity(line): line for line in lines if line.phase is Phase.ACTUAL}
    rows = [_row(line, actual.pop(_identity(line), None)) for line in lines if line.phase is phase]
    rows += [_extra(line) for line in actual.values()]
    rows.sort(key=lambda row: (row.side is not Side.EXPENSE, row.account_code, row.position))
    return BudgetSheet(rows, accounts_of(bilan.application.call.chart_version), explanations_of(bilan.id))


def _identity(line: BudgetLine) -> tuple[object, ...]:
    return (line.side, line.account_code, line.label, line.funder_id, line.nature, line.position)


def _row(line: BudgetLine, actual: BudgetLine | None) -> BudgetRow:
    return BudgetRow(
        f"line_{line.id}",
        line.side,
        line.account_code,
        line.label,
        line.amount_cents,
        actual.amount_cents if actual else None,
        line.funder_id,
        line.nature,
        line.position,
    )


def _extra(line: BudgetLine) -> BudgetRow:
    return BudgetRow(
        f"extra_{line.id}",
        line.side,
        line.account_code,
        line.label,
        None,
        line.amount_cents,
        line.funder_id,
        line.nature,
        line.position,
    )


def accounts_of(chart_version: str) -> list[Account]:
    rows = db.session.execute(
        sa.select(ChartAccount.side, ChartAccount.code, ChartAccount.label)
        .where(ChartAccount.chart_version == chart_version)
        .order_by(ChartAccount.position, ChartAccount.id)
    )
    return [Account(*row) for row in rows]


def explanations_of(bilan_id: int) -> dict[tuple[Side, str], str]:
    rows = db.session.execute(
        sa.select(BilanGap.side, BilanGap.account_code, BilanGap.explanation).where(BilanGap.bilan_id == bilan_id)
    )
    return {(row.side, row.account_code): row.explanation for row in rows}


@dataclass(frozen=True)
class PeopleSheet:
    """Expected and realised people. Counts are None where nothing was said."""

    quartiers: list[tuple[int, str]]
    ages: list[tuple[int, str]]
    expected: dict[tuple[int, Sex], int]
    actual: dict[tuple[int, Sex], int]
    expected_ages: dict[int, int]
    actual_ages: dict[int, int]


def people_of(bilan: Bilan) -> PeopleSheet:
    application = bilan.application
    quartiers = db.session.execute(
        sa.select(Quartier.id, Quartier.name)
        .join(Placement, Placement.quartier_id == Quartier.id)
        .where(Placement.application_id == application.id)
        .order_by(Quartier.position, Quartier.name_fold)
    ).all()
    ages = db.session.execute(
        sa.select(AgeBand.id, AgeBand.label)
        .where(AgeBand.contract_id == application.call.contract_id)
        .order_by(AgeBand.position)
    ).all()
    by_quartier: dict[Phase, dict[tuple[int, Sex], int]] = {phase: {} for phase in Phase}
    for row in db.session.execute(
        sa.select(
            PeopleByQuartier.phase, PeopleByQuartier.quartier_id, PeopleByQuartier.sex, PeopleByQuartier.people
        ).where(PeopleByQuartier.application_id == application.id)
    ):
        by_quartier[row.phase][row.quartier_id, row.sex] = row.people
    by_age: dict[Phase, dict[int, int]] = {phase: {} for phase in Phase}
    for phase, band, people in db.session.execute(
        sa.select(PeopleByAge.phase, PeopleByAge.age_band_id, PeopleByAge.people).where(
            PeopleByAge.application_id == application.id
        )
    ).tuples():
        by_age[phase][band] = people
    return PeopleSheet(
        [(row.id, row.name) for row in quartiers],
        [(row.id, row.label) for row in ages],
        by_quartier[Phase.ADJUSTED] or by_quartier[Phase.EXPECTED],
        by_quartier[Phase.ACTUAL],
        by_age[Phase.ADJUSTED] or by_age[Phase.EXPECTED],
        by_age[Phase.ACTUAL],
    )


@dataclass(frozen=True)
class Target:
    """An indicator of the bilan, its target and what was answered."""

    indicator_id: int | None
    own_label: str | None
    label: str
    definition: str
    unit: str
    kind: IndicatorKind
    numerator_label: str
    denominator_label: str
    target: Measure | None
    actual: Measure | None

    @property
    def key(self) -> str:
        return f"indicator_{self.indicator_id}" if self.indicator_id else f"own_{self.target.id if self.target else 0}"

    @property
    def is_ratio(self) -> bool:
        return self.kind is IndicatorKind.RATIO

    @property
    def is_measured(self) -> bool:
        if self.actual is None:
            return False
        return bool(self.actual.denominator) if self.is_ratio else self.actual.value_thousandths is not None

    @property
    def not_measured_reason(self) -> str:
        return (self.actual.not_measured_reason or "") if self.actual else ""


def targets_of(bilan: Bilan) -> list[Target]:
    """The indicators to answer: those with a target and the compulsory ones of the call, never a derived one."""
    application = bilan.application
    measures = list(
        db.session.scalars(sa.select(Measure).where(Measure.application_id == application.id).order_by(Measure.id))
    )
    chosen = {measure.indicator_id for measure in measures if measure.indicator_id}
    compulsory = sa.select(CallIndicator.indicator_id).where(
        CallIndicator.call_id == application.call_id, CallIndicator.is_compulsory.is_(True)
    )
    indicators = db.session.scalars(
        sa.select(Indicator)
        .where(
            sa.or_(Indicator.id.in_(chosen), Indicator.id.in_(compulsory)),
            Indicator.is_derived.is_(False),
        )
        .order_by(Indicator.position, Indicator.id)
    ).all()
    found = {(measure.indicator_id, measure.own_label, measure.phase): measure for measure in measures}

    def measured(indicator_id: int | None, own: str | None) -> tuple[Measure | None, Measure | None]:
        target = found.get((indicator_id, own, Phase.ADJUSTED)) or found.get((indicator_id, own, Phase.EXPECTED))
        return target, found.get((indicator_id, own, Phase.ACTUAL))

    targets = [
        Target(
            each.id,
            None,
            each.label,
            each.definition,
            each.unit,
            each.kind,
            each.numerator_label or "Partie",
            each.denominator_label or "Ensemble",
            *measured(each.id, None),
        )
        for each in indicators
    ]
    own_labels = dict.fromkeys(
        measure.own_label for measure in measures if measure.own_label and measure.phase is not Phase.ACTUAL
    )
    targets += [Target(None, own, own, "", "", IndicatorKind.COUNT, "", "", *measured(None, own)) for own in own_labels]
    return targets


@dataclass(frozen=True)
class DocumentLine:
    id: int
    label: str
    file_id: int
    name: str
    size_bytes: int
    scan: ScanState


def documents_of(bilan: Bilan) -> list[DocumentLine]:
    rows = db.session.execute(
        sa.select(
            BilanDocument.id,
            BilanDocument.label,
            StoredFile.id,
            StoredFile.original_name,
            StoredFile.size_bytes,
            StoredFile.scan,
        )
        .join(StoredFile, StoredFile.id == BilanDocument.file_id)
        .where(BilanDocument.bilan_id == bilan.id, BilanDocument.removed_at.is_(None))
        .order_by(BilanDocument.id)
    )
    return [DocumentLine(*row) for row in rows]


def missing_of(bilan: Bilan) -> list[Missing]:
    """What stands between this bilan and its sending."""
    budget = budget_of(bilan)
    unanswered = [
        f"{row.account_code} {row.label}".strip()
        for row in budget.rows
        if row.expected_cents and row.actual_cents is None
    ]
    unexplained = [
        budget.account_label(gap.side, gap.account_code)
        for gap in budget.to_explain
        if not budget.explanations.get((gap.side, gap.account_code), "").strip()
    ]
    return missing_answers(
        {question: getattr(bilan, column) for column, question in WORDS.items()},
        bilan.people_reached,
        bilan.people_not_measured_reason or "",
        [Answer(each.label, each.is_measured, each.not_measured_reason) for each in targets_of(bilan)],
        unanswered,
        unexplained,
    )

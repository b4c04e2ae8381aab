"""The other applications of a structure in the year of a call, summed for the rules: two queries."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.calls.models import Application, BudgetLine, Call, ChartAccount, FundingLine
from portal.calls.rules import organisation_year as rules
from portal.calls.rules.filing import Dossier
from portal.calls.states import ApplicationStatus, FundingStatus, Phase, Side
from portal.contracts.models import Funder, FunderKind
from portal.extensions import db

GONE = (
    ApplicationStatus.ABANDONED, ApplicationStatus.WITHDRAWN, ApplicationStatus.INADMISSIBLE,
    ApplicationStatus.NOT_CARRIED_OUT,
)  # fmt: skip
PRIVATE_FUNDERS = frozenset({FunderKind.LANDLORD, FunderKind.OTHER})


def told_of_year(application: Application, dossier: Dossier, among: sa.Select[Any] | None) -> rules.YearTold:
    """What the structure's year brings about for an application.

    `among` selects the ids of the applications that the reader may see; None: all of them, for the
    structure's own members.
    """
    contract = application.call.contract
    thresholds = rules.Thresholds(
        contract.convention_threshold_cents, contract.auditor_threshold_cents, contract.convention_counts_in_kind
    )
    together = _of_the_year(application, among)
    return rules.told_of_year(
        application.id, dossier.organisation, application.call.year, _asked(together), _salaries(together), thresholds
    )


def _of_the_year(application: Application, among: sa.Select[Any] | None) -> sa.ColumnElement[bool]:
    conditions = [
        Application.organisation_id == application.organisation_id,
        Call.year == application.call.year,
        Application.status.not_in(GONE),
    ]
    if among is not None:
        conditions.append(sa.or_(Application.id == application.id, Application.id.in_(among)))
    return sa.and_(*conditions)


def _asked(together: sa.ColumnElement[bool]) -> list[rules.AskedInYear]:
    """What was granted stands for what was asked once it is known."""
    cents = sa.func.sum(sa.func.coalesce(FundingLine.granted_cents, FundingLine.requested_cents))
    rows = db.session.execute(
        sa.select(Funder.name, Funder.kind, FundingLine.nature, cents)
        .select_from(FundingLine)
        .join(Application, Application.id == FundingLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(together, FundingLine.status.not_in([FundingStatus.REFUSED, FundingStatus.NOT_ASKED]))
        .group_by(Funder.id, Funder.name, Funder.kind, Funder.position, FundingLine.nature)
        .order_by(Funder.position, Funder.id, FundingLine.nature)
    )
    return [
        rules.AskedInYear(name, kind not in PRIVATE_FUNDERS, nature.value, int(total or 0))
        for name, kind, nature, total in rows
    ]


def _salaries(together: sa.ColumnElement[bool]) -> list[rules.SalaryLine]:
    account = sa.and_(
        ChartAccount.chart_version == Call.chart_version,
        ChartAccount.side == BudgetLine.side,
        ChartAccount.code == BudgetLine.account_code,
    )
    rows = db.session.execute(
        sa.select(Application.id, Call.year, Application.number, Application.title, BudgetLine.account_code,
                  ChartAccount.label, BudgetLine.label, BudgetLine.amount_cents)
        .select_from(BudgetLine)
        .join(Application, Application.id == BudgetLine.application_id)
        .join(Call, Call.id == Application.call_id)
        .outerjoin(ChartAccount, account)
        .where(
            together,
            BudgetLine.phase == Phase.EXPECTED,
            BudgetLine.year_index == 1,
            BudgetLine.side == Side.EXPENSE,
            BudgetLine.account_code.in_(rules.SALARY_ACCOUNTS),
        )
        .order_by(Application.number, Application.id, BudgetLine.position, BudgetLine.id)
    )  # fmt: skip
    return [
        rules.SalaryLine(id_, f"{year}-{number:03d}", title, code, account_label or "", label, cents)
        for id_, year, number, title, code, account_label, label, cents in rows
    ]

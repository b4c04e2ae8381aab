"""The budget of a project year by year, what it may ask, and of whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from portal.calls.models import Application, BudgetLine, ChartAccount, Envelope, FundingForecast, FundingLine
from portal.calls.rules.filing import AskedFunding, BudgetEntry, ForecastFunding, LaterYear
from portal.calls.states import Phase
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db


@dataclass(frozen=True)
class FundingOffer:
    """A funder and a nature of the call; `label` names the nature and its schemes."""

    funder_id: int
    funder: str
    is_state: bool
    nature: str
    label: str

    @property
    def key(self) -> str:
        return f"{self.funder_id}_{self.nature}"


def funding_offers(application: Application) -> list[FundingOffer]:
    """The funders and natures of the call's envelopes, and those the application already asks."""
    session = db.session
    envelopes = session.execute(
        sa.select(Envelope.funder_id, Envelope.nature, Envelope.scheme)
        .where(Envelope.call_id == application.call_id)
        .order_by(Envelope.position, Envelope.id)
    ).all()
    asked = [
        row
        for line in (FundingLine, FundingForecast)
        for row in session.execute(
            sa.select(line.funder_id, line.nature, sa.literal(""))
            .where(line.application_id == application.id)
            .order_by(line.id)
        )
    ]
    schemes: dict[tuple[int, str], list[str]] = {}
    natures = {}
    for funder_id, nature, scheme in [*envelopes, *asked]:
        natures[funder_id, nature.value] = nature
        names = schemes.setdefault((funder_id, nature.value), [])
        if scheme and scheme not in names:
            names.append(scheme)
    funders = {
        funder.id: funder
        for funder in session.scalars(sa.select(Funder).where(Funder.id.in_({funder_id for funder_id, _ in schemes})))
    }
    ordered = sorted(schemes, key=lambda key: (funders[key[0]].position, key[0]))
    return [_offer(funders[key[0]], natures[key], schemes[key]) for key in ordered]


def _offer(funder: Funder, nature: Nature, schemes: list[str]) -> FundingOffer:
    label = nature.label + (f" ({', '.join(schemes)})" if schemes else "")
    return FundingOffer(funder.id, funder.name, funder.kind is FunderKind.STATE, nature.value, label)


def budget_of(application: Application) -> tuple[BudgetEntry, ...]:
    """The lines of the forecast budget of the call's year in the chart's order, those that follow a funding
    line included."""
    return tuple(entry for _, entry in _lines(application, BudgetLine.year_index == 1))


def later_years_of(application: Application) -> tuple[LaterYear, ...]:
    """The years of a multi-year project after the call's, empty ones included; none for the others.

    Two queries whatever the years. This is where the light file of a later year finds what was forecast.
    """
    if application.years == 1:
        return ()
    budgets: dict[int, list[BudgetEntry]] = defaultdict(list)
    for index, entry in _lines(application, BudgetLine.year_index > 1):
        budgets[index].append(entry)
    fundings: dict[int, list[ForecastFunding]] = defaultdict(list)
    for index, forecast in _forecasts(application.id):
        fundings[index].append(forecast)
    return tuple(
        LaterYear(index, application.call.year + index - 1, tuple(budgets[index]), tuple(fundings[index]))
        for index in range(2, application.years + 1)
    )


def _lines(application: Application, years: sa.ColumnElement[bool]) -> list[tuple[int, BudgetEntry]]:
    account = sa.and_(
        ChartAccount.chart_version == application.call.chart_version,
        ChartAccount.side == BudgetLine.side,
        ChartAccount.code == BudgetLine.account_code,
    )
    rows = db.session.execute(
        sa.select(
            BudgetLine.year_index, BudgetLine.side, BudgetLine.account_code, ChartAccount.label, BudgetLine.label,
            BudgetLine.amount_cents, ChartAccount.is_in_kind, ChartAccount.is_public_funding, BudgetLine.funder_id,
            BudgetLine.nature,
        )
        .outerjoin(ChartAccount, account)
        .where(BudgetLine.application_id == application.id, BudgetLine.phase == Phase.EXPECTED, years)
        .order_by(ChartAccount.position, BudgetLine.position, BudgetLine.id)
    )  # fmt: skip
    return [
        (year, BudgetEntry(
            side, code, account_label or "", label, cents, is_in_kind=bool(in_kind), is_public=bool(public),
            funder_id=funder_id, nature=nature.value if nature else None,
        ))
        for year, side, code, account_label, label, cents, in_kind, public, funder_id, nature in rows
    ]  # fmt: skip


def _forecasts(application_id: int) -> list[tuple[int, ForecastFunding]]:
    rows = db.session.execute(
        sa.select(FundingForecast.year_index, Funder.id, Funder.name, FundingForecast.nature,
                  FundingForecast.requested_cents)
        .join(Funder, Funder.id == FundingForecast.funder_id)
        .where(FundingForecast.application_id == application_id)
        .order_by(Funder.position, Funder.id, FundingForecast.nature)
    )  # fmt: skip
    return [
        (index, ForecastFunding(funder_id, name, nature.value, nature.label, cents))
        for index, funder_id, name, nature, cents in rows
    ]


def funding_of(application_id: int) -> tuple[AskedFunding, ...]:
    """What is asked of each funder in each nature for the call's year."""
    rows = db.session.execute(
        sa.select(Funder.id, Funder.name, Funder.kind, FundingLine.nature, FundingLine.requested_cents,
                  FundingLine.external_ref)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id == application_id, FundingLine.requested_cents.is_not(None))
        .order_by(Funder.position, Funder.id, FundingLine.nature)
    )  # fmt: skip
    return tuple(
        AskedFunding(funder_id, name, kind is FunderKind.STATE, nature.value, nature.label, cents, ref)
        for funder_id, name, kind, nature, cents, ref in rows
    )

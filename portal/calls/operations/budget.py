"""Writing the budget and the funding asked: each funding line is its own income line, so they cannot differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.calls.models import (
    Application,
    BudgetLine,
    ChartAccount,
    Envelope,
    FundingForecast,
    FundingLine,
)
from portal.calls.operations.apportioning import reapportion
from portal.calls.states import ApplicationStatus, FundingStatus, Phase, Side
from portal.contracts.models import Funder, FunderKind, Nature
from portal.extensions import db
from portal.foundation.refusals import Refusal


@dataclass(frozen=True)
class TypedLine:
    """A budget line that the applicant typed; amount in cents, years counted from 1, the call's."""

    side: Side
    account_code: str
    label: str
    amount_cents: int
    year_index: int = 1


@dataclass(frozen=True)
class TypedForecast:
    """What is expected of a funder in a later year (index from 2); cents."""

    funder_id: int
    nature: Nature
    year_index: int
    requested_cents: int


@dataclass(frozen=True)
class TypedFunding:
    """What is asked of a funder in one nature for the call's year; cents."""

    funder_id: int
    nature: Nature
    requested_cents: int
    external_ref: str | None = None


def write_budget(application: Application, lines: Sequence[TypedLine], indirect_costs_rule: str | None) -> None:
    """Replace the typed lines; those that follow a funding line are not touched.

    Years beyond the project's are left where they are: a length shortened by mistake loses nothing.
    """
    application.indirect_costs_rule = indirect_costs_rule
    db.session.execute(
        sa.delete(BudgetLine).where(
            _forecast(application), BudgetLine.funder_id.is_(None), BudgetLine.year_index <= application.years
        )
    )
    rows = [
        {
            "application_id": application.id, "phase": Phase.EXPECTED, "side": line.side,
            "account_code": line.account_code, "label": line.label, "amount_cents": line.amount_cents,
            "year_index": line.year_index, "position": position,
        }
        for position, line in enumerate(lines)
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(BudgetLine), rows)


def _forecast(application: Application) -> sa.ColumnElement[bool]:
    return sa.and_(BudgetLine.application_id == application.id, BudgetLine.phase == Phase.EXPECTED)


def write_funding(
    application: Application,
    asked: Sequence[TypedFunding],
    forecasts: Sequence[TypedForecast] = (),
) -> None:
    """Replace what is asked of the funders, and their income lines."""
    _write_funding_lines(application, {(line.funder_id, line.nature): line for line in asked if line.requested_cents})
    _write_forecasts(application, forecasts)
    db.session.flush()
    db.session.expire(application, ["funding_lines"])
    follow_funding(application)
    reapportion(application)


def _write_funding_lines(application: Application, wanted: Mapping[tuple[int, Nature], TypedFunding]) -> None:
    session = db.session()
    envelopes = _envelopes(application.call_id)
    for line in application.funding_lines:
        if (line.funder_id, line.nature) not in wanted:
            if application.status is not ApplicationStatus.DRAFT:
                raise Refusal("Une demande déjà déposée ne se retire pas d’ici : ramenez-la au montant voulu.")
            session.delete(line)
    known = {(line.funder_id, line.nature): line for line in application.funding_lines}
    for key, asked in wanted.items():
        if key not in known:
            known[key] = FundingLine(
                application_id=application.id, funder_id=key[0], nature=key[1], status=FundingStatus.REQUESTED,
                envelope_id=envelopes.get(key),
            )  # fmt: skip
            session.add(known[key])
        line = known[key]
        if line.requested_cents != asked.requested_cents:
            line.requested_cents = asked.requested_cents
            line.version = (line.version or 0) + 1
        # An old page of the section does not take away a number that somebody gave since the filing.
        if asked.external_ref or application.status is ApplicationStatus.DRAFT:
            line.external_ref = asked.external_ref


def _envelopes(call_id: int) -> dict[tuple[int, Nature], int]:
    """The envelope of each funder and nature; left open where the call has several schemes."""
    rows = db.session.execute(
        sa.select(Envelope.funder_id, Envelope.nature, sa.func.min(Envelope.id))
        .where(Envelope.call_id == call_id)
        .group_by(Envelope.funder_id, Envelope.nature)
        .having(sa.func.count() == 1)
    )
    return {(funder_id, nature): envelope_id for funder_id, nature, envelope_id in rows}


def _write_forecasts(application: Application, forecasts: Sequence[TypedForecast]) -> None:
    db.session.execute(
        sa.delete(FundingForecast).where(
            FundingForecast.application_id == application.id, FundingForecast.year_index <= application.years
        )
    )
    db.session.add_all(
        FundingForecast(
            application_id=application.id, funder_id=line.funder_id, nature=line.nature, year_index=line.year_index,
            requested_cents=line.requested_cents,
        )
        for line in forecasts
    )  # fmt: skip


def follow_funding(application: Application) -> None:
    """Write the class 74 income lines anew: of the call's year from the funding lines, of later ones from the
    forecasts."""
    session = db.session()
    session.execute(sa.delete(BudgetLine).where(_forecast(application), BudgetLine.funder_id.is_not(None)))
    rows = [*_requested(application.id), *_expected(application.id)]
    accounts = _public_accounts(application.call.chart_version)
    session.add_all(
        BudgetLine(
            application_id=application.id, phase=Phase.EXPECTED, side=Side.INCOME,
            account_code=_account_of(funder, accounts), label=f"{funder.name} — {nature.label}",
            amount_cents=cents, funder_id=funder.id, nature=nature, year_index=year, position=1000 + position,
        )
        for position, (funder, nature, year, cents) in enumerate(rows)
    )  # fmt: skip
    session.flush()


def _requested(application_id: int) -> Sequence[sa.Row[Any]]:
    return db.session.execute(
        sa.select(Funder, FundingLine.nature, sa.literal(1), FundingLine.requested_cents)
        .join(Funder, Funder.id == FundingLine.funder_id)
        .where(FundingLine.application_id == application_id, FundingLine.requested_cents > 0)
        .order_by(Funder.position, Funder.id, FundingLine.nature)
    ).all()


def _expected(application_id: int) -> Sequence[sa.Row[Any]]:
    return db.session.execute(
        sa.select(Funder, FundingForecast.nature, FundingForecast.year_index, FundingForecast.requested_cents)
        .join(Funder, Funder.id == FundingForecast.funder_id)
        .where(FundingForecast.application_id == application_id)
        .order_by(FundingForecast.year_index, Funder.position, Funder.id, FundingForecast.nature)
    ).all()


def _public_accounts(chart_version: str) -> list[str]:
    statement = (
        sa.select(ChartAccount.code)
        .where(
            ChartAccount.chart_version == chart_version,
            ChartAccount.side == Side.INCOME,
            ChartAccount.group_code == "74",
        )
        .order_by(ChartAccount.position)
    )
    return list(db.session.scalars(statement))


_ACCOUNT_OF_KIND = {
    FunderKind.STATE: "741",
    FunderKind.REGION: "742",
    FunderKind.DEPARTMENT: "743",
    FunderKind.METROPOLE: "744",
    FunderKind.CITY: "745",
    FunderKind.CAF: "746",
    FunderKind.LANDLORD: "7492",
    FunderKind.OTHER: "7491",
}


def _account_of(funder: Funder, accounts: Sequence[str]) -> str:
    """The account of a funder: its own, that of its kind, else the last of class 74."""
    wanted = funder.account_code or _ACCOUNT_OF_KIND[funder.kind]
    return wanted if wanted in accounts or not accounts else accounts[-1]

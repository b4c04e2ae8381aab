"""The chart of accounts of project budgets: versioned data, loaded with the first contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.calls.models import ChartAccount
from portal.calls.states import Side
from portal.contracts.models import Contract
from portal.contracts.operations.changes import Changes
from portal.contracts.operations.loading import when_contract_loaded
from portal.contracts.rules.contract_rows import ContractFile
from portal.extensions import db

DATA = Path(__file__).parent.parent / "data" / "chart_2018_06.json"


@when_contract_loaded
def load_chart(_contract: Contract, _file: ContractFile, changes: Changes) -> None:
    """Write the chart, or bring its words of help up to date: the accounts of a version once used never change."""
    chart = json.loads(DATA.read_text(encoding="utf-8"))
    version: str = chart["version"]
    known = {
        (account.side, account.code): account
        for account in db.session.scalars(sa.select(ChartAccount).where(ChartAccount.chart_version == version))
    }
    if known:
        _renew_help(known, chart["accounts"])
        return
    changes.add(f"plan comptable {version}")
    for position, account in enumerate(chart["accounts"], start=1):
        values = account | {"side": Side(account["side"])}
        db.session.add(ChartAccount(chart_version=version, position=position, **values))


def _renew_help(known: Mapping[tuple[Side, str], ChartAccount], accounts: Iterable[dict[str, Any]]) -> None:
    for account in accounts:
        row = known[Side(account["side"]), account["code"]]
        row.help, row.unit_help = account["help"], account["unit_help"]

"""The chart of accounts of project budgets: versioned data, loaded with the first contract."""

from __future__ import annotations

import json
from pathlib import Path

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
    """Write the chart unless its version is there: a version once used never changes."""
    chart = json.loads(DATA.read_text(encoding="utf-8"))
    version: str = chart["version"]
    known = sa.select(ChartAccount.id).where(ChartAccount.chart_version == version).limit(1)
    if db.session.execute(known).first() is not None:
        return
    changes.add(f"plan comptable {version}")
    for position, account in enumerate(chart["accounts"], start=1):
        values = account | {"side": Side(account["side"])}
        db.session.add(ChartAccount(chart_version=version, position=position, **values))

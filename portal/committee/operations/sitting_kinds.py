"""The kinds of sitting a contract begins with; kinds are data, changed on screens afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa

from portal.committee.models import SittingKind
from portal.contracts.models import Contract
from portal.contracts.operations.changes import Changes
from portal.contracts.operations.loading import when_contract_loaded
from portal.contracts.rules.contract_rows import ContractFile
from portal.extensions import db

DATA = Path(__file__).parent.parent / "data" / "sitting_kinds.json"


@when_contract_loaded
def load_sitting_kinds(contract: Contract, _file: ContractFile, changes: Changes) -> None:
    """Write the default kinds unless the contract has some."""
    known = sa.select(SittingKind.id).where(SittingKind.contract_id == contract.id).limit(1)
    if db.session.execute(known).first() is not None:
        return
    changes.add("types de séance")
    for position, row in enumerate(json.loads(DATA.read_text(encoding="utf-8")), start=1):
        db.session.add(SittingKind(contract_id=contract.id, position=position, **row))

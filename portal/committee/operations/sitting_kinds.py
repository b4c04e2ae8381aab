"""The kinds of sitting of a contract: the usual ones to begin with, changed on screens afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.committee.models import SittingKind
from portal.contracts.models import Contract
from portal.contracts.operations.changes import Changes
from portal.contracts.operations.loading import when_contract_loaded
from portal.contracts.rules.contract_rows import ContractFile
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal

DATA = Path(__file__).parent.parent / "data" / "sitting_kinds.json"


@when_contract_loaded
def load_sitting_kinds(contract: Contract, _file: ContractFile, changes: Changes) -> None:
    """Write the default kinds unless the contract has some."""
    known = sa.select(SittingKind.id).where(SittingKind.contract_id == contract.id).limit(1)
    if db.session.execute(known).first() is not None:
        return
    changes.add("types de séance")
    db.session.add_all(_usual(contract.id))


def add_usual_kinds(contract_id: int, *, actor: Actor) -> list[SittingKind]:
    """Give a contract the usual kinds of sitting; those it has already stay as they are."""
    known = set(db.session.scalars(sa.select(SittingKind.code).where(SittingKind.contract_id == contract_id)))
    added = [kind for kind in _usual(contract_id) if kind.code not in known]
    db.session.add_all(added)
    for kind in added:
        record(actor, "sitting_kind.added", kind, label=kind.label)
    return added


def set_kind(
    kind: SittingKind, *, label: str, pronounces: bool, arbitrates: bool, quorum: int | None, actor: Actor
) -> None:
    """Change what a kind of sitting is called and may pronounce."""
    if quorum is not None and quorum < 1:
        raise Refusal("Le quorum est d’au moins un membre ; laissez vide s’il n’y en a pas.", "quorum")
    before = [kind.label, kind.pronounces_admissibility, kind.arbitrates, kind.quorum]
    kind.label, kind.pronounces_admissibility, kind.arbitrates, kind.quorum = label, pronounces, arbitrates, quorum
    record(actor, "sitting_kind.changed", kind, before=before, after=[label, pronounces, arbitrates, quorum])


def _usual(contract_id: int) -> list[SittingKind]:
    rows: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return [SittingKind(contract_id=contract_id, position=position, **row) for position, row in enumerate(rows, 1)]

"""The kinds of sitting of a contract: the usual ones to begin with, changed on screens afterwards."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.committee.models import SittingKind, SittingSeat
from portal.committee.rules.convocations import USUAL, checked_words
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


@dataclass(frozen=True)
class KindTerms:
    """What a kind of sitting is called, what it may pronounce and how."""

    label: str
    pronounces_admissibility: bool
    arbitrates: bool
    quorum: int | None
    votes: bool
    decision_word: str
    proxies: bool
    shows_scores: bool


def set_kind(kind: SittingKind, terms: KindTerms, *, actor: Actor) -> None:
    """Change what a kind of sitting is called, may pronounce, and how it decides."""
    if terms.quorum is not None and terms.quorum < 1:
        raise Refusal("Le quorum est d’au moins un membre ; laissez vide s’il n’y en a pas.", "quorum")
    after = asdict(terms)
    before = {name: getattr(kind, name) for name in after}
    for name, value in after.items():
        setattr(kind, name, value)
    record(actor, "sitting_kind.changed", kind, before=before, after=after)


def set_convocation(kind: SittingKind, words: str, *, actor: Actor) -> None:
    """Change the words of the convocations of a kind; empty, or the usual ones, follows the usual ones."""
    checked = checked_words(words)
    kind.convocation = "" if checked == USUAL else checked
    record(actor, "sitting_kind.convocation_changed", kind, usual=not kind.convocation)


@dataclass(frozen=True)
class Seat:
    """Somebody to convene to every sitting of a kind, by account or by name."""

    person_id: int | None
    name: str
    email: str | None
    capacity: str
    is_voting: bool


def add_seat(kind: SittingKind, seat: Seat, *, actor: Actor) -> SittingSeat:
    """Give a seat; who has an account is written to there."""
    if seat.person_id is not None and seat.person_id in {each.person_id for each in kind.seats}:
        raise Refusal("Cette personne siège déjà d’office.", "person_id")
    person = db.session.get_one(Person, seat.person_id) if seat.person_id is not None else None
    if person is None and not seat.name.strip():
        raise Refusal("Choisissez une personne, ou indiquez son nom si elle n’a pas de compte.", "name")
    made = SittingSeat(
        kind_id=kind.id,
        person_id=seat.person_id,
        name=person.display_name if person else seat.name.strip(),
        email=None if person else seat.email,
        capacity=seat.capacity.strip(),
        is_voting=seat.is_voting,
        position=max((each.position for each in kind.seats), default=0) + 1,
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(kind, ["seats"])
    record(actor, "sitting_kind.seat_added", kind, seat=made.id, personal=["name", "email"])
    return made


def remove_seat(seat: SittingSeat, kind: SittingKind, *, actor: Actor) -> None:
    """Take a seat away; the sittings already planned keep their members."""
    record(actor, "sitting_kind.seat_removed", kind, seat=seat.id)
    db.session.delete(seat)
    db.session.flush()
    db.session.expire(kind, ["seats"])


def _usual(contract_id: int) -> list[SittingKind]:
    rows: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return [SittingKind(contract_id=contract_id, position=position, **row) for position, row in enumerate(rows, 1)]

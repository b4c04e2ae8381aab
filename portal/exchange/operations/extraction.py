"""Importing the extraction of the State's services: matched, chosen by hand, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from portal.calls.models import FundingLine
from portal.calls.operations.dauphin import keep_number, keep_status
from portal.committee.operations.acts import ActTerms, record_act
from portal.committee.operations.programme import propose
from portal.committee.rules.acts import RECORDERS
from portal.contracts.models import Nature
from portal.exchange.models import ColumnMemory, ImportRun
from portal.exchange.operations.amounts import Sent, lock, table_of, told_beside, told_by_row
from portal.exchange.queries import amounts as queries
from portal.exchange.rules.sent import extraction
from portal.exchange.rules.sent.columns import Reader, guessed
from portal.exchange.rules.sent.extraction import Effects, Extraction, RowMatch
from portal.exchange.rules.sent.matching import KnownLines
from portal.exchange.rules.sent.tables import SentTable, bare
from portal.exchange.rules.sent.votes import Terms
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.refusals import Refusal

KIND = "dauphin"


def read(sent: Sent) -> SentTable:
    """The table of the file. Raises Refusal on `file`."""
    with told_beside("file"):
        return table_of(sent, extraction.COLUMNS)


def places_offered(table: SentTable, contract_id: int) -> dict[str, int]:
    """{what: column} as far as it can be guessed: what somebody said last in this contract, else the usual words."""
    remembered = db.session.execute(
        sa.select(ColumnMemory.headings).where(ColumnMemory.contract_id == contract_id, ColumnMemory.kind == KIND)
    ).scalar_one_or_none()
    places = guessed(table, extraction.COLUMNS)
    for column, heading in table.headings.items():
        key = (remembered or {}).get(bare(heading))
        if key is not None:
            places = {each: place for each, place in places.items() if place != column} | {key: column}
    return places


def remember_columns(contract_id: int, table: SentTable, places: Mapping[str, int], *, actor: Actor) -> None:
    """Keep what each heading means, for the next file of this contract."""
    headings = {bare(table.headings[place]): key for key, place in places.items() if place in table.headings}
    known = db.session.execute(
        sa.select(ColumnMemory)
        .where(ColumnMemory.contract_id == contract_id, ColumnMemory.kind == KIND)
        .with_for_update()
    ).scalar_one_or_none()
    if known is None:
        known = ColumnMemory(contract_id=contract_id, kind=KIND, headings={})
        db.session.add(known)
    if known.headings == headings:
        return
    known.headings = headings
    record(actor, "extraction.columns_said", known, headings=headings)


def check_places(places: Mapping[str, int]) -> None:
    """Raises Refusal when nothing would say which application a row is about."""
    if "number" not in places and "title" not in places:
        raise Refusal("Dites au moins quelle colonne donne le numéro DAUPHIN, ou le titre de l’action.", "title")
    if len(set(places.values())) < len(places):
        raise Refusal("Une même colonne ne peut pas dire deux choses.", "number")


def prepare(sent: Sent, places: Mapping[str, int], roles: Iterable[str]) -> tuple[str, Extraction]:
    """The dry run: (the file's digest, each row beside the lines it may mean)."""
    table = read(sent)
    known = queries.known_for_votes(sent.call.id, sent.funder.id, sent.visible, sent.viewer_id)
    # What that tool takes: the State's credits of politique de la ville.
    taken = [line for line in known.lines.lines if line.nature == Nature.SPECIFIC]
    known = replace(known, lines=KnownLines(taken))
    may_grant = bool(set(roles) & RECORDERS)
    return table.sha256, extraction.matched(Reader(table, places), known, may_grant=may_grant)


@dataclass(frozen=True)
class Written:
    """How many rows changed something, out of those chosen."""

    chosen: int
    changed: int


def import_extraction(
    sent: Sent,
    places: Mapping[str, int],
    choices: Mapping[int, int],
    *,
    cut_reason: str = "",
    actor: Actor,
    roles: Iterable[str],
) -> Written:
    """Write the rows that a person chose: `choices` are line ids by row number.

    `cut_reason` says why an amount voted is lower than asked, where the committee gave no reason.

    Raises Refusal, and writes nothing, when one is no longer possible.
    """
    lock(sent.call)
    roles = frozenset(roles)
    sha256, found = prepare(sent, places, roles)
    chosen = _chosen(found, choices)
    changed = 0
    acts: dict[Terms, dict[int, int]] = {}
    rows: dict[int, int] = {}
    for row, line_id in chosen:
        candidate = row.of(line_id)
        if candidate is None or candidate.effects.changes_nothing:
            continue
        changed += 1
        with told_by_row({}, row.number):
            _write(line_id, candidate.effects, actor, roles)
        if candidate.effects.granted is not None:
            terms, cents = candidate.effects.granted
            acts.setdefault(terms, {})[line_id] = cents
            rows[line_id] = row.number
    for terms, amounts in acts.items():
        with told_by_row({f"amount_{line_id}": number for line_id, number in rows.items()}):
            act_terms = ActTerms(terms.kind, terms.number, terms.decided_on, cut_reason)
            record_act(sent.call, sent.funder, act_terms, amounts, actor=actor, roles=roles)
    if changed:
        _trace(sent, sha256, found, changed, actor)
    return Written(len(chosen), changed)


def _chosen(found: Extraction, choices: Mapping[int, int]) -> list[tuple[RowMatch, int]]:
    if not choices:
        raise Refusal("Choisissez au moins une correspondance.")
    rows = {row.number: row for row in found.rows}
    chosen: list[tuple[RowMatch, int]] = []
    taken: dict[int, int] = {}
    for number, line_id in sorted(choices.items()):
        row = rows.get(number)
        if row is None or row.of(line_id) is None:
            raise Refusal(f"Ligne {number} : cette correspondance n’est plus possible. Relisez la comparaison.")
        if line_id in taken:
            raise Refusal(f"Lignes {taken[line_id]} et {number} : un même dossier ne peut pas leur correspondre.")
        taken[line_id] = number
        chosen.append((row, line_id))
    return chosen


def _write(line_id: int, effects: Effects, actor: Actor, roles: frozenset[str]) -> None:
    line = db.session.get_one(FundingLine, line_id)
    if effects.number is not None:
        keep_number(line.application, effects.number, actor=actor, roles=roles)
    if effects.status is not None:
        keep_status(line, effects.status, actor=actor)
    if effects.proposed is not None:
        propose(line, effects.proposed, version=None, actor=actor, roles=roles)


def _trace(sent: Sent, sha256: str, found: Extraction, changed: int, actor: Actor) -> None:
    db.session.add(
        ImportRun(
            contract_id=sent.call.contract_id,
            kind=KIND,
            year=sent.call.year,
            file_name=sent.name[:200],
            sha256=sha256,
            counts=found.counts() | {"changed": changed},
            made_at=clock.now(),
            made_by_id=actor.person_id,
        )
    )
    record(actor, "extraction.imported", sent.call, funder=sent.funder.id, sha256=sha256, changed=changed)

"""Asking for the programming table as a workbook, and making it as its reader sees it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.rules import HeldGrant, Role, ScopeKind, roles_on
from portal.calls.models import Call
from portal.calls.states import FundingStatus
from portal.committee.queries import programme as table
from portal.committee.queries.programme import Filters, Reader
from portal.committee.queries.programme_rows import TableLine, TableRow
from portal.committee.rules.desk import COMMITTEE, OVERSEERS
from portal.committee.rules.programme_export import About, Shown, chosen, programme_workbook
from portal.committee.states import Outcome
from portal.contracts.models import Funder, Theme
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.task_files import forget
from portal.quartiers.models import Quartier

JOB = "committee.programme_export"
FUNDER_PEOPLE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER})


def ask_for_programme(call: Call, filters: Filters, columns: Sequence[str], *, actor: Actor) -> int:
    """Queue the making of a workbook; returns the Task's id."""
    wanted: dict[str, Any] = {
        "call_id": call.id,
        "filters": asdict(filters),
        "columns": [each.value for each in chosen(columns)],
    }
    record(actor, "export.asked", call, kind="programme", **wanted)
    return outbox.enqueue(
        JOB,
        # Each click is a new workbook: the table may have changed since the last.
        key=f"{JOB}:{actor.person_id}:{secrets.token_hex(8)}",
        label=f"Programmation : {call.title}",
        owner_person_id=actor.person_id,
        queue="slow",
        person_id=actor.person_id,
        **wanted,
    )


def stored_filters(values: Mapping[str, Any]) -> Filters:
    """The filters that `ask_for_programme` wrote in a job's arguments."""
    status, outcome = values["status"], values["outcome"]
    return Filters(
        **{
            **values,
            "status": FundingStatus(status) if status else None,
            "outcome": Outcome(outcome) if outcome else None,
        }
    )


def make_programme(
    call: Call, filters: Filters, columns: Sequence[str], person: Person, grants: Sequence[HeldGrant]
) -> bytes:
    """Draw the workbook from the database as it is now, with what the person may see now."""
    reader = _reader(call, person.id, grants)
    rows = _rows(call, reader, filters)
    about = About(
        call=call.title,
        made_at=to_paris(clock.now()),
        made_by=person.display_name,
        filters=_words(filters),
        leaves_out=table.hidden_from(call.id, person.id),
        is_demo=call.contract.is_demo,
    )
    return programme_workbook(rows, chosen(columns), about)


@outbox.periodic
def forget_programmes() -> None:
    forget(JOB, "Ce classeur est effacé : demandez-le à nouveau depuis la programmation.")


def _reader(call: Call, person_id: int, grants: Sequence[HeldGrant]) -> Reader:
    """The committee reads all of the table, funders their own lines: as on the page, without its session."""
    roles = roles_on(grants, call.access_scopes())
    committee = bool(roles & COMMITTEE)
    own = frozenset(
        grant.scope_id for grant in grants if grant.role in FUNDER_PEOPLE and grant.scope_kind is ScopeKind.FUNDER
    )
    return Reader(
        person_id, grants, None if committee else own, committee and call.scoring_enabled, bool(roles & OVERSEERS)
    )


def _rows(call: Call, reader: Reader, filters: Filters) -> list[Mapping[Shown, Any]]:
    """Page after page, as the table is read: what is in memory at once is what is written."""
    found: list[Mapping[Shown, Any]] = []
    number = 1
    while True:
        page, rows = table.table(call, reader, filters, number)
        found += [_row(row, line) for row in rows for line in row.lines]
        if not page.has_next:
            return found
        number += 1


def _row(row: TableRow, line: TableLine) -> Mapping[Shown, Any]:
    mean = row.score.mean if row.score else None
    opinion = line.opinion.label if line.opinion else None
    return {
        Shown.REFERENCE: row.reference,
        Shown.TITLE: row.title,
        Shown.ORGANISATION: row.organisation,
        Shown.QUARTIERS: ", ".join(row.quartiers) or None,
        Shown.PILLAR: row.pillar,
        Shown.THEME: row.theme,
        Shown.SCORE: None if mean is None else mean / 100,
        Shown.OUTCOME: row.outcome.label if row.outcome else None,
        Shown.WARNINGS: ", ".join(row.warnings) or None,
        Shown.FUNDER: line.funder,
        Shown.NATURE: line.nature.label,
        Shown.OPINION: f"{opinion} : {line.reserve}" if opinion and line.reserve else opinion,
        Shown.REQUESTED: line.requested_cents,
        Shown.PREVIOUS: line.previous_cents,
        Shown.EARLIER: line.earlier_cents,
        Shown.PROPOSED: line.proposed_cents,
        Shown.ARBITRATED: line.arbitrated_cents,
        Shown.GRANTED: line.granted_cents,
        Shown.STATUS: line.status.label,
    }


def _words(filters: Filters) -> list[tuple[str, str]]:
    """The filters in force, for « Lisez-moi »."""
    named = (
        ("Financeur", Funder.name, Funder.id, filters.funder_id),
        ("Quartier", Quartier.name, Quartier.id, filters.quartier_id),
        ("Pilier", Theme.label, Theme.id, filters.pillar_id),
    )
    told = [
        (name, str(db.session.execute(sa.select(column).where(key == value)).scalar() or "inconnu"))
        for name, column, key, value in named
        if value is not None
    ]
    if filters.words:
        told.append(("Recherche", filters.words))
    if filters.status is not None:
        told.append(("État du financement", filters.status.label))
    if filters.outcome is not None:
        told.append(("Décision", filters.outcome.label))
    if filters.warned:
        told.append(("Points d’attention", "seulement les dossiers qui en ont"))
    return told

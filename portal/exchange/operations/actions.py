"""Importing the actions of a past programme: first what it would do, then all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from portal.accounts.models import Organisation, OrganisationKind
from portal.calls.models import Application, Call, CallQuartier, Placement
from portal.calls.states import ApplicationStatus, CallKind, CallStatus, Origin
from portal.contracts.models import Contract
from portal.exchange.models import ImportRun
from portal.exchange.queries import imports as queries
from portal.exchange.rules.actions import OPTIONAL, REQUIRED, ActionKey, Plan, PrintedAction, plan
from portal.exchange.rules.tables import UnusableTable, examined, opened
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.events import record, record_each
from portal.foundation.folding import fold
from portal.foundation.periods import year_bounds
from portal.foundation.refusals import Refusal

KIND = "actions"


@dataclass(frozen=True)
class Prepared:
    """A file compared with the portal: what importing it would do."""

    file_name: str
    sha256: str
    plan: Plan


def prepare(contract: Contract, year: int, path: Path, name: str) -> Prepared:
    """The dry run: read the file and compare; the same queries whatever its length.

    Raises Refusal when the year is not one of the contract's, or the file is not a readable table.
    """
    if not contract.start_year <= year <= contract.end_year:
        raise Refusal(
            f"Le contrat « {contract.name} » va de {contract.start_year} à {contract.end_year} : "
            f"il ne comprend pas {year}.",
            "year",
        )
    try:
        return _prepared(contract, year, path, name)
    except UnusableTable as error:
        raise Refusal(str(error), "file") from None


def _prepared(contract: Contract, year: int, path: Path, name: str) -> Prepared:
    with path.open("rb") as stream:
        told = examined(stream)
    with path.open("rb") as stream:
        table = opened(stream, told.encoding, REQUIRED, OPTIONAL)
        made = plan(table.lines(), queries.reference(contract.id), queries.existing(contract.id, year))
    if not made.reports:
        raise UnusableTable("Le fichier ne contient aucune action.")
    return Prepared(name, told.sha256, made)


def import_actions(contract: Contract, year: int, path: Path, name: str, *, actor: Actor) -> Prepared:
    """Write what `prepare` finds; a file that changes nothing leaves no trace at all.

    Raises Refusal, and writes nothing, when any row cannot be used.
    """
    # Two imports of one contract wait for each other, so that neither doubles what the other writes.
    db.session.execute(sa.select(Contract.id).where(Contract.id == contract.id).with_for_update())
    prepared = prepare(contract, year, path, name)
    made = prepared.plan
    if made.mistakes:
        raise Refusal(f"{len(made.mistakes)} ligne(s) à corriger : rien n’a été importé.", "file")
    if made.changes_nothing:
        return prepared
    call = _past_call(contract, year)
    applications = _applications(call, made, actor)
    _placements(applications, made)
    _open_quartiers(call, made)
    run = ImportRun(
        contract_id=contract.id,
        kind=KIND,
        year=year,
        file_name=name[:200],
        sha256=prepared.sha256,
        counts=made.counts(),
        made_at=clock.now(),
        made_by_id=actor.person_id,
    )
    db.session.add(run)
    record(actor, "actions.imported", call, sha256=prepared.sha256, counts=made.counts())
    return prepared


def _past_call(contract: Contract, year: int) -> Call:
    """The call that stands for the past programme of the year, made when it is not there."""
    call_id = queries.past_call_id(contract.id, year)
    if call_id is not None:
        return db.session.get_one(Call, call_id)
    begins, ends = year_bounds(year)
    call = Call(
        contract_id=contract.id,
        kind=CallKind.PAST,
        status=CallStatus.ARCHIVED,
        year=year,
        title=f"Programmation {year}",
        presentation="Actions reprises d’une programmation passée.",
        opens_at=begins,
        closes_at=ends,
        actions_start_on=date(year, 1, 1),
        actions_end_on=date(year, 12, 31),
        scoring_enabled=False,
    )
    db.session.add(call)
    db.session.flush()
    return call


def _applications(call: Call, made: Plan, actor: Actor) -> dict[ActionKey, int]:
    """The application of every action of the plan: those already there, and the new ones."""
    organisations = _organisations(made)
    last = sa.select(sa.func.coalesce(sa.func.max(Application.number), 0)).where(Application.call_id == call.id)
    number = db.session.execute(last).scalar_one()
    rows = [
        _application(call, organisations[key[0]], key[1], row)
        | {"number": number + place, "created_by_id": actor.person_id}
        for place, (key, row) in enumerate(made.new_actions.items(), start=1)
    ]
    _insert(Application, rows)
    ids = {
        (organisation_id, key): id
        for id, organisation_id, key in db.session.execute(
            sa.select(Application.id, Application.organisation_id, Application.printed_key).where(
                Application.call_id == call.id
            )
        )
    }
    found = {key: ids[organisations.get(key[0], key[0]), key[1]] for key in made.actions}
    record_each(actor, "application.imported", "application", [found[key] for key in made.new_actions])
    return found


def _application(call: Call, organisation_id: int, action_key: str, row: PrintedAction) -> dict[str, object]:
    """One imported action; its main theme and description are those printed first."""
    return {
        "call_id": call.id,
        "organisation_id": organisation_id,
        "origin": Origin.IMPORTED,
        "status": ApplicationStatus.CLOSED,
        "title": row.action,
        "title_fold": fold(row.action),
        "printed_key": action_key,
        "description": row.description,
        "main_theme_id": row.theme.id,
        "created_at": clock.now(),
    }


def _organisations(made: Plan) -> dict[int | str, int]:
    """The organisation of each new action; a name not known yet makes one, of which nothing else is known."""
    names = {key: row.organisation for (key, _), row in reversed(made.new_actions.items()) if isinstance(key, str)}
    _insert(
        Organisation,
        [
            {
                "name": name,
                "name_fold": fold(name),
                "printed_key": key,
                "kind": OrganisationKind.UNKNOWN,
                "created_at": clock.now(),
            }
            for key, name in reversed(names.items())
        ],
    )
    _remember_names(made)
    known = sa.select(Organisation.printed_key, Organisation.id).where(Organisation.printed_key.is_not(None))
    by_key = {key: id for key, id in db.session.execute(known) if key in names}
    return by_key | {key: key for key, _ in made.new_actions if isinstance(key, int)}


def _insert(table: type[Application | Organisation | Placement], rows: list[dict[str, object]]) -> None:
    """Many rows in one statement."""
    if rows:
        db.session.execute(sa.insert(table), rows)


def _remember_names(made: Plan) -> None:
    """A registered organisation met by its name keeps it: a later homonym will not divert the next import."""
    used = {organisation for organisation, _ in made.actions}
    met = [{"id": id, "printed_key": key} for key, id in made.existing.met_by_name.items() if id in used]
    if met:
        db.session.execute(sa.update(Organisation), met)


def _placements(applications: dict[ActionKey, int], made: Plan) -> None:
    """Write new placements and bring changed ones to what the file prints."""
    created, changed = [], []
    for planned in made.placements:
        row, before = planned.row, planned.existing
        values: dict[str, object] = {"theme_id": row.theme.id, "printed_order": row.order}
        if before is None:
            values |= {"application_id": applications[planned.key], "quartier_id": row.quartier.id}
            created.append(values | {"description": row.description})
        else:
            changed.append(values | {"id": before.id, "description": row.description or before.description})
    _insert(Placement, created)
    if changed:
        db.session.execute(sa.update(Placement), changed)


def _open_quartiers(call: Call, made: Plan) -> None:
    """The past call took place where its actions did."""
    known = set(db.session.scalars(sa.select(CallQuartier.quartier_id).where(CallQuartier.call_id == call.id)))
    for quartier_id in sorted({planned.row.quartier.id for planned in made.placements} - known):
        db.session.add(CallQuartier(call_id=call.id, quartier_id=quartier_id))

"""Asking for the délégué du Préfet's workbook, and making it."""

from __future__ import annotations

import secrets
from dataclasses import asdict

import sqlalchemy as sa

from portal.accounts.rules import HeldGrant, Role
from portal.calls.models import Call
from portal.calls.queries.visibility import recused_applications, visible_applications
from portal.calls.states import ApplicationStatus
from portal.contracts.models import Contract, Funder, Theme
from portal.exchange.queries import delegate as queries
from portal.exchange.queries.delegate import Selection
from portal.exchange.rules.delegate import delegate_workbook
from portal.exchange.rules.delegate_synthesis import About
from portal.extensions import db
from portal.foundation import clock, outbox
from portal.foundation.actors import Actor
from portal.foundation.events import record
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal
from portal.foundation.task_files import forget
from portal.quartiers.models import Quartier

JOB = "exchange.delegate"
NOTHING = "Aucun dossier ne correspond à ces choix."
EXPORTERS = (Role.DELEGATE, Role.OFFICER, Role.MANAGER)


def ask_for_workbook(selection: Selection, allowed: sa.Select[tuple[int]], *, actor: Actor) -> int:
    """Queue the making of a workbook; returns the Task's id.

    Raises Refusal when nothing that its reader may see (`allowed`) was filed under the selection.
    """
    if not queries.count_selected(selection, allowed):
        raise Refusal(NOTHING, "year")
    record(actor, "export.asked", None, kind="delegate", selection=_stored(selection))
    return outbox.enqueue(
        JOB,
        # Each click is a new workbook: the data may have changed since the last.
        key=f"{JOB}:{actor.person_id}:{secrets.token_hex(8)}",
        label=f"Classeur du délégué du Préfet {selection.year}",
        owner_person_id=actor.person_id,
        queue="slow",
        selection=_stored(selection),
        person_id=actor.person_id,
    )


def stored_selection(values: dict[str, object]) -> Selection:
    """The selection that `ask_for_workbook` wrote in a job's arguments."""
    status = values.get("status")
    return Selection(**{**values, "status": ApplicationStatus(str(status)) if status else None})  # type: ignore[arg-type]  # the values that _stored wrote


def _stored(selection: Selection) -> dict[str, object]:
    values = asdict(selection)
    return {**values, "status": selection.status.value if selection.status else None}


def make_workbook(
    selection: Selection,
    *,
    made_by: str,
    base_url: str,
    allowed: sa.Select[tuple[int]] | None = None,
    with_envelopes: bool = True,
) -> bytes:
    """Draw the workbook from the database as it is now.

    `allowed` limits it to what a person may see; None is for the command line, which sees all.
    Raises Refusal when nothing was filed under the selection.
    """
    data = queries.delegate_data(selection, allowed, with_envelopes=with_envelopes)
    if not data.dossiers:
        raise Refusal(NOTHING, "year")
    contract = db.session.get_one(Contract, selection.contract_id)
    about = About(
        contract=contract.name,
        year=selection.year,
        made_at=to_paris(clock.now()),
        made_by=made_by,
        filters=_filters(selection),
        leaves_out=None if allowed is None else _left_out(selection, len(data.dossiers)),
        is_demo=contract.is_demo,
        base_url=base_url,
    )
    return delegate_workbook(data, about)


@outbox.periodic
def forget_workbooks() -> None:
    forget(JOB, "Ce classeur est effacé : demandez-le à nouveau depuis « Exports ».")


def allowed_to(person_id: int, grants: list[HeldGrant]) -> sa.Select[tuple[int]]:
    """The applications a person may find in their workbook."""
    return visible_applications(person_id, grants)


def has_recusals(person_id: int) -> bool:
    """Whether a person has stepped out of something: then envelopes' totals stay out of their workbook."""
    found = recused_applications(person_id).exists()
    return bool(db.session.execute(sa.select(found)).scalar())


def _left_out(selection: Selection, shown: int) -> str | None:
    whole = queries.count_selected(selection, None)
    return None if whole == shown else "Certains dossiers n’apparaissent pas : totaux hors dossiers déportés."


def _filters(selection: Selection) -> list[tuple[str, str]]:
    """The choices in words, for `Lisez-moi`."""
    named = (
        ("Appel", Call.title, Call.id, selection.call_id),
        ("Quartier", Quartier.name, Quartier.id, selection.quartier_id),
        ("Pilier", Theme.label, Theme.id, selection.pillar_id),
        ("Thématique", Theme.label, Theme.id, selection.theme_id),
        ("Financeur", Funder.name, Funder.id, selection.funder_id),
    )
    chosen = [
        (name, str(db.session.execute(sa.select(column).where(key == value)).scalar_one()))
        for name, column, key, value in named
        if value is not None
    ]
    if selection.status is not None:
        chosen.append(("État", selection.status.label))
    return chosen

"""Envelopes: their amounts, and what grants take from them.

Each move is one guarded UPDATE. Two writers meet on the row's lock, the second sees what the first
left, and the CHECK of the table stands behind: a notified envelope is never overdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import CursorResult
from sqlalchemy.exc import IntegrityError

from portal.calls.models import Call, Envelope, EnvelopeRevision
from portal.calls.operations.table_changes import touch_call
from portal.calls.queries.envelopes import steps_out_of_funder
from portal.calls.rules import calling, envelopes
from portal.calls.states import EnvelopeStatus
from portal.contracts.models import Nature
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.money import format_euros
from portal.foundation.refusals import Conflict, Refusal

STALE = "Cette enveloppe a été modifiée entre-temps. Comparez les deux saisies, puis enregistrez celle à garder."


def set_envelope(
    call: Call,
    funder_id: int,
    nature: Nature,
    scheme: str = "",
    *,
    amount_cents: int,
    status: EnvelopeStatus,
    reason: str | None = None,
    version: int | None = None,
    actor: Actor,
) -> Envelope:
    """Create the envelope of a funder, nature and scheme in a call, or revise its amount and status.

    `version` is the one its author saw, 0 when there was none; None skips the check. Raises
    Conflict when somebody else wrote first, Refusal when a notified envelope would fall below what
    it has granted.
    """
    calling.check_not_archived(call.status)
    scheme = scheme.strip()
    key = {"call_id": call.id, "funder_id": funder_id, "nature": nature, "scheme": scheme}
    found = db.session.execute(sa.select(Envelope).filter_by(**key)).scalar_one_or_none()
    if found is not None and version == 0:
        raise Refusal("Cette enveloppe existe déjà dans cet appel. Révisez-la plutôt.", "funder_id")
    if found is not None:
        revise_envelope(found, amount_cents=amount_cents, status=status, reason=reason, version=version, actor=actor)
        return found
    made = Envelope(**key, amount_cents=amount_cents, status=status, position=_next_position(call.id))
    db.session.add(made)
    with _refusing_a_twin():
        db.session.flush()
    _keep_revision(made, reason, actor)
    touch_call(call.id)
    record(actor, "envelope.created", made, call=call.id, status=status, amount_cents=amount_cents)
    return made


def revise_envelope(
    envelope: Envelope,
    *,
    amount_cents: int,
    status: EnvelopeStatus,
    reason: str | None,
    version: int | None = None,
    actor: Actor,
) -> None:
    """Give an envelope a new amount and status, as a dated revision. Raises as `set_envelope`.

    Refused to whoever stepped out of an application that asks its funder.
    """
    calling.check_not_archived(envelope.call.status)
    if steps_out_of_funder(actor.person_id, envelope.call_id, envelope.funder_id):
        raise Refusal(envelopes.STEPPED_OUT)
    before = [envelope.amount_cents, envelope.status]
    conditions = [
        Envelope.id == envelope.id,
        sa.or_(sa.literal(status is not EnvelopeStatus.NOTIFIED), Envelope.granted_cents <= amount_cents),
        sa.or_(
            sa.literal(status is EnvelopeStatus.NOTIFIED),
            Envelope.status == EnvelopeStatus.FORECAST,
            Envelope.granted_cents == 0,
        ),
    ]
    if version is not None:
        conditions.append(Envelope.version == version)
    moved = _update(conditions, amount_cents=amount_cents, status=status, version=Envelope.version + 1)
    db.session.refresh(envelope)
    if not moved:
        raise _why_not_revised(envelope, amount_cents, status, version)
    _keep_revision(envelope, reason, actor)
    touch_call(envelope.call_id)
    record(
        actor,
        "envelope.revised",
        envelope,
        call=envelope.call_id,
        amount_cents=[before[0], amount_cents],
        status=[before[1], status],
        reason=reason,
    )


def draw(envelope_id: int, delta_cents: int) -> None:
    """Take `delta_cents` from an envelope (give back when negative), in the running unit of work.

    A forecast envelope may be exceeded. Raises Refusal, naming what is left, when a notified one
    does not suffice; the unit of work must then be left.
    """
    drawn = Envelope.granted_cents + delta_cents
    moved = _update(
        [
            Envelope.id == envelope_id,
            sa.or_(Envelope.status != EnvelopeStatus.NOTIFIED, drawn <= Envelope.amount_cents),
            drawn >= 0,
        ],
        granted_cents=drawn,
    )
    envelope = db.session.get_one(Envelope, envelope_id)
    db.session.refresh(envelope)
    if moved:
        return
    if envelope.granted_cents + delta_cents < 0:
        raise ValueError(f"envelope {envelope_id} cannot give back more than it granted")
    raise Refusal(envelopes.words_of_overdraft(envelopes.room_left(envelope.amount_cents, envelope.granted_cents)))


@contextmanager
def refusing_overdraft() -> Iterator[None]:
    """Turn the CHECK that forbids overdrawing, broken inside the block, into a Refusal.

    For whoever writes envelopes otherwise than above. On PostgreSQL the transaction is dead after
    it: let the Refusal leave the unit of work.
    """
    try:
        yield
    except IntegrityError as error:
        if not broke(error, "ck_envelope_not_overdrawn"):
            raise
        raise Refusal(envelopes.OVERDRAWN) from error


def _update(conditions: list[sa.ColumnElement[bool]], **values: Any) -> bool:
    """One UPDATE of the envelope table; whether a row met the conditions."""
    statement = sa.update(Envelope).where(*conditions).values(**values)
    with refusing_overdraft():
        done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return bool(cast(CursorResult[Any], done).rowcount)


def _why_not_revised(envelope: Envelope, amount_cents: int, status: EnvelopeStatus, version: int | None) -> Refusal:
    """Why the guarded UPDATE met no row, read from what is stored now."""
    if version is not None and envelope.version != version:
        return Conflict(
            STALE,
            theirs=_shown(envelope.amount_cents, envelope.status),
            mine=_shown(amount_cents, status),
        )
    granted = envelope.granted_cents
    if status is EnvelopeStatus.NOTIFIED:
        return Refusal(envelopes.words_of_shortfall(granted), "amount_cents")
    return Refusal(envelopes.words_of_return(granted), "status")


def _shown(amount_cents: int, status: EnvelopeStatus) -> dict[str, str]:
    return {"Montant": format_euros(amount_cents), "Statut": status.label}


@contextmanager
def _refusing_a_twin() -> Iterator[None]:
    """Two people creating the same envelope at once: the second is told."""
    try:
        yield
    except IntegrityError as error:
        if not broke(error, "uq_envelope_call_id_funder_id_nature_scheme"):
            raise
        raise Refusal("Cette enveloppe vient d’être créée. Rechargez la page.", "funder_id") from error


def _keep_revision(envelope: Envelope, reason: str | None, actor: Actor) -> None:
    db.session.add(
        EnvelopeRevision(
            envelope_id=envelope.id,
            at=clock.now(),
            status=envelope.status,
            amount_cents=envelope.amount_cents,
            reason=reason or None,
            person_id=actor.person_id,
        )
    )


def _next_position(call_id: int) -> int:
    last = sa.select(sa.func.coalesce(sa.func.max(Envelope.position), 0)).where(Envelope.call_id == call_id)
    return int(db.session.execute(last).scalar_one()) + 1

"""Recording the act of a funder: grants that take from its envelopes, all or none; refusals; waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from portal.calls.models import Call, FundingLine
from portal.calls.operations.cycle import move_funding
from portal.calls.operations.envelopes import draw
from portal.calls.queries.envelopes import steps_out_of_funder
from portal.calls.rules import cycle
from portal.calls.rules.envelopes import room_left, words_of_overdraft
from portal.calls.states import EnvelopeStatus
from portal.committee.models import FundingAct, FundingActLine
from portal.committee.operations.arbitration import bump_table
from portal.committee.operations.recusals import refuse_recused
from portal.committee.queries import acts as queries
from portal.committee.queries.admissibility import standing_decision
from portal.committee.rules.acts import acting_roles, check_cut_explained, check_retained, checked_lines
from portal.committee.states import ActKind, DecisionKind
from portal.contracts.models import Funder, FunderKind
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.database import broke
from portal.foundation.events import record
from portal.foundation.files import StoredFile, created_by
from portal.foundation.periods import to_paris
from portal.foundation.refusals import Refusal

SAME_ACT = "Cet acte est déjà enregistré : même numéro, même date."

# -- guards -------------------------------------------------------------------------------------


@cycle.FUNDING.guard("act_recorded")
def act_recorded(line: FundingLine, *, act_id: int | None = None, **_: object) -> None:
    """A grant is true in law by an act of the same funder and call."""
    act = db.session.get(FundingAct, act_id) if act_id is not None else None
    if act is None or act.funder_id != line.funder_id or act.call_id != line.application.call_id:
        raise Refusal("Une attribution demande l’acte de son financeur.")


@cycle.FUNDING.guard("envelope_suffices")
def envelope_suffices(line: FundingLine, *, amount_cents: int, **_: object) -> None:
    """A notified envelope is not overdrawn. `draw` holds it against other writers; this tells it first."""
    envelope = line.envelope
    if envelope is None or envelope.status is not EnvelopeStatus.NOTIFIED:
        return
    left = room_left(envelope.amount_cents, envelope.granted_cents)
    if amount_cents > left:
        raise Refusal(words_of_overdraft(left))


@cycle.FUNDING.guard("reason_given")
def reason_given(_line: FundingLine, *, reason: str = "", **_: object) -> None:
    if not reason.strip():
        raise Refusal("Indiquez le motif : il est communiqué au porteur.", "reason")


@cycle.FUNDING.guard("reference_given")
def reference_given(_line: FundingLine, *, reference: str = "", **_: object) -> None:
    if not reference.strip():
        raise Refusal("Indiquez le numéro du dossier déposé ailleurs.", "reference")


# -- acts ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActTerms:
    """What identifies an act, and why it gives less than asked where the committee gave no reason."""

    kind: ActKind
    number: str
    decided_on: date
    cut_reason: str = ""


def record_act(
    call: Call,
    funder: Funder,
    terms: ActTerms,
    amounts: Mapping[int, int | None],
    *,
    file: StoredFile | None = None,
    actor: Actor,
    roles: Iterable[str],
) -> FundingAct:
    """Record an act and grant its lines: `amounts` are cents by line id, None when not in the act.

    Nothing is kept unless all is granted. Raises Refusal beside the line that its envelope cannot
    take, or on `number`, `decided_on`, `cut_reason`.
    """
    held = acting_roles(roles, is_state=funder.kind is FunderKind.STATE)
    _check_terms(funder, terms)
    lines = {line.id: line for line in _lines(amounts, funder, call)}
    given = checked_lines(amounts, {line.id: line.requested_cents for line in lines.values()})
    act = _new_act(call, funder, terms, file, actor)
    for line_id, cents in given.items():
        with _beside(f"amount_{line_id}"):
            _grant(lines[line_id], act, cents, actor=actor, roles=held)
    bump_table(call.id)
    return act


def _check_terms(funder: Funder, terms: ActTerms) -> None:
    if terms.decided_on > to_paris(clock.now()).date():
        raise Refusal("La date de l’acte est à venir : attendez qu’il soit pris.", "decided_on")
    if queries.same_act(funder.id, terms.kind, terms.number, terms.decided_on) is not None:
        raise Refusal(SAME_ACT, "number")


def _lines(amounts: Mapping[int, int | None], funder: Funder, call: Call) -> list[FundingLine]:
    """The lines named, locked in the order of their ids so that two acts wait instead of crossing."""
    return [
        line
        for line_id in sorted(line_id for line_id, cents in amounts.items() if cents is not None)
        if (line := db.session.get(FundingLine, line_id, with_for_update=True, populate_existing=True)) is not None
        and line.funder_id == funder.id
        and line.application.call_id == call.id
    ]


def _new_act(call: Call, funder: Funder, terms: ActTerms, file: StoredFile | None, actor: Actor) -> FundingAct:
    if file is not None:
        db.session.add(created_by(file, actor))
        db.session.flush()
    act = FundingAct(
        call_id=call.id,
        funder_id=funder.id,
        kind=terms.kind,
        number=terms.number,
        decided_on=terms.decided_on,
        cut_reason=terms.cut_reason.strip() or None,
        file_id=file.id if file else None,
        recorded_at=clock.now(),
        recorded_by_id=actor.person_id,
    )
    db.session.add(act)
    try:
        db.session.flush()
    except IntegrityError as error:
        if not broke(error, "uq_funding_act_funder_id_kind_number_decided_on"):
            raise
        raise Refusal(SAME_ACT, "number") from error
    record(actor, "act.recorded", act, funder=funder.id, number=terms.number, decided_on=terms.decided_on)
    return act


def _grant(line: FundingLine, act: FundingAct, cents: int, *, actor: Actor, roles: Iterable[str]) -> None:
    application = line.application
    refuse_recused(actor, application)
    standing = standing_decision(application.id, DecisionKind.ARBITRATION)
    check_retained(standing.outcome if standing else None)
    check_cut_explained(line.requested_cents, cents, act.cut_reason or (standing.reason if standing else ""))
    if line.envelope_id is None:
        line.envelope_id = queries.only_envelope(application.call_id, line.funder_id, line.nature)
    line.granted_cents = cents
    _discreetly_move(line, act, cents, actor=actor, roles=roles)
    db.session.add(FundingActLine(act_id=act.id, funding_line_id=line.id, amount_cents=cents))


def _discreetly_move(line: FundingLine, act: FundingAct, cents: int, *, actor: Actor, roles: Iterable[str]) -> None:
    """Grant; what is left of an envelope is not told to somebody recused from a part of it."""
    try:
        move_funding(line, "grant", actor=actor, roles=roles, act_id=act.id, amount_cents=cents)
        if line.envelope_id is not None:
            draw(line.envelope_id, cents)
    except Refusal:
        if steps_out_of_funder(actor.person_id, act.call_id, act.funder_id):
            raise Refusal("Cette attribution n’est pas possible, ou l’enveloppe n’y suffit pas.")
        raise


@contextmanager
def _beside(field: str) -> Iterator[None]:
    """Put a refusal that names no field beside the one being treated."""
    try:
        yield
    except Refusal as refusal:
        raise Refusal(refusal.message, refusal.field or field) from refusal


# -- what is not granted ------------------------------------------------------------------------


def refuse_funding(line: FundingLine, reason: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """A funder does not follow; its reason is kept for the applicant."""
    refuse_recused(actor, line.application)
    held = acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE)
    move_funding(line, "refuse", actor=actor, roles=held, reason=reason)
    line.refusal_reason = reason.strip()
    bump_table(line.application.call_id)


def await_assembly(line: FundingLine, *, actor: Actor, roles: Iterable[str]) -> None:
    """A funder will decide in a later assembly."""
    refuse_recused(actor, line.application)
    held = acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE)
    move_funding(line, "await_assembly", actor=actor, roles=held)
    bump_table(line.application.call_id)


def file_elsewhere(line: FundingLine, reference: str, *, actor: Actor, roles: Iterable[str]) -> None:
    """A funder instructs the request in a tool of its own (DAUPHIN, the CAF's…), under `reference`."""
    refuse_recused(actor, line.application)
    held = acting_roles(roles, is_state=line.funder.kind is FunderKind.STATE)
    move_funding(line, "file_elsewhere", actor=actor, roles=held, reference=reference)
    line.external_ref = reference.strip()
    bump_table(line.application.call_id)
